package revert_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection/revert"
	"parodywave/projection/scripts"
)

// advanced folds a history up to a revision, then the rest without taking it
// back, and compares the result with a fold of all at once.
func (r reversal) advanced(at int) error {
	first := reversal{script: r.script[:at]}
	log, _, err := first.log()
	if err != nil {
		return err
	}
	ctx := context.Background()
	x, err := revert.Replay(ctx, log, scripts.Stream, r.mine)
	if err != nil {
		return err
	}
	all, text, err := r.log()
	if err != nil {
		return err
	}
	for rec, err := range all.Read(ctx, scripts.Stream, eventlog.Revision(at)) {
		if err == nil {
			_, err = log.Append(ctx, scripts.Stream, rec.Revision-1, rec)
		}
		if err != nil {
			return err
		}
	}
	err = x.Advance(ctx, log)
	if black := strings.Contains(script(r.script[at:]).String(), " redact "); black != errors.Is(err, revert.ErrRedacted) {
		return fmt.Errorf("redacted since: %t, and advancing says %v", black, err)
	} else if black {
		return nil
	} else if err != nil {
		return err
	}
	whole, err := revert.Replay(ctx, all, scripts.Stream, func(e *event.Event) bool { return int(e.Revision) <= at && r.mine(e) })
	if err != nil {
		return err
	}
	got, want := x.Plan(), whole.Plan()
	if got.Change.String() != want.Change.String() || got.Lost != want.Lost || got.Edits != want.Edits || got.Then != want.Then {
		return fmt.Errorf("%q: %+v, want %+v", ot.String(text), got, want)
	}
	return nil
}

func TestReversalAdvancesAsItReplays(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for i := range rounds(t, 1500) {
		r := makeMoving(draw)
		at := 1 + draw(len(r.script))
		if err := r.advanced(at); err != nil {
			t.Fatalf("history %d, %d first: %v\n%v", i, at, err, r)
		}
	}
}

// TestReversalOfNobodyIsEmpty: where no edit is asked for nothing is changed, and
// where what edits did was undone by hand nothing is left to do.
func TestReversalOfNobodyIsEmpty(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for i := range rounds(t, 500) {
		r := makeMoving(draw)
		r.author = "nobody"
		if x, err := r.reversion(); err != nil || !x.Change.IsEmpty() || x.Edits+x.Deleted+x.Restored+x.Lost > 0 {
			t.Fatalf("history %d: %+v, %v\n%v", i, x, err, r)
		}
	}
	r := reversal{script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ana [[0,"one",""],4,[4]]`}, "ana", 1, 3, false}
	if x, err := r.reversion(); err != nil || !x.Change.IsEmpty() || x.Edits != 2 || x.Deleted+x.Restored > 0 {
		t.Errorf("there and back: %+v, %v", x, err)
	}
}

func TestReversalQueryAsksForWhatItSays(t *testing.T) {
	r := reversal{script: script{`ana [[0,"a"]]`, `ben [1,[0,"b"]]`, `ana [2,[0,"c"]]`, `ana [3,[0,"d"]]`}}
	log, _, err := r.log()
	if err != nil {
		t.Fatal(err)
	}
	name := func(id eventlog.AuthorID) string { return strings.ToUpper(scripts.AuthorName(id)) }
	all := revert.Query{To: 4, Until: 9000}
	for want, alter := range map[string]func(q *revert.Query){
		"":    func(*revert.Query) {},
		"b":   func(q *revert.Query) { q.Author = "ANA" },
		"acd": func(q *revert.Query) { q.Author = strings.ToLower(event.AuthorString(scripts.AuthorID("ben"))) },
		"ab":  func(q *revert.Query) { q.From = 3 },
		"bcd": func(q *revert.Query) { q.Author, q.To = "ANA", 2 },
		"a":   func(q *revert.Query) { q.Since = 2000 },
		"cd":  func(q *revert.Query) { q.Until = 2999 },
		"abc": func(q *revert.Query) { q.Author, q.Since, q.Until = "ANA", 3001, 4000 },
	} {
		q := all
		alter(&q)
		x, err := q.Replay(context.Background(), log, scripts.Stream, name)
		if err != nil {
			t.Fatal(err)
		}
		after, err := x.Plan().Change.Apply(x.Thread().Units(0, x.Thread().Len()))
		if err != nil || !slices.Equal(after, scripts.Units(want)) {
			t.Errorf("%+v leaves %q, want %q: %v", q, ot.String(after), want, err)
		}
	}
}
