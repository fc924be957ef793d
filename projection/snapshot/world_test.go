package snapshot

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A markedLog is a log in memory with what a cache needs beside. Its records
// can be redacted.
type markedLog struct {
	eventlog.AuditLog
	id [16]byte

	mu     sync.Mutex
	chains []chain.Digest // by position
	black  map[eventlog.Stream]eventlog.Revision
	pruned eventlog.Revision // of the connections, the last that is gone
	hasher chain.Hasher
}

func newMarkedLog() *markedLog {
	return &markedLog{AuditLog: eventlog.NewMemory(), id: [16]byte{7}, chains: []chain.Digest{chain.LogStart()}, black: map[eventlog.Stream]eventlog.Revision{}}
}

func (l *markedLog) Segments(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return projection.Plain(l).Segments(ctx, stream, after)
}

func (l *markedLog) AllSegments(ctx context.Context) iter.Seq2[eventlog.Segment, error] {
	return projection.Plain(l).AllSegments(ctx)
}

func (l *markedLog) ID() [16]byte { return l.id }

func (l *markedLog) End() (eventlog.Position, chain.Digest) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for r, err := range l.AuditLog.Scan(context.Background(), eventlog.Position(len(l.chains)-1)) {
		var c chain.Digest
		if err == nil {
			c, err = l.AuditLog.ChainAt(context.Background(), r.Stream, r.Revision)
		}
		if err != nil {
			panic(err)
		}
		l.chains = append(l.chains, l.hasher.LogNext(l.chains[len(l.chains)-1], string(r.Stream), uint64(r.Revision), c))
	}
	return eventlog.Position(len(l.chains) - 1), l.chains[len(l.chains)-1]
}

func (l *markedLog) LogChainAt(_ context.Context, at eventlog.Position) (chain.Digest, error) {
	end, _ := l.End()
	if at > end {
		return chain.Digest{}, fmt.Errorf("position %d: %w", at, eventlog.ErrNotFound)
	}
	return l.chains[at], nil
}

