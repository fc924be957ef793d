package live

import "testing"

func TestAStopwatchTimesOneEditAtATime(t *testing.T) {
	var w stopwatch
	w.reset()
	got := func() int64 {
		at, ok := w.logged()
		if !ok {
			return 0
		}
		return at
	}
	w.start(10)
	w.start(20) // while the first is under way: not timed
	w.start(30)
	if at := got(); at != 10 {
		t.Errorf("the first edit to be logged has time %d", at)
	}
	w.start(40) // the fourth; the second and third are still to come
	if at := got(); at != 0 {
		t.Errorf("the second edit to be logged has time %d: the fourth began then", at)
	}
	w.refused() // the third came to nothing
	if at := got(); at != 0 {
		t.Errorf("after a refusal the timed edit is dropped, not %d", at)
	}
	w.start(60)
	if at := got(); at != 60 {
		t.Errorf("the fifth edit to be logged has time %d", at)
	}
	w.start(70)
	w.reset() // another thread
	w.start(80)
	if at := got(); at != 80 {
		t.Errorf("after a join the first edit to be logged has time %d", at)
	}
}
