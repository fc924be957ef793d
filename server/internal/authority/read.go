package authority

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/projection"
)

// slow is how long a reader waits for its turn. Then it is served beside an append
// that is in flight.
const slow = 100 * time.Millisecond

// A state is the thread as it is on disk, and its chain value.
type state struct {
	thread *projection.Thread
	chain  chain.Digest
	// beside: an append is in flight. The authority's own thread is ahead of this one
	// by its batch, and nothing of the authority may be sent but this state.
	beside bool
}

// state returns the state when there is no batch.
func (a *Authority) state() state { return state{a.thread, a.chain, false} }

// beside is what readers need while an append is in flight.
type beside struct {
	// own has one element while the authority's goroutine uses the authority. The
	// goroutine takes it out while it waits for the disk: a reader who puts one in
	// meanwhile uses the authority until it takes it out again.
	own chan struct{}

	fold   sync.Mutex                        // held while a reader folds a thread
	thread atomic.Pointer[projection.Thread] // folded for the readers of this append; nil if none came
}

// lend appends the batch, and lends the authority to readers until the log
// answers.
func (a *Authority) lend() (eventlog.Head, error) {
	<-a.beside.own
	head, err := a.cfg.Log.Append(context.Background(), a.cfg.Stream, a.batch.base, a.batch.records...)
	a.beside.own <- struct{}{}
	if a.beside.thread.Load() != nil {
		a.beside.thread.Store(nil)
	}
	return head, err
}

// read has do called with the thread when all edits before it are durable or, if
// the disk is slow, beside the append that is in flight. There do may return false
// to be called in its turn after all.
func (a *Authority) read(ctx context.Context, do func(state) bool) error {
	done, late := make(chan error, 1), make(chan struct{})
	served := false // owned by whoever uses the authority
	r := request{served: &served, done: done, do: func() { do(a.state()) }}
	a.cfg.After(slow, func() { close(late) })
	inbox, own := a.inbox, chan struct{}(nil)
	for {
		select {
		case inbox <- r:
			inbox = nil
			select {
			case <-a.done: // Run has returned
				a.refuse()
			default:
			}
		case err := <-done:
			return err
		case <-a.done:
			return stopped(done)
		case <-ctx.Done():
			return fmt.Errorf("thread %s: %w", a.cfg.Stream, ctx.Err())
		case <-late:
			late, own = nil, a.beside.own
		case own <- struct{}{}:
			switch ok, again := a.readBeside(ctx, &served, do); {
			case ok:
				return nil
			case !again:
				own = nil
			}
		}
	}
}

// readBeside calls do beside an append, and gives the authority back. It reports
// whether do was called and has not declined. If not, again says whether it is worth
// trying again.
func (a *Authority) readBeside(ctx context.Context, served *bool, do func(state) bool) (ok, again bool) {
	base := a.batch.base
	if *served { // and the answer is there
		<-a.beside.own
		return false, false
	}
	if t := a.beside.thread.Load(); t != nil && t.Revision == base {
		ok = do(state{t, a.chain, true})
		*served = ok
		<-a.beside.own
		return ok, false
	}
	<-a.beside.own
	return false, a.foldBeside(ctx, base) == nil
}

// foldBeside folds the thread at a revision for readers, unless another reader has.
// It is folded from the log, so that typing costs nothing more: few appends have
// readers that wait so long.
func (a *Authority) foldBeside(ctx context.Context, at eventlog.Revision) error {
	b := &a.beside
	b.fold.Lock()
	defer b.fold.Unlock()
	if t := b.thread.Load(); t != nil && t.Revision == at {
		return nil
	}
	t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, at)
	if err == nil {
		b.thread.Store(t)
	}
	return err
}

// View calls f with the thread and its chain value as they are on disk. f must
// not change the thread or keep it.
func (a *Authority) View(ctx context.Context, f func(*projection.Thread, chain.Digest)) error {
	return a.read(ctx, func(s state) bool {
		f(s.thread, s.chain)
		return true
	})
}