// Read redacts the insertions of the redacted revision.
func (l *markedLog) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		l.mu.Lock()
		black, pruned := l.black[stream], l.pruned
		l.mu.Unlock()
		if stream == eventlog.Connections {
			after = max(after, pruned)
		}
		for r, err := range l.AuditLog.Read(ctx, stream, after) {
			if err == nil && r.Revision == black {
				e, err := event.Decode(r)
				if err != nil {
					panic(err)
				}
				r.Text = event.Encode(event.Changed{Change: redactedChange(e.Payload.(event.Changed).Change)}).Text
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// ChainAt has no value for pruned records but the last.
func (l *markedLog) ChainAt(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	l.mu.Lock()
	pruned := l.pruned
	l.mu.Unlock()
	if stream == eventlog.Connections && at > 0 && at < pruned {
		return chain.Digest{}, fmt.Errorf("revision %d was pruned: %w", at, eventlog.ErrNotFound)
	}
	return l.AuditLog.ChainAt(ctx, stream, at)
}

// prune removes the connections through a revision and appends a record that says
// so, as a server does.
func (w *world) prune(through eventlog.Revision) {
	w.t.Helper()
	w.log.End() // counts the records while they are there
	w.append(eventlog.Connections, 1, event.Pruned{Through: through})
	w.log.mu.Lock()
	w.log.pruned = through
	w.log.mu.Unlock()
}

// redactedChange returns c with all its insertions redacted.
func redactedChange(c ot.Change) ot.Change {
	var b ot.Builder
	at := 0
	for ed := range c.Edits() {
		b.Keep(ed.FromA - at)
		b.Replace(ed.ToA-ed.FromA, blanks(ed.Insert))
		at = ed.ToA
	}
	b.Keep(c.Len() - at)
	return b.Change()
}

func blanks(units []uint16) []uint16 {
	out := make([]uint16, len(units))
	for i := range out {
		if out[i] = event.Blank; units[i] == '\n' {
			out[i] = '\n'
		}
	}
	return out
}

// before returns a log of the records up to a position, as a backup is one.
func (l *markedLog) before(t testing.TB, at eventlog.Position) *markedLog {
	t.Helper()
	c := newMarkedLog()
	ctx := context.Background()
	for r, err := range l.AuditLog.Scan(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Position > at {
			break
		}
		for p, err := range l.Prove(ctx, r.Stream, r.Revision-1) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.AuditLog.Append(ctx, r.Stream, r.Revision-1, p); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	return c
}

// A world is a log that people write to, beside a cache.
type world struct {
	t       testing.TB
	draw    func(n int) int
	log     *markedLog
	path    string
	cache   *Cache
	to      projection.Source
	silent  bool // appends are not reported to the cache
	live    map[eventlog.Stream]*projection.Thread
	streams []eventlog.Stream
	said    strings.Builder // by the logger
	mu      sync.Mutex
	clock   int64
}

func newWorld(t testing.TB, seed uint64) *world {
	w := &world{
		t: t, draw: rand.New(rand.NewPCG(seed, 0)).IntN, log: newMarkedLog(), path: filepath.Join(t.TempDir(), "cache.db"),
		live: map[eventlog.Stream]*projection.Thread{},
	}
	w.open()
	return w
}

// Write takes what the logger says.
func (w *world) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.Write(p)
}

// open opens the cache of the log, one that saves every few edits.
func (w *world) open() {
	w.cache = Open(context.Background(), w.path, w.log, slog.New(slog.NewTextHandler(io.MultiWriter(w), nil)))
	w.cache.meter.mu.Lock()
	w.cache.meter.every = 300
	w.cache.meter.mu.Unlock()
	w.to = w.cache.Source()
	w.t.Cleanup(func() { w.cache.Close() })
}

// start catches the saved state up, as a server does when it starts.
func (w *world) start() *State {
	w.t.Helper()
	s := w.cache.State()
	if s == nil {
		s = NewState()
	}
	if err := s.CatchUp(context.Background(), w.to); err != nil {
		w.t.Fatal(err)
	}
	w.cache.Follow(s, func() *projection.Directory {
		d := projection.NewDirectory()
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, t := range w.live {
			d.Put(t.Summary())
		}
		return d
	})
	return s
}

func (w *world) append(stream eventlog.Stream, author byte, fact event.Payload) {
	w.t.Helper()
	ctx := context.Background()
	head, err := w.log.Head(ctx, stream)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock += int64(w.draw(900))
	r := event.Encode(fact)
	r.Time, r.Author = head.Stamp(w.clock), eventlog.AuthorID{author}
	r.Client = eventlog.ClientID{author, 1}
	if event.IsThread(stream) {
		r.Seq = uint64(head.Revision + 1)
	}
	after := head.Revision
	if head, err = w.log.Append(ctx, stream, after, r); err != nil {
		w.t.Fatal(err)
	}
	if !w.silent {
		w.cache.Appended(stream, after, []eventlog.Record{r})
	}
	if !event.IsThread(stream) {
		return
	}
	r.Stream, r.Revision = stream, head.Revision
	e, err := event.Decode(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.live[stream].Apply(e); err != nil {
		w.t.Fatal(err)
	}
}

// happen has n things happen.
func (w *world) happen(n int) {
	w.t.Helper()
	for range n {
		author := byte(1 + w.draw(4))
		switch k := w.draw(60); {
		case k == 0 || len(w.streams) == 0:
			stream := eventlog.Stream(fmt.Sprintf("01ARZ3NDEKTSV4RRFFQ69G%04d", len(w.streams)))
			w.mu.Lock()
			w.streams, w.live[stream] = append(w.streams, stream), projection.NewThread(stream)
			w.mu.Unlock()
			w.append(stream, author, event.Opened{Title: fmt.Sprint("thread ", len(w.streams))})
		case k == 1:
			w.append(eventlog.Authors, author, event.Named{Name: fmt.Sprint("name ", w.draw(9)), Kind: event.Person})
		case k < 5:
			here := event.Place{Node: "main"}
			facts := []event.Payload{event.Started{Place: here}, event.Connected{Place: here}, event.Disconnected{Place: here}}
			w.append(eventlog.Connections, author, facts[w.draw(3)])
		default:
			w.edit(w.streams[w.draw(len(w.streams))], author)
		}
	}
}

func (w *world) edit(stream eventlog.Stream, author byte) {
	w.t.Helper()
	text := w.live[stream]
	from := w.draw(text.Len() + 1)
	to := min(text.Len(), from+w.draw(4)*w.draw(8))
	words := []string{"a", "word ", "a line\n", "\n", "", "two\nlines\n", "한글 "}
	insert, err := ot.Units(words[w.draw(len(words))])
	if err != nil {
		w.t.Fatal(err)
	}
	var fact event.Payload = event.Changed{Change: ot.Replace(text.Len(), from, to, insert)}
	switch k := w.draw(40); {
	case k == 0:
		fact = event.Renamed{Title: fmt.Sprint("title ", w.draw(99))}
	case k == 1 && text.LineCount() > 0:
		fact = event.Submitted{}
	case k == 2:
		fact = event.Version{Revision: 1, Name: fmt.Sprint("version ", w.draw(99))}
	}
	w.append(stream, author, fact)
}

// check compares all that the cache makes faster with what the log alone gives.
func (w *world) check() error {
	ctx := context.Background()
	for _, stream := range w.streams {
		head, err := w.log.Head(ctx, stream)
		if err != nil {
			return err
		}
		for _, at := range []eventlog.Revision{0, head.Revision, 1, eventlog.Revision(1 + w.draw(int(head.Revision))), eventlog.Revision(1 + w.draw(int(head.Revision)))} {
			want, err := projection.Replay(ctx, projection.Plain(w.log), stream, at)
			if err != nil {
				return err
			}
			got, err := projection.Replay(ctx, w.to, stream, at)
			if err != nil {
				return err
			}
			if string(got.Freeze(nil)) != string(want.Freeze(nil)) {
				return fmt.Errorf("thread %s at %d is\n%+v, want\n%+v", stream, at, got, want)
			}
		}
	}
	got := w.cache.State()
	if got == nil {
		got = NewState()
	}
	want := NewState()
	if err := want.CatchUp(ctx, projection.Plain(w.log)); err != nil {
		return err
	}
	if err := got.CatchUp(ctx, w.to); err != nil {
		return err
	}
	if string(got.freeze()) != string(want.freeze()) {
		return fmt.Errorf("state is\n%+v, want\n%+v", got, want)
	}
	return nil
}

// settle waits until the writer has done all that it was given. When it takes the
// second of the calls below it is done with whatever it did before the first, and
// the third is there only when it has taken the second.
func (w *world) settle() {
	c := &w.cache.writer
	for len(c.frozen) > 0 {
		time.Sleep(time.Millisecond)
	}
	for range 3 {
		select {
		case c.wake <- struct{}{}:
		case <-c.done:
			return
		}
	}
}

// saved counts the snapshots that count.
func (w *world) saved() (n int) {
	w.cache.mu.RLock()
	defer w.cache.mu.RUnlock()
	for _, all := range w.cache.index.threads {
		n += len(all)
	}
	return n
}

// compare folds the log and compares the cache with it, as verify does.
func (w *world) compare() *Report {
	w.t.Helper()
	ctx := context.Background()
	c, err := NewComparer(ctx, w.path, w.log)
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	threads, compared := map[eventlog.Stream]*projection.Thread{}, map[eventlog.Stream]*ThreadComparer{}
	heads, err := w.log.Streams(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range heads {
		for r, err := range w.log.Read(ctx, h.Stream, 0) {
			if !event.IsThread(h.Stream) {
				break
			}
			if threads[h.Stream] == nil {
				threads[h.Stream], compared[h.Stream] = projection.NewThread(h.Stream), c.Thread(h.Stream)
			}
			t := threads[h.Stream]
			var e event.Event
			if err == nil {
				e, err = event.Decode(r)
			}
			if err == nil {
				_, err = t.Apply(e)
			}
			if err != nil {
				w.t.Fatal(err)
			}
			compared[h.Stream].At(t)
		}
	}
	for stream, x := range compared {
		x.End(threads[stream])
	}
	r, err := c.End(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}
