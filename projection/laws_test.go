package projection_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A told is what a thread tells of its text.
type told struct {
	text      string
	rows      []seenRow
	spans     []projection.Span
	stretches []projection.Span // spelled out: where they are cut is nobody's business
}

func tell(t *projection.Thread) told {
	all := told{text: t.Text(), spans: slices.Collect(t.Spans(0, t.Len())), stretches: spelledOut(t.Stretches())}
	for row := range t.Rows() {
		all.rows = append(all.rows, seenRow{row, t.Content(row)})
	}
	return all
}

// sums is law 6: rows joined by breaks are the text, each begins where the one
// before ended, spans are as long as the text and not longer cut up than need
// be, and stretches say what spans do.
func (all told) sums() error {
	var joined []string
	start := 0
	for i, row := range all.rows {
		if row.Line != i || row.Start != start || row.Length != ot.Len(row.content) {
			return fmt.Errorf("row %d is %+v and should begin at %d", i, row, start)
		}
		start += row.Length + 1
		joined = append(joined, row.content)
	}
	if s := strings.Join(joined, "\n"); s != all.text {
		return fmt.Errorf("rows join to %.200q and the text is %.200q", s, all.text)
	}
	sum, last := 0, eventlog.Revision(0)
	for _, s := range all.spans {
		if s.Length <= 0 || s.Revision == last {
			return fmt.Errorf("span %+v follows one of revision %d", s, last)
		}
		sum, last = sum+s.Length, s.Revision
	}
	if sum != ot.Len(all.text) {
		return fmt.Errorf("spans are %d units long and the text %d", sum, ot.Len(all.text))
	}
	if !slices.Equal(all.stretches, all.spans) {
		return fmt.Errorf("stretches are %v and spans %v", all.stretches, all.spans)
	}
	return nil
}

// spelledOut makes spans of stretches, unit by unit.
func spelledOut(stretches []projection.Stretch) (out []projection.Span) {
	for _, s := range stretches {
		for i := range s.Length {
			next := projection.Span{Length: 1, Revision: s.Revision, Author: s.Author}
			if s.Typed {
				next.Revision += eventlog.Revision(i)
			}
			if n := len(out) - 1; n >= 0 && out[n].Revision == next.Revision {
				out[n].Length++
			} else {
				out = append(out, next)
			}
		}
	}
	return out
}

