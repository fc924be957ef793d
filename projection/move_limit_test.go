package projection_test

import (
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// replaceAll folds one text and then another, written by somebody else over
// the whole of it, and returns the thread and how long the second took.
func replaceAll(t *testing.T, one, two string) (*projection.Thread, time.Duration) {
	defer projection.KeystrokeRule()() // the net law finds equal lines without moves
	t.Helper()
	th := projection.NewThread(scripts.Stream)
	a, b := scripts.Units(one), scripts.Units(two)
	var took time.Duration
	for i, c := range []ot.Change{ot.Replace(0, 0, 0, a), ot.Replace(len(a), 0, len(a), b)} {
		start := time.Now()
		e := event.Event{Revision: eventlog.Revision(i + 1), Author: scripts.AuthorID([]string{"ana", "ben"}[i]), Payload: event.Changed{Change: c}}
		if _, err := th.Apply(e); err != nil {
			t.Fatal(err)
		}
		took = time.Since(start)
	}
	return th, took
}

// 2,048 equal lines deleted and inserted make MaxMovePairs pairs; one more
// line makes too many. Blank lines do not count.
func TestMovesEndAtMaxMovePairs(t *testing.T) {
	n := 2048
	if n*n != projection.MaxMovePairs {
		t.Fatalf("this test is for %d pairs, and MaxMovePairs is %d", n*n, projection.MaxMovePairs)
	}
	blank := strings.Repeat("\n", 4000)
	for _, c := range []struct {
		name     string
		one, two string
		born     eventlog.Revision
	}{
		{"as many as may be", strings.Repeat("x\n", n) + "a", strings.Repeat("x\n", n) + "b", 1},
		{"one more", strings.Repeat("x\n", n+1) + "a", strings.Repeat("x\n", n+1) + "b", 2},
		{"many blank", "x\n" + blank + "a", "x\n" + blank + "b", 1},
	} {
		th, took := replaceAll(t, c.one, c.two)
		if got := th.Row(0).ID.Revision; got != c.born {
			t.Errorf("%s: line 0 was born at revision %d, want %d", c.name, got, c.born)
		}
		t.Logf("%s: %v", c.name, took)
	}
}

// The dearest change the limit lets through must not hold a thread up for
// seconds: every pair of equal lines a run of its own.
func TestMovesOfManyEqualLinesEnd(t *testing.T) {
	var one, two strings.Builder
	for i := range 2048 {
		one.WriteString("x\n" + strings.Repeat("y", 1+i%7) + "1\n")
		two.WriteString("x\n" + strings.Repeat("z", 1+i%5) + "2\n")
	}
	th, took := replaceAll(t, one.String(), two.String())
	if got := th.Row(0).ID.Revision; got != 1 {
		t.Errorf("line 0 was born at revision %d, want 1", got)
	}
	t.Logf("%v", took)
}
