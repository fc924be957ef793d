package authority

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A gate is a log whose appends wait after they were kept, until they are let
// through.
type gate struct {
	eventlog.AuditLog
	came chan int // how many records the append has that waits now
	open chan struct{}
}

func (g *gate) Append(ctx context.Context, s eventlog.Stream, r eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	head, err := g.AuditLog.Append(ctx, s, r, records...)
	g.came <- len(records)
	<-g.open
	return head, err
}

// A runner is an authority in its goroutine.
type runner struct {
	*Authority
	log    *gate
	world  *world
	cancel func()

	mu     sync.Mutex
	peers  map[any]*ear
	timers []func() // guarded by mu
}

// late calls the timers that were set so far: readers have waited long enough.
func (r *runner) late() {
	r.mu.Lock()
	timers := r.timers
	r.timers = nil
	r.mu.Unlock()
	for _, f := range timers {
		f()
	}
}

// An ear is a peer that is always ready and keeps what it is sent.
type ear struct {
	r   *runner
	got []any // guarded by r.mu
}

func (e *ear) Send(frame []byte) {
	e.r.mu.Lock()
	defer e.r.mu.Unlock()
	e.got = append(e.got, e.r.world.message(frame))
}

func (e *ear) Ready() bool                        { return true }
func (e *ear) Stream(CatchUp)                     {}
func (e *ear) Settled(string, bool)               {}
func (e *ear) Unsettled() bool                    { return false }
func (e *ear) Close(int, string)                  {}
func (e *ear) Connection() (id eventlog.ClientID) { return id }

// In a shared Room a sender may ask for a frame, too, after the authority has
// stopped.
type shared struct {
	*world
	mu *sync.Mutex
}

func (s shared) Frame(m Message) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.Frame(m)
}

func newRunner(t *testing.T, log eventlog.AuditLog) *runner {
	t.Helper()
	r := &runner{peers: map[any]*ear{}, log: &gate{AuditLog: log, came: make(chan int), open: make(chan struct{})}}
	r.world = &world{log: &brokenLog{AuditLog: log}, clock: 1}
	r.world.start()
	cfg := r.world.auth.cfg
	cfg.After = func(_ time.Duration, f func()) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.timers = append(r.timers, f)
	}
	cfg.Log, cfg.Room = projection.Plain(r.log), shared{r.world, &r.mu}
	r.Authority = New(cfg, r.world.auth.thread, r.world.auth.chain)
	ctx, cancel := context.WithCancel(t.Context())
	r.cancel = cancel
	go r.Run(ctx)
	t.Cleanup(func() {
		cancel()
		<-r.done
	})
	return r
}

func (r *runner) peer(name any) *ear {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.peers[name] == nil {
		r.peers[name] = &ear{r: r}
	}
	return r.peers[name]
}

func (r *runner) heard(name any) []any {
	e := r.peer(name)
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]any(nil), e.got...)
}

func insertion(n int, s string) []ot.Change { return []ot.Change{ot.Replace(n, 0, 0, units(s))} }

func opened(t testing.TB) eventlog.AuditLog {
	t.Helper()
	log := eventlog.NewMemory()
	r := event.Encode(event.Opened{Title: "x"})
	if _, err := log.Append(t.Context(), stream, 0, r); err != nil {
		t.Fatal(err)
	}
	return log
}

func TestNothingIsToldBeforeItIsDurableAndRequestsCollect(t *testing.T) {
	synctest.Test(t, testNothingIsToldBefore)
}