// Law 6 in itself, without an oracle.
func TestBlameSumsToText(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for range seeds.Rounds(300) {
		r := newRun(right)
		var s script
		for n := 0; n < 12; n++ {
			line := scripts.NextLine(draw, r.thread.Units(0, r.thread.Len()), r.thread.Written)
			s = append(s, line)
			e, err := scripts.Event(n+1, line, r.thread.Units(0, r.thread.Len()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.thread.Apply(e); err != nil {
				t.Fatalf("%v\n%v", err, s)
			}
			if err := tell(r.thread).sums(); err != nil {
				t.Fatalf("%v\n%v", err, s)
			}
		}
	}
}

func TestSumsFindsWhatDoesNotAddUp(t *testing.T) {
	r, err := script{`ana [[0,"one","two"]]`, `ben [3,[0,"!"],4]`}.play(right)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*told){
		"a row is missing":        func(all *told) { all.rows = all.rows[:1] },
		"a row begins elsewhere":  func(all *told) { all.rows[1].Start++ },
		"a row says another text": func(all *told) { all.rows[1].content = "tow" },
		"a span is missing":       func(all *told) { all.spans = all.spans[1:] },
		"a span is too long":      func(all *told) { all.spans[0].Length++ },
		"a span is cut up":        func(all *told) { all.spans[1].Revision = all.spans[0].Revision },
	} {
		all := tell(r.thread)
		if err := all.sums(); err != nil {
			t.Fatal(err)
		}
		if spoil(&all); all.sums() == nil {
			t.Errorf("nothing is wrong when %s", name)
		}
	}
}

// The check of effects, which TestBlameAgreesWithOracle makes at every step,
// has teeth.
func TestFollowFindsInsufficientEffects(t *testing.T) {
	lines := script{`ana [[0,"one","two","three","four"]]`, `ben [[4],3,[0,"","one"],11]`}
	for name, spoil := range map[string]func(*projection.Effect){
		"hunks are missing":          func(e *projection.Effect) { e.Hunks = nil },
		"a hunk is elsewhere":        func(e *projection.Effect) { e.Hunks[0].At++ },
		"a hunk goes elsewhere":      func(e *projection.Effect) { e.Hunks[0].NewAt++ },
		"a hunk has another line":    func(e *projection.Effect) { e.Hunks[0].New[0].Ordinal = 3 },
		"a hunk lacks an old line":   func(e *projection.Effect) { e.Hunks[0].Old = e.Hunks[0].Old[1:] },
		"touched lines are missing":  func(e *projection.Effect) { e.Touched = nil },
		"touched lines do not exist": func(e *projection.Effect) { e.Touched = append(e.Touched, 4) },
	} {
		r := newRun(right)
		if err := r.step(lines[0]); err != nil {
			t.Fatal(err)
		}
		change := lines[1]
		if strings.HasPrefix(name, "touched") {
			change = `ben [4,[0,"x"],14]`
		}
		e, err := scripts.Event(2, change, r.oracle.units())
		if err != nil {
			t.Fatal(err)
		}
		effect, err := r.thread.Apply(e)
		if err != nil {
			t.Fatal(err)
		}
		before := r.rows
		if err := r.follow(effect); err != nil {
			t.Fatal(err)
		}
		spoil(effect)
		if r.rows = before; r.follow(effect) == nil {
			t.Errorf("nothing is wrong when %s", name)
		}
	}
}

// Law 5: a thread folded from the log's bytes is the one that saw it happen.
func TestLiveEqualsReplayed(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	ctx := context.Background()
	for range 40 {
		log := eventlog.NewMemory()
		live := projection.NewThread(scripts.Stream)
		var s script
		var seen []told
		for n := 1; n <= 12; n++ {
			s = append(s, scripts.NextLine(draw, live.Units(0, live.Len()), live.Written))
			e, err := scripts.Event(n, s[n-1], live.Units(0, live.Len()))
			if err != nil {
				t.Fatal(err)
			}
			r := event.Encode(e.Payload)
			r.Time, r.Author = e.Time, e.Author
			if _, err := log.Append(ctx, scripts.Stream, eventlog.Revision(n-1), r); err != nil {
				t.Fatal(err)
			}
			if _, err := live.Apply(e); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, tell(live))
		}
		for n := 1; n <= 12; n++ {
			again, err := projection.Replay(ctx, projection.Plain(log), scripts.Stream, eventlog.Revision(n))
			if err != nil {
				t.Fatal(err)
			}
			got, want := tell(again), seen[n-1]
			if got.text != want.text || !slices.Equal(got.rows, want.rows) || !slices.Equal(got.spans, want.spans) {
				t.Fatalf("replayed to %d:\n%+v\nlive:\n%+v\n%v", n, got, want, s[:n])
			}
		}
		if r, err := projection.Replay(ctx, projection.Plain(log), scripts.Stream, 0); err != nil || r.Summary() != live.Summary() {
			t.Fatalf("head is %+v, %v, want %+v", r.Summary(), err, live.Summary())
		}
		if _, err := projection.Replay(ctx, projection.Plain(log), scripts.Stream, 13); !errors.Is(err, eventlog.ErrNotFound) {
			t.Fatalf("revision 13 of 12: %v, want ErrNotFound", err)
		}
		if _, err := projection.Replay(ctx, projection.Plain(log), "01ARZ3NDEKTSV4RRFFQ69G5FAW", 0); !errors.Is(err, eventlog.ErrNotFound) {
			t.Fatalf("a thread that is not: %v, want ErrNotFound", err)
		}
		for ms, want := range map[int64]eventlog.Revision{0: 0, 999: 0, 1000: 1, 1001: 1, 5999: 5, 6000: 6, 1 << 40: 12} {
			at := time.UnixMilli(ms).UTC().Format(time.RFC3339Nano)
			got, err := projection.Resolve(ctx, log, scripts.Stream, at, time.Time{})
			if got != want || (want == 0) != errors.Is(err, eventlog.ErrNotFound) {
				t.Fatalf("at %d ms: revision %d, %v, want %d", ms, got, err, want)
			}
		}
	}
}
