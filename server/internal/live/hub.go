package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"

	"github.com/oklog/ulid/v2"
	"golang.org/x/time/rate"
)

// idleAfter is how long a thread stays in memory when no connection is in it.
const idleAfter = time.Minute

// A Hub knows all threads, and starts and stops the authorities of those that
// are in use.
type Hub struct {
	log    projection.Source
	pool   *pool.Pool
	people *people.People
	logger *slog.Logger
	limits wire.Limits
	stats  *stats
	now    func() time.Time
	// flushes is how many frames a second are sent without waiting for the rate
	// limit of their thread, over all threads.
	flushes     *rate.Limiter
	appended    people.Appended
	idled       func(eventlog.Stream) // called when a thread leaves memory
	listChanged func()
	clock       clockWarning
	damaged     map[eventlog.Stream]projection.Damaged // never changed

	mu        sync.Mutex
	directory *projection.Directory
	rooms     map[eventlog.Stream]*room
	closed    bool
	changed   map[eventlog.Stream]chan struct{} // closed when the thread changes; none where nobody waits
	running   sync.WaitGroup
}

// A room is a thread in memory: its authority, the connections in it, and how
// many users it has.
type room struct {
	hub       *Hub
	stream    eventlog.Stream
	authority *authority.Authority
	started   chan struct{} // closed: authority or err is set
	err       error
	cancel    context.CancelFunc
	paging    sync.Mutex // held while a page is made for peers that are behind

	// Guarded by hub.mu.
	held int // by peers, and by calls in progress
	idle *time.Timer

	frames
	presence
}

const stoppingText = "the server is stopping: connect again"

var errClosing = wire.Errorf(wire.Unavailable, stoppingText)

// acquire returns the room of a thread, which must then be released. The error
// wraps eventlog.ErrNotFound when there is no such thread.
func (h *Hub) acquire(ctx context.Context, stream eventlog.Stream) (*room, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errClosing
	}
	if why := h.Damaged(stream); why != nil {
		h.mu.Unlock()
		return nil, why
	}
	if _, ok := h.directory.Get(stream); !ok {
		h.mu.Unlock()
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	r, ok := h.rooms[stream]
	if !ok {
		r = h.add(stream)
	}
	h.hold(r)
	h.mu.Unlock()
	if !ok {
		h.start(r)
	}
	select {
	case <-r.started:
	case <-ctx.Done():
		h.release(r)
		return nil, ctx.Err()
	}
	if r.err != nil {
		h.release(r)
		return nil, r.err
	}
	return r, nil
}

// open begins a thread with a text, in one append. The caller must release the
// room. If the error is authority.ErrOpened, a request with this key has opened the
// thread of the room before.
func (h *Hub) open(ctx context.Context, author eventlog.AuthorID, title, text string) (*room, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errClosing
	}
	id := ulid.Make()
	if key, ok := authority.KeyOf(ctx); ok {
		id = ulid.ULID(key.Client)
	}
	stream := eventlog.Stream(id.String())
	if _, ok := h.directory.Get(stream); ok {
		h.mu.Unlock()
		return &room{stream: stream}, authority.ErrOpened
	}
	if h.rooms[stream] != nil { // the same request, at once
		h.mu.Unlock()
		return nil, wire.OutcomeUnknown()
	}
	r := h.add(stream)
	h.hold(r)
	h.mu.Unlock()
	h.start(r)
	err := r.err
	if err == nil {
		err = r.authority.Open(ctx, author, title, text)
	}
	if err != nil {
		h.release(r)
		h.drop(r)
		return r, err
	}
	return r, nil
}

// add makes an empty room; the caller holds mu.
func (h *Hub) add(stream eventlog.Stream) *room {
	r := &room{hub: h, stream: stream, started: make(chan struct{})}
	r.peopleFrames.f = r.sendPeople
	h.rooms[stream] = r
	return r
}

func (h *Hub) hold(r *room) {
	r.held++
	if r.idle != nil {
		r.idle.Stop()
		r.idle = nil
	}
}