func testNothingIsToldBefore(t *testing.T) {
	r := newRunner(t, opened(t))
	ctx := t.Context()
	ids := []eventlog.ClientID{{1}, {2}, {3}}
	for _, id := range ids {
		if err := r.JoinText(ctx, r.peer(id), ada, id, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.JoinLine(ctx, r.peer("line"), ben, 0); err != nil {
		t.Fatal(err)
	}
	r.Push(r.peer(ids[0]), wire.Push{Client: ids[0], Seq: 1, Rev: 1, Changes: insertion(0, "a")})
	if n := <-r.log.came; n != 1 {
		t.Fatalf("the first append has %d records", n)
	}
	// It is on disk, but the append has not returned.
	r.Push(r.peer(ids[1]), wire.Push{Client: ids[1], Seq: 1, Rev: 1, Changes: insertion(0, "b")})
	r.Edit(r.peer("line"), "new", LineEdit{Value: units("c"), New: true, Line: -1})
	r.Push(r.peer(ids[2]), wire.Push{Client: ids[2], Seq: 1, Rev: 1, Changes: insertion(0, "d")})
	looked := make(chan eventlog.Revision, 1)
	go func() {
		_ = r.View(ctx, func(th *projection.Thread, _ chain.Digest) { looked <- th.Revision })
	}()
	synctest.Wait() // the authority has all of them
	for _, p := range []any{ids[0], ids[1], ids[2], "line"} {
		if got := r.heard(p); len(got) != 1 { // its join
			t.Errorf("%v was sent %v while the append waited", p, got[1:])
		}
	}
	select {
	case rev := <-looked:
		t.Errorf("the state of revision %d was shown while the append waited", rev)
	default:
	}
	r.log.open <- struct{}{}
	if n := <-r.log.came; n != 3 {
		t.Errorf("the second append has %d records, want all 3 that waited", n)
	}
	r.log.open <- struct{}{}
	if rev := <-looked; rev != 5 {
		t.Errorf("was shown revision %d, want 5", rev)
	}
	if got := r.heard("line"); len(got) < 2 {
		t.Error("line mode heard nothing")
	}
	if got := r.heard(ids[0]); len(got) != 3 {
		t.Errorf("text mode heard %d messages, want the join and two of entries", len(got))
	}
}

func TestStoppingAuthorityAnswersEverything(t *testing.T) {
	for range 50 {
		r := newRunner(t, opened(t))
		go func() {
			for range r.log.came {
				r.log.open <- struct{}{}
			}
		}()
		const senders, each = 4, 30
		var wg sync.WaitGroup
		for i := range senders {
			wg.Go(func() {
				for range each {
					_, err := r.Put(context.Background(), Write{Author: ada, Text: string(rune('a' + i))})
					var f *wire.Error
					if err != nil && (!errors.As(err, &f) || f.Code != wire.Unavailable) {
						t.Errorf("put: %v", err)
					}
					r.Push(r.peer(i), wire.Push{Client: eventlog.ClientID{1}, Seq: 1})
				}
			})
		}
		time.Sleep(time.Duration(100) * time.Microsecond)
		r.cancel()
		wg.Wait()
		<-r.done
		for i := range senders {
			if n := len(r.heard(i)); n != each {
				t.Fatalf("%d of %d pushes were answered", n, each)
			}
		}
		close(r.log.came)
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	r := newRunner(t, opened(t))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := r.Put(ctx, Write{Author: ada, Text: "x"})
		done <- err
	}()
	<-r.log.came
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	r.log.open <- struct{}{}
}

func TestOpenIsTheFirstRecord(t *testing.T) {
	r := newRunner(t, eventlog.NewMemory())
	go func() {
		for range 1 {
			<-r.log.came
			r.log.open <- struct{}{}
		}
	}()
	if err := r.Open(t.Context(), ada, "groceries", ""); err != nil {
		t.Fatal(err)
	}
	if err := r.Open(t.Context(), ada, "again", ""); err == nil {
		t.Error("a thread was opened twice")
	}
	_ = r.View(t.Context(), func(th *projection.Thread, c chain.Digest) {
		want, err := r.log.ChainAt(t.Context(), stream, 1)
		if th.Title != "groceries" || th.Revision != 1 || err != nil || c != want {
			t.Errorf("revision %d is called %q", th.Revision, th.Title)
		}
	})
	if err := r.MayJoin(t.Context(), r.peer(1), ben, eventlog.ClientID{5}); err != nil {
		t.Error(err)
	}
}
