package authority

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A counted log counts how often it is asked for chain values and proofs.
type counted struct {
	*brokenLog
	asked *int
}

func (l counted) ChainAt(ctx context.Context, s eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	*l.asked++
	return l.brokenLog.ChainAt(ctx, s, at)
}

func (l counted) Prove(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	*l.asked++
	return l.brokenLog.Prove(ctx, s, after)
}

// TestManyResumesReadTheLogOnce: after a restart each of many clients lacks a
// little that only the log has, and some resume when others write already.
func TestManyResumesReadTheLogOnce(t *testing.T) {
	s := newScene(t, "milk")
	const head = 60
	for s.auth.thread.Revision < head {
		s.elsewhere(0, 0, "x")
	}
	sums := map[eventlog.Revision]chain.Digest{}
	for rev := eventlog.Revision(1); rev <= head; rev++ {
		sums[rev], _ = s.log.ChainAt(t.Context(), stream, rev)
	}
	s.restart()
	asked := 0
	s.auth.cfg.Log = projection.Plain(counted{s.log, &asked})
	for i := range 40 {
		since := eventlog.Revision(head - 1 - (i*7)%45)
		sum := sums[since]
		if wrong := i == 13; wrong {
			sum[3]++
		}
		c := s.conn(fmt.Sprint("c", i))
		if f := s.resume(c, eventlog.ClientID{7, byte(i)}, &wire.Resume{Since: since, Chain: &sum}); f != nil {
			t.Fatal(f)
		}
		if len(s.tasks) > 0 {
			t.Fatalf("client %d since %d is to be streamed from the log", i, since)
		}
		if i == 13 {
			if j, ok := c.down[0].(textJoin); !ok || !j.reset {
				t.Fatalf("another chain was answered %v", c.down)
			}
			continue
		}
		next := since + 1
		for _, m := range c.down[1:] {
			e := m.(Entries)
			for _, ev := range e.List {
				if ev.Revision != next || ev.Length != int(next)+2 {
					t.Fatalf("client %d since %d: entry %d of length %d, want %d", i, since, ev.Revision, ev.Length, next)
				}
				next++
			}
			if want, err := s.log.ChainAt(t.Context(), stream, next-1); err != nil || e.Chain != want {
				t.Fatalf("client %d: chain of the frame to %d is not the log's", i, next-1)
			}
		}
		if next != s.auth.thread.Revision+1 {
			t.Fatalf("client %d was sent entries through %d of %d", i, next-1, s.auth.thread.Revision)
		}
		if i%10 == 9 {
			s.elsewhere(0, 0, "y")
		}
	}
	if asked > 1 {
		t.Errorf("the log was asked %d times", asked)
	}
	s.pass(cacheRest.Milliseconds())
	s.serve(testInbox)
	if c := s.auth.resumes.cache.Load(); c != nil {
		t.Errorf("%d entries are kept for nobody", len(c.entries))
	}
}

// TestResumeCacheStaysWithinItsBounds, in entries and in weight.
func TestResumeCacheStaysWithinItsBounds(t *testing.T) {
	s := newScene(t, "milk")
	for range 2 * cacheMax {
		s.elsewhere(0, 0, "x")
	}
	s.restart()
	asked := 0
	resume := func(back eventlog.Revision) {
		t.Helper()
		since := s.auth.thread.Revision - back
		sum, _ := s.log.ChainAt(t.Context(), stream, since)
		r, f := s.auth.resuming(t.Context(), &wire.Resume{Since: since, Chain: &sum})
		if f != nil || !r.known {
			t.Errorf("%d back: another chain value than the log's, %v", back, f)
		}
		s.auth.adoptCache(r.cache)
	}
	for _, back := range []eventlog.Revision{1, cacheMax - 1, cacheMax, cacheMax + 1, 2 * cacheMax} {
		resume(back)
	}
	if n := len(s.auth.resumes.cache.Load().entries); n != cacheMax {
		t.Errorf("%d entries are kept, %d may be", n, cacheMax)
	}
	s.elsewhere(0, 0, strings.Repeat("long ", cacheWeight/5))
	s.elsewhere(0, 0, "y")
	s.elsewhere(0, 0, "z")
	s.restart()
	s.auth.cfg.Log = projection.Plain(counted{s.log, &asked})
	for _, back := range []eventlog.Revision{1, 2, 3, 4} {
		resume(back)
	}
	if c := s.auth.resumes.cache.Load(); heavier(c.entries, cacheWeight) || len(c.entries) > 3 || asked > 4 {
		t.Errorf("%d entries are kept, and the log was asked %d times", len(c.entries), asked)
	}
}

// heavier reports whether entries weigh more than max.
func heavier(entries []entry, max int) bool {
	n := 0
	for i := range entries {
		n += entries[i].weight()
	}
	return n > max
}
