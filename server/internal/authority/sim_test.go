package authority

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/server/internal/wire"
)

const stepsMax = 250

// TestConverges is law 3, and 5 on the way: whatever the network, the disk and
// the server do, all end with the log's text, and nothing acknowledged is lost.
func TestConverges(t *testing.T) {
	seed, runs := seeds.For(t), seeds.Rounds(2000)
	entries := eventlog.Revision(0)
	for i := range runs {
		n, flaw := run(seed+uint64(i), stepsMax, nil, false)
		if entries += n; flaw != "" {
			t.Fatal(counterexample(t, seed+uint64(i)))
		}
	}
	t.Logf("%d histories, %d entries", runs, entries)
}

// TestComposedRebaseDiverges and TestReceivingComposedDiverges show that the
// simulation notices rebasing over composed entries.
func TestComposedRebaseDiverges(t *testing.T) {
	mustDiverge(t, func(a *Authority) { a.rebase = rebaseComposed }, false)
}

func TestReceivingComposedDiverges(t *testing.T) { mustDiverge(t, nil, true) }

// TestDroppedBacklogIsSeen sends a peer that was not ready only what is new
// once it is ready again.
func TestDroppedBacklogIsSeen(t *testing.T) {
	mustDiverge(t, func(a *Authority) {
		a.cfg.Room.(*world).unready = func(c *conn) {
			if tp := a.texts[c]; tp != nil {
				tp.sent = a.thread.Revision
			}
		}
	}, false)
}

// TestUnannouncedBatchIsSeen does not announce a batch whose append returned an
// error and that the log turns out to have.
func TestUnannouncedBatchIsSeen(t *testing.T) {
	mustDiverge(t, func(a *Authority) { a.cfg.Room = &forgetful{Room: a.cfg.Room} }, false)
}

// TestShowingWhatIsNotOnDiskIsSeen shows whoever joins beside an append what the
// append is to make durable.
func TestShowingWhatIsNotOnDiskIsSeen(t *testing.T) {
	mustDiverge(t, func(a *Authority) { a.cfg.Room.(*world).ahead = true }, false)
}

// A forgetful Room ignores what is announced after a refusal.
type forgetful struct {
	Room
	refused bool
}

func (f *forgetful) Refused(err error) {
	f.refused = true
	f.Room.Refused(err)
}

func (f *forgetful) Announce(b Batch) {
	if !f.refused {
		f.Room.Announce(b)
	}
	f.refused = false
}

func mustDiverge(t *testing.T, wrong func(*Authority), batches bool) {
	t.Helper()
	seed := seeds.For(t)
	const runs = 600
	for i := range runs {
		if _, flaw := run(seed+uint64(i), stepsMax, wrong, batches); flaw != "" {
			t.Logf("history %d diverges: %s", i+1, flaw)
			return
		}
	}
	t.Fatalf("%d histories and none diverged", runs)
}

// rebaseComposed is the wrong rebase: over each run of others' entries as one.
func rebaseComposed(push wire.Push, over []event.Event) (changes []ot.Change, skipped int, err error) {
	changes = push.Changes
	var run *ot.Change
	flush := func() {
		if run != nil && err == nil && len(changes) > 0 {
			changes = slices.Clone(changes)
			_, err = new(ot.Rebaser).Rebase(changes, *run)
		}
		run = nil
	}
	for _, e := range over {
		if e.Client == push.Client && e.Seq >= push.Seq {
			flush()
			if len(changes) > 0 {
				changes, skipped = changes[1:], skipped+1
			}
			continue
		}
		c, ok := change(e)
		if !ok {
			continue
		}
		if run != nil {
			c = compose(*run, c)
		}
		run = &c
	}
	flush()
	return changes, skipped, err
}

// run plays one history of at most limit steps. It returns how long the log got
// and what was wrong.
func run(seed uint64, limit int, wrong func(*Authority), batches bool) (eventlog.Revision, string) {
	h := newHistory(seed, wrong, batches)
	flaw := h.play(limit)
	return h.auth.thread.Revision, flaw
}

func (h *history) play(limit int) (flaw string) {
	defer func() {
		if v := recover(); v != nil {
			flaw = fmt.Sprintf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	for range min(20+h.draw(stepsMax), limit) {
		if h.step(); h.first() != "" {
			return h.first()
		}
	}
	if h.end(); h.first() == "" {
		h.judge()
	}
	return h.first()
}

// first returns the first flaw.
func (h *history) first() string {
	if len(h.flaws) > 0 {
		return h.flaws[0]
	}
	for _, c := range h.texts {
		if c.problem != "" {
			return c.problem
		}
	}
	for _, c := range h.lines {
		if c.problem != "" {
			return c.problem
		}
	}
	return ""
}

// counterexample plays the shortest failing prefix of a history again and
// describes it.
func counterexample(t *testing.T, seed uint64) string {
	limit := 1
	for limit < 20+stepsMax {
		if _, flaw := run(seed, limit, nil, false); flaw != "" {
			break
		}
		limit++
	}
	h := newHistory(seed, nil, false)
	flaw := h.play(limit)
	var log strings.Builder
	for e := range h.events(0) {
		fmt.Fprintf(&log, "%d client %x seq %d %s", e.Revision, e.Client[:2], e.Seq, event.Kind(e.Payload))
		if c, ok := change(e); ok {
			fmt.Fprintf(&log, " %s", jsonOf(c))
		}
		log.WriteByte('\n')
	}
	return fmt.Sprintf("%s\nagain: PARODYWAVE_SEED=%d go test -run '^%s$' ./server/internal/authority\n%d steps:\n  %s\nthe log:\n%s",
		flaw, seed, t.Name(), limit, strings.Join(h.trace, "\n  "), log.String())
}
