package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"

	"github.com/oklog/ulid/v2"
)

// idleAfter is how long a thread stays in memory when nobody is there.
const idleAfter = time.Minute

// A hub knows all threads, and starts and stops the authorities of those that
// somebody is in.
type hub struct {
	s    *Server
	idle time.Duration // idleAfter, but for tests

	mu        sync.Mutex
	directory *projection.Directory
	rooms     map[eventlog.Stream]*room
	closed    bool
	changed   chan struct{} // closed and made anew when any thread changes
	running   sync.WaitGroup
}

// A room is a thread in memory: its authority and who holds it.
type room struct {
	stream    eventlog.Stream
	authority *authority.Authority
	started   chan struct{} // closed: authority or err is set
	err       error
	cancel    context.CancelFunc
	gone      chan struct{} // closed: the authority has stopped

	// Guarded by hub.mu.
	held int // by peers and calls under way
	idle *time.Timer

	presence
}

func newHub(s *Server, d *projection.Directory) *hub {
	return &hub{s: s, idle: idleAfter, directory: d, rooms: map[eventlog.Stream]*room{}, changed: make(chan struct{})}
}

const stoppingText = "the server is stopping: connect again"

var errClosing = wire.Errorf(wire.Unavailable, stoppingText)

// acquire returns the room of a thread, which must then be released. The error
// wraps eventlog.ErrNotFound when there is no such thread.
func (h *hub) acquire(ctx context.Context, stream eventlog.Stream) (*room, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errClosing
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

// open begins a thread with a text, both at once. The caller must release the room.
func (h *hub) open(ctx context.Context, author eventlog.AuthorID, title, text string) (*room, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, errClosing
	}
	r := h.add(eventlog.Stream(ulid.Make().String()))
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
		return nil, err
	}
	return r, nil
}

// add puts an empty room up; the caller holds mu.
func (h *hub) add(stream eventlog.Stream) *room {
	r := &room{stream: stream, started: make(chan struct{}), gone: make(chan struct{})}
	h.rooms[stream] = r
	return r
}

func (h *hub) hold(r *room) {
	r.held++
	if r.idle != nil {
		r.idle.Stop()
		r.idle = nil
	}
}

// release gives a room back. When nobody holds it for a while it is dropped.
func (h *hub) release(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.held--; r.held == 0 && h.rooms[r.stream] == r {
		r.idle = time.AfterFunc(h.idle, func() {
			h.mu.Lock()
			still := r.held == 0 && h.rooms[r.stream] == r
			if still {
				delete(h.rooms, r.stream)
			}
			h.mu.Unlock()
			if still && r.cancel != nil {
				r.cancel()
				h.s.cfg.Cache.Idle(r.stream)
			}
		})
	}
}

// drop forgets a room whose authority has stopped or never came to be.
func (h *hub) drop(r *room) {
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
func (h *hub) start(r *room) {
	defer close(r.started)
	ctx := context.Background()
	t, err := projection.Replay(ctx, h.s.log, r.stream, 0)
	if errors.Is(err, eventlog.ErrNotFound) { // about to be opened
		t, err = projection.NewThread(r.stream), nil
	}
	if err == nil {
		var head eventlog.Head
		if head, err = h.s.log.Head(ctx, r.stream); err == nil && head.Revision != t.Revision {
			err = fmt.Errorf("thread %s: read up to revision %d of %d: %w", r.stream, t.Revision, head.Revision, eventlog.ErrDamaged)
		}
		if err == nil {
			h.run(r, t, head)
			return
		}
	}
	h.s.logger.Error("cannot load a thread", "thread", r.stream, "error", err)
	r.err = err
	h.mu.Lock()
	delete(h.rooms, r.stream)
	h.mu.Unlock()
}

func (h *hub) run(r *room, t *projection.Thread, head eventlog.Head) {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	p := &publisher{s: h.s, r: r}
	r.authority = authority.New(authority.Config{
		Stream: r.stream, Log: h.s.log, Room: p, Now: now,
		After:     func(d time.Duration, f func()) { time.AfterFunc(d, f) },
		NewClient: func() eventlog.ClientID { return eventlog.ClientID(ulid.Make()) },
		MaxText:   h.s.limits.Text,
		Logger:    h.s.logger,
	}, t, head.Chain)
	h.running.Go(func() {
		r.authority.Run(ctx)
		h.drop(r)
		close(r.gone)
	})
}

// update takes a thread's new summary into the directory.
func (h *hub) update(sum projection.Summary) {
	h.mu.Lock()
	h.directory.Put(sum)
	close(h.changed)
	h.changed = make(chan struct{})
	h.mu.Unlock()
	h.s.pulse.list()
}

// A listed thread is a summary and its room, nil where it is not in memory.
type listed struct {
	projection.Summary
	room *room
}

// list returns up to limit threads from offset on, the newest activity first,
// and how many there are.
func (h *hub) list(offset, limit int) ([]listed, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.directory.Newest(offset, limit)
	out := make([]listed, len(all))
	for i, sum := range all {
		out[i] = listed{sum, h.rooms[sum.Stream]}
	}
	return out, h.directory.Len()
}

func (h *hub) get(stream eventlog.Stream) (listed, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sum, ok := h.directory.Get(stream)
	return listed{sum, h.rooms[stream]}, ok
}

// loaded returns the threads that are in memory, in no order.
func (h *hub) loaded() []listed {
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

func (h *hub) threads() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.directory.Len()
}

// shutdown stops all authorities after they have finished what they accepted.
func (h *hub) shutdown(ctx context.Context) error {
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
		return fmt.Errorf("server: threads still writing: %w", ctx.Err())
	}
}
