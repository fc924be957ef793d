package api

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/projection/revert"
	"parodywave/server/internal/people"
)

// TestTakingBackFollowsLinesThatMoveMeanwhile: between the fold of a reversal and
// its append the line moves to which deleted text is to return. The control
// rebases the change over that move, which puts the text where the line was.
func TestTakingBackFollowsLinesThatMoveMeanwhile(t *testing.T) {
	for name, test := range map[string]struct {
		record func(*API, context.Context, *revert.Reversal, *reversed, revert.Query, people.Identity) error
		want   string
	}{
		"computed again": {(*API).recordReversal, "SECOND\nthird\none two\n"},
		"rebased": {func(a *API, ctx context.Context, _ *revert.Reversal, done *reversed, _ revert.Query, as people.Identity) (err error) {
			done.Rev, err = a.Revise(ctx, testThread, done.Changed, done.Revision, 0, as)
			return err
		}, " twoSECOND\nthird\none\n"},
	} {
		a := newAPI(t, event.Opened{Title: "T"}, changed(t, `[[0,"one two","SECOND","third",""]]`), changed(t, `[3,[4],14]`))
		q := revert.Query{From: 3, To: 99, Until: math.MaxInt64}
		back, done, err := a.findReversal(t.Context(), testThread, &q)
		if err != nil || done.Head != 3 {
			t.Fatal(done.Head, err)
		}
		move := changed(t, `[[4],13,[0,"one",""]]`)
		if _, err := a.Revise(t.Context(), testThread, move, 3, 3, people.Identity{Name: "Ben", Kind: event.Person}); err != nil {
			t.Fatal(err)
		}
		if err := test.record(a, t.Context(), back, &done, q, people.Identity{Name: "Ann", Kind: event.Person}); err != nil || done.Rev != 5 {
			t.Errorf("%s: revision %d, %v", name, done.Rev, err)
		}
		if got := a.text(t); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestTakingBackWhileOthersWriteLosesNothing: one author writes and reverses
// that, again and again, while others write: each of their lines is there, once.
func TestTakingBackWhileOthersWriteLosesNothing(t *testing.T) {
	a := newAPI(t, event.Opened{Title: "T"}, changed(t, `[[0,"first",""]]`))
	write := func(name, line string) {
		c := changed(t, fmt.Sprintf(`[[0,%q,""],6]`, line))
		if _, err := a.Revise(t.Context(), testThread, c, 2, 0, people.Identity{Name: name, Kind: event.Person}); err != nil {
			t.Error(err)
		}
	}
	const writers, lines = 3, 30
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := range lines {
				write(fmt.Sprint("writer ", w), fmt.Sprintf("line %d of %d", n, w))
			}
		})
	}
	met := 0
	for n := range 20 {
		write("Ann", fmt.Sprint("spam ", n))
		q := revert.Query{Author: "Ann", From: 3, To: 9999, Until: math.MaxInt64}
		done, err := a.reverse(t.Context(), testThread, q, 0, people.Identity{Name: "Zoe", Kind: event.Person})
		if err != nil || done.Edits != n+1 {
			t.Errorf("%d edits: %v", done.Edits, err)
		}
		if done.Rev > done.Head+1 {
			met++
		}
	}
	all.Wait()
	t.Logf("%d of 20 reversals met edits of others", met)
	text := a.text(t)
	for w := range writers {
		for n := range lines {
			if line := fmt.Sprintf("line %d of %d\n", n, w); strings.Count(text, line) != 1 {
				t.Errorf("%q is there %d times", line, strings.Count(text, line))
			}
		}
	}
	if strings.Contains(text, "spam") || strings.Count(text, "\n") != writers*lines+1 {
		t.Errorf("%d lines: %q", strings.Count(text, "\n"), text)
	}
}
