package wire

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// spelledOut is what appendSpans has to append, unit by unit.
func spelledOut(runs []BlameRun) string {
	type span struct {
		n, author int
		rev       eventlog.Revision
	}
	var spans []span
	for _, r := range runs {
		for i := range r.Length {
			next := span{1, r.Author, r.Revision}
			if r.Typed {
				next.rev += eventlog.Revision(i)
			}
			if k := len(spans) - 1; k >= 0 && spans[k].rev == next.rev {
				spans[k].n++
			} else {
				spans = append(spans, next)
			}
		}
	}
	var out []string
	for _, s := range spans {
		out = append(out, fmt.Sprintf("[%d,%d,%d]", s.n, s.rev, s.author))
	}
	return strings.Join(out, ",")
}

// TestSpansAreRunsSpelledOut, also where revisions get another digit, and where
// neighbouring runs share a revision.
func TestSpansAreRunsSpelledOut(t *testing.T) {
	seed := seeds.For(t)
	r := rand.New(rand.NewPCG(seed, 0))
	carried := false
	for range 20_000 {
		var runs []BlameRun
		revision := eventlog.Revision(1 + r.IntN(12))
		if r.IntN(2) == 0 {
			revision = eventlog.Revision([]int{9, 99, 999, 99_999}[r.IntN(4)] - r.IntN(9))
		}
		for range r.IntN(5) {
			run := BlameRun{Revision: revision, Length: 1 + r.IntN(25), Author: r.IntN(3), Typed: r.IntN(3) > 0}
			runs = append(runs, run)
			if run.Typed {
				revision += eventlog.Revision(run.Length - 1)
				carried = carried || decimals(revision) > decimals(run.Revision)
			}
			revision += eventlog.Revision(r.IntN(3)) // the same one now and then
		}
		if got, want := string(appendSpans(nil, runs)), spelledOut(runs); got != want {
			t.Fatalf("seed %d: %+v\n%s, want\n%s", seed, runs, got, want)
		}
	}
	if !carried {
		t.Errorf("seed %d: no revision got another digit", seed)
	}
}

// BenchmarkAppendSpans: as a long text that was typed has them.
func BenchmarkAppendSpans(b *testing.B) {
	var runs []BlameRun
	for i := range 10_000 {
		runs = append(runs, BlameRun{Revision: eventlog.Revision(1 + i*26), Length: 10, Author: i % 3, Typed: true})
	}
	buf := appendSpans(nil, runs)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = appendSpans(buf[:0], runs)
	}
}