// release ends a use of a room. A room that has no user for a while is dropped.
func (h *Hub) release(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.held--; r.held == 0 && h.rooms[r.stream] == r {
		r.idle = time.AfterFunc(idleAfter, func() {
			h.mu.Lock()
			still := r.held == 0 && h.rooms[r.stream] == r
			if still {
				delete(h.rooms, r.stream)
			}
			h.mu.Unlock()
			if still && r.cancel != nil {
				r.cancel()
				h.idled(r.stream)
			}
		})
	}
}

// drop removes a room whose authority has stopped, or was never started.
func (h *Hub) drop(r *room) {
	h.mu.Lock()
	if h.rooms[r.stream] == r {
		delete(h.rooms, r.stream)
	}
	h.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

// start folds the thread from the log and runs its authority.
func (h *Hub) start(r *room) {
	defer close(r.started)
	ctx := context.Background()
	t, err := projection.Replay(ctx, h.log, r.stream, 0)
	if errors.Is(err, eventlog.ErrNotFound) { // about to be opened
		t, err = projection.NewThread(r.stream), nil
	}
	if err == nil {
		var head eventlog.Head
		if head, err = h.log.Head(ctx, r.stream); err == nil && head.Revision != t.Revision {
			err = fmt.Errorf("thread %s: read up to revision %d of %d: %w", r.stream, t.Revision, head.Revision, eventlog.ErrDamaged)
		}
		if err == nil {
			h.run(r, t, head)
			return
		}
	}
	h.logger.Error("cannot load a thread", "thread", r.stream, "error", err)
	r.err = err
	h.mu.Lock()
	delete(h.rooms, r.stream)
	h.mu.Unlock()
}

func (h *Hub) run(r *room, t *projection.Thread, head eventlog.Head) {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	r.authority = authority.New(authority.Config{
		Stream: r.stream, Log: h.log, Pool: h.pool, Room: r, Now: func() int64 { return h.now().UnixMilli() },
		Elapsed:   func() int64 { return h.stats.clock() / 1000 },
		After:     func(d time.Duration, f func()) { time.AfterFunc(d, f) },
		NewClient: func() eventlog.ClientID { return eventlog.ClientID(ulid.Make()) },
		MaxText:   h.limits.Text,
		MaxLines:  h.limits.Lines,
		Logger:    h.logger,
	}, t, head.Chain)
	h.running.Go(func() {
		r.authority.Run(ctx)
		h.drop(r)
	})
}

// Update replaces what the list says of a thread.
func (h *Hub) Update(sum projection.Summary) {
	h.mu.Lock()
	h.directory.Put(sum)
	if c := h.changed[sum.Stream]; c != nil {
		close(c)
		delete(h.changed, sum.Stream)
	}
	h.mu.Unlock()
	h.listChanged()
}

// A listed thread is a summary and its room, nil where it is not in memory.
type listed struct {
	projection.Summary
	room *room
}

// list returns up to limit threads from offset on, the newest activity first,
// and how many there are.
func (h *Hub) list(offset, limit int) ([]listed, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.listedThreads().Newest(offset, limit)
	out := make([]listed, len(all))
	for i, sum := range all {
		out[i] = listed{sum, h.rooms[sum.Stream]}
	}
	return out, h.directory.Len() + len(h.damaged)
}

// loaded returns the threads that are in memory, in no order.
func (h *Hub) loaded() []listed {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]listed, 0, len(h.rooms))
	for stream, r := range h.rooms {
		if sum, ok := h.directory.Get(stream); ok {
			out = append(out, listed{sum, r})
		}
	}
	return out
}

func (h *Hub) threads() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.directory.Len() + len(h.damaged)
}

// shutdown stops all authorities once they have finished what they accepted.
func (h *Hub) shutdown(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	h.mu.Unlock()
	for _, r := range rooms {
		<-r.started
		if r.cancel != nil {
			r.cancel()
		}
	}
	done := make(chan struct{})
	go func() {
		h.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("threads are still being written: %w", ctx.Err())
	}
}
