package authority

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A watchedLog counts the reads that happen while the authority serves.
type watchedLog struct {
	*brokenLog
	serving bool
	reads   int
}

func (l *watchedLog) note() {
	if l.serving {
		l.reads++
	}
}

func (l *watchedLog) Read(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	l.note()
	return l.brokenLog.Read(ctx, s, after)
}

func (l *watchedLog) Prove(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	l.note()
	return l.brokenLog.Prove(ctx, s, after)
}

func (l *watchedLog) ChainAt(ctx context.Context, s eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	l.note()
	return l.brokenLog.ChainAt(ctx, s, at)
}

// costly are requests that need history. Each is sent with the sender's part beside the
// authority or, wrongly, in its goroutine.
var costly = map[string]func(s *scene, c *textClient, l *lineClient, inside bool){
	"a push from an old revision": func(s *scene, c *textClient, _ *lineClient, inside bool) {
		push := wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: []ot.Change{ot.Replace(4, 4, 4, units("!"))}}
		if inside {
			s.auth.post(c.conn, "update", func() *wire.Error {
				carried, f := s.auth.ahead(context.Background(), push, nil)
				if f != nil {
					return f
				}
				return s.auth.push(c.conn, carried)
			})
			return
		}
		s.auth.Push(c.conn, push)
	},
	"a push that is refused": func(s *scene, c *textClient, _ *lineClient, inside bool) {
		push := wire.Push{Client: c.id, Seq: 9, Rev: 2, Changes: []ot.Change{ot.Replace(4, 4, 4, units("!"))}}
		if inside {
			s.auth.post(c.conn, "update", func() *wire.Error {
				_, f := s.auth.ahead(context.Background(), push, nil)
				return f
			})
			return
		}
		s.auth.Push(c.conn, push)
	},
	"a submit of lines of an old revision": func(s *scene, c *textClient, _ *lineClient, inside bool) {
		if inside {
			s.auth.post(c.conn, "submit", func() *wire.Error {
				before, _ := s.auth.idsBefore(context.Background(), 2, 0, 0)
				_, f := s.auth.linesAt(2, 0, 0, before)
				return f
			})
			return
		}
		s.auth.Submit(c.conn, 2, 0, 0)
	},
	"an update of a line of an old revision": func(s *scene, _ *textClient, l *lineClient, inside bool) {
		ed := LineEdit{Value: units("oat milk"), Line: 0, Rev: 2}
		if inside {
			s.auth.post(l.conn, "update", func() *wire.Error {
				ed.before, _ = s.auth.lineBefore(context.Background(), ed.Rev, ed.Line)
				return s.auth.edit(s.auth.lines[l.conn], ed)
			})
			return
		}
		s.auth.Edit(l.conn, "update", ed)
	},
	"a resume with another chain": func(s *scene, _ *textClient, _ *lineClient, inside bool) {
		wrong := &wire.Resume{Since: 3, Chain: &chain.Digest{1}}
		conn := s.conn("resumes")
		join := func(r *resumption) {
			s.auth.enqueue(request{do: func() { s.auth.joinText(conn, ada, eventlog.ClientID{8}, r, s.auth.state()) }})
		}
		if inside {
			s.auth.enqueue(request{do: func() { _, _ = s.auth.resuming(context.Background(), wrong) }})
			return
		}
		r, f := s.auth.resuming(context.Background(), wrong)
		if f != nil {
			s.t.Fatal(f)
		}
		join(r)
	},
	"a revision from long ago": func(s *scene, _ *textClient, _ *lineClient, inside bool) {
		f := event.Changed{Change: ot.Replace(4, 0, 0, units("oat "))}
		push := wire.Push{Client: s.newClient(), Seq: 1, Rev: 2, Changes: []ot.Change{f.Change}}
		carry := func() *wire.Error {
			carried, bad := s.auth.ahead(context.Background(), push, notRedacted)
			if bad == nil {
				push = carried
			}
			return bad
		}
		if !inside && carry() != nil {
			s.t.Fatal("refused")
		}
		s.auth.post(nil, "", func() *wire.Error {
			if inside {
				return carry()
			}
			_, bad := s.auth.carry(push)
			return bad
		})
	},
}

