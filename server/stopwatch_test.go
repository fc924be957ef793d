package server

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

var sora, ben = eventlog.ClientID{1}, eventlog.ClientID{2}

func entriesOf(client eventlog.ClientID, seqs ...uint64) (out []event.Event) {
	for _, seq := range seqs {
		out = append(out, event.Event{Client: client, Seq: seq})
	}
	return out
}

func TestAStopwatchTimesTheVeryPush(t *testing.T) {
	var w stopwatch
	w.reset(sora)
	expect := func(what string, at int64, ok bool, wantAt int64) {
		t.Helper()
		if want := wantAt != 0; ok != want || (ok && at != wantAt) {
			t.Errorf("%s: %d, %v, want %d", what, at, ok, wantAt)
		}
	}
	at, ok := w.logged(entriesOf(sora, 1))
	expect("nothing was pushed", at, ok, 0)
	w.push(100, 4)
	at, ok = w.logged(entriesOf(ben, 4))
	expect("another's entry of that number", at, ok, 0)
	at, ok = w.logged(entriesOf(sora, 2, 3))
	expect("earlier entries", at, ok, 0)
	at, ok = w.logged(append(entriesOf(ben, 7, 8), entriesOf(sora, 4, 5)...))
	expect("its entry", at, ok, 100)
	at, ok = w.logged(entriesOf(sora, 4))
	expect("its entry again", at, ok, 0)
	w.push(200, 4) // sent again after a doubt: it was logged, nothing comes
	w.push(300, 6)
	at, ok = w.logged(entriesOf(sora, 6))
	expect("the push after one that was never answered", at, ok, 300)
	w.push(400, 7)
	w.refused()
	at, ok = w.logged(entriesOf(sora, 7))
	expect("an entry of what was refused", at, ok, 0)
}

func TestAStopwatchTimesOneLineEditAtATime(t *testing.T) {
	var w stopwatch
	w.reset(sora)
	got := func() int64 {
		at, ok := w.receipt()
		if !ok {
			return 0
		}
		return at
	}
	w.line(10)
	w.line(20) // while the first is under way: not timed
	w.line(30)
	if at := got(); at != 10 {
		t.Errorf("the first receipt is for %d", at)
	}
	w.line(40) // the fourth; receipts for the second and third are still to come
	if at := got(); at != 0 {
		t.Errorf("the second receipt is for %d: that was the fourth edit", at)
	}
	w.refused() // the third came to nothing
	if at := got(); at != 0 {
		t.Errorf("after a refusal the timed edit is dropped, not %d", at)
	}
	w.line(50)
	w.drop() // its receipt was held back
	if at := got(); at != 0 {
		t.Errorf("a receipt that was held back is for %d", at)
	}
	w.line(60)
	if at := got(); at != 60 {
		t.Errorf("the sixth receipt is for %d", at)
	}
}
