package server

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/projection"
)

// TestTakingBackFollowsLinesThatMoveMeanwhile: between the fold and the append a
// line moves in which text is to come back. The control is the change carried
// over that move, which puts it where the line was.
func TestTakingBackFollowsLinesThatMoveMeanwhile(t *testing.T) {
	for name, test := range map[string]struct {
		take func(*Server, context.Context, *projection.Reversal, *reversed, projection.ReversalQuery, Identity) error
		want string
	}{
		"made anew": {(*Server).takeBack, "SECOND\nthird\none two\n"},
		"carried": {func(s *Server, ctx context.Context, _ *projection.Reversal, done *reversed, _ projection.ReversalQuery, as Identity) (err error) {
			done.Rev, err = s.Revise(ctx, testThread, done.Change, done.Revision, 0, as)
			return err
		}, " twoSECOND\nthird\none\n"},
	} {
		s, u := start(t, logged(t,
			deed{1, 1000, event.Opened{Title: "T"}},
			deed{1, 1100, changed(t, `[[0,"one two","SECOND","third",""]]`)},
			deed{2, 1200, changed(t, `[3,[4],14]`)},
		))
		q := projection.ReversalQuery{From: 3, To: 99, Until: math.MaxInt64}
		back, done, err := s.lookBack(t.Context(), testThread, &q)
		if err != nil || done.Head != 3 {
			t.Fatal(done.Head, err)
		}
		move := changed(t, `[[4],13,[0,"one",""]]`).(event.Changed).Change
		if _, err := s.Revise(t.Context(), testThread, move, 3, 3, Identity{"Ben", event.Person}); err != nil {
			t.Fatal(err)
		}
		if err := test.take(s, t.Context(), back, &done, q, Identity{"Ann", event.Person}); err != nil || done.Rev != 5 {
			t.Errorf("%s: revision %d, %v", name, done.Rev, err)
		}
		asker{t, u, testThread}.want("/moment", "text", fmt.Sprintf("%q", test.want))
	}
}

// TestTakingBackWhileOthersWriteLosesNothing: one writes and takes it back, again
// and again, while others write: each of their lines is there, once.
func TestTakingBackWhileOthersWriteLosesNothing(t *testing.T) {
	s, _ := start(t, logged(t, deed{1, 1000, event.Opened{Title: "T"}}, deed{1, 1100, changed(t, `[[0,"first",""]]`)}))
	write := func(name, line string) {
		c := changed(t, fmt.Sprintf(`[[0,%q,""],6]`, line)).(event.Changed).Change
		if _, err := s.Revise(t.Context(), testThread, c, 2, 0, Identity{name, event.Person}); err != nil {
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
		q := projection.ReversalQuery{Author: "Ann", From: 3, To: 9999, Until: math.MaxInt64}
		done, err := s.reverse(t.Context(), testThread, q, 0, Identity{"Zoe", event.Person})
		if err != nil || done.Edits != n+1 {
			t.Errorf("%d edits: %v", done.Edits, err)
		}
		if done.Rev > done.Head+1 {
			met++
		}
	}
	all.Wait()
	end, err := projection.Replay(t.Context(), s.log, testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of 20 met what others wrote meanwhile", met)
	for w := range writers {
		for n := range lines {
			if line := fmt.Sprintf("line %d of %d\n", n, w); strings.Count(end.Text(), line) != 1 {
				t.Errorf("%q is there %d times", line, strings.Count(end.Text(), line))
			}
		}
	}
	if strings.Contains(end.Text(), "spam") || end.LineCount() != writers*lines+2 {
		t.Errorf("%d lines: %q", end.LineCount(), end.Text())
	}
}