// TestTheWriterReadsNoHistory: whatever a request needs from the log, its sender reads.
// The wrong twin, history inside the writer, does the same in the authority's goroutine.
func TestTheWriterReadsNoHistory(t *testing.T) {
	for name, send := range costly {
		for _, inside := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, inside %t", name, inside), func(t *testing.T) {
				s := newScene(t, "milk")
				for range 20 {
					s.elsewhere(0, 0, "a")
				}
				s.restart() // nothing is in memory
				c, l := s.text("ada", ada), s.line("ben", ben)
				log := &watchedLog{brokenLog: s.log}
				s.auth.cfg.Log = projection.Plain(log)
				send(s, c, l, inside)
				log.serving = true
				s.serve(testInbox)
				log.serving = false
				if inside != (log.reads > 0) {
					t.Errorf("the authority read the log %d times", log.reads)
				}
			})
		}
	}
}

// inserts returns a change of n units with edits pure insertions.
func inserts(n, edits int) ot.Change {
	var b ot.Builder
	for i := range edits {
		b.Edit(i*n/edits, i*n/edits, units("x"))
	}
	b.KeepTo(n)
	return b.Change()
}

// TestStepsAreBoundedInTheirUnit: a push costs its sections times the entries that it is
// carried over. The wrong twin bounds changes times entries.
func TestStepsAreBoundedInTheirUnit(t *testing.T) {
	const units = 20_000
	for _, inWrongUnit := range []bool{false, true} {
		most, logged, stale := 0, 0, 0
		for _, edits := range []int{1, 300, 10_000} {
			for _, behind := range []int{10, 150, 500} {
				if inWrongUnit && edits*behind > 2_000_000 {
					continue // the point is made
				}
				s := newScene(t, strings.Repeat("a", units))
				c := s.text("ada", ada)
				s.auth.recent.max = 4096 // all entries are in memory
				if inWrongUnit {         // of that, 1 × behind is little
					s.auth.costMax = 1 << 60
				}
				for range behind {
					s.elsewhere(0, 0, "b")
				}
				c.conn.down = nil
				s.auth.wide = 0
				s.auth.Push(c.conn, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: []ot.Change{inserts(units, edits)}})
				s.serve(testInbox)
				most = max(most, s.auth.wide)
				switch f := refusals(c.conn); {
				case len(f) == 0:
					logged++
				case f[0].Code == wire.Stale && f[0].Head == s.auth.thread.Revision:
					stale++
				default:
					t.Errorf("%d edits, %d entries behind: %v", edits, behind, f)
				}
			}
		}
		if within := most <= costMax; within == inWrongUnit {
			t.Errorf("in the wrong unit %t: a request took %d steps, and %d may be", inWrongUnit, most, costMax)
		}
		if !inWrongUnit && (logged < 6 || stale < 1) {
			t.Errorf("%d pushes were logged and %d stale", logged, stale)
		}
	}
}

// TestManyChangesAreCheckedWithinTheBound pushes changes with many edges on a text with a
// pair: each edge is looked up through the changes before it.
func TestManyChangesAreCheckedWithinTheBound(t *testing.T) {
	s := newScene(t, "😀"+strings.Repeat("b", 30_000))
	c := s.text("ada", ada)
	n := s.auth.thread.Len()
	var all []ot.Change
	for range 10 {
		var b ot.Builder
		for i := range 10_000 {
			b.Edit(3+2*i, 4+2*i, units("c"))
		}
		b.KeepTo(n)
		all = append(all, b.Change())
	}
	c.conn.down = nil
	push := wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: all}
	s.auth.Push(c.conn, push)
	s.serve(testInbox)
	if f := refusals(c.conn); len(f) > 0 && f[0].Code == wire.Stale {
		push.Changes = all[:5] // as editors do
		s.auth.Push(c.conn, push)
		s.serve(testInbox)
	}
	if f := refusals(c.conn); len(f) > 0 || s.auth.thread.Revision < 7 {
		t.Errorf("answered %v at revision %d", f, s.auth.thread.Revision)
	}
	if s.auth.wide > costMax {
		t.Errorf("a request took %d steps, and %d may be", s.auth.wide, costMax)
	}
}
