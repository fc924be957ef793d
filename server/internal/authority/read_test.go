package authority

import (
	"testing"
	"testing/synctest"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// TestReadersNeedNotWaitForTheDisk has an append in flight that does not return.
// Readers wait for it only for a while; then they get what is durable, and when the
// append returns they get the rest.
func TestReadersNeedNotWaitForTheDisk(t *testing.T) { synctest.Test(t, readersNeedNotWait) }

func readersNeedNotWait(t *testing.T) {
	r := newRunner(t, opened(t))
	ctx := t.Context()
	writer, reader, resumer := eventlog.ClientID{1}, eventlog.ClientID{2}, eventlog.ClientID{3}
	for _, c := range []eventlog.ClientID{writer, reader, resumer} {
		if err := r.JoinText(ctx, r.peer(c), ada, c, nil); err != nil {
			t.Fatal(err)
		}
	}
	first := r.heard(writer)[0].(textJoin)
	r.Push(r.peer(writer), pushOf(writer, 1, 1, "a"))
	<-r.log.came
	r.log.open <- struct{}{}
	synctest.Wait()
	r.Push(r.peer(writer), pushOf(writer, 2, 2, "b"))
	<-r.log.came // revision 3 is in flight

	seen := make(chan eventlog.Revision, 1)
	joined := make(chan error, 4)
	go func() {
		_ = r.View(ctx, func(th *projection.Thread, _ chain.Digest) { seen <- th.Revision })
	}()
	go func() { joined <- r.JoinText(ctx, r.peer("new"), ben, eventlog.ClientID{4}, nil) }()
	go func() { joined <- r.JoinLine(ctx, r.peer("line"), ben, 0) }()
	go func() {
		joined <- r.JoinText(ctx, r.peer("again"), ada, resumer, &wire.Resume{Since: 1, Chain: &first.chain})
	}()
	go func() {
		r.Leave(r.peer(reader))
		joined <- r.MayJoin(ctx, r.peer("new"), ben, eventlog.ClientID{4})
	}()
	synctest.Wait()
	if n := len(seen) + len(joined); n > 0 {
		t.Fatalf("%d readers were served before they had waited for the disk", n)
	}
	r.late()
	synctest.Wait()
	r.late() // of the second request of the one who leaves
	synctest.Wait()
	if len(seen) != 1 || len(joined) != 4 {
		t.Fatalf("%d of 1 views and %d of 4 others were served beside the append", len(seen), len(joined))
	}
	for range 4 {
		if err := <-joined; err != nil {
			t.Error(err)
		}
	}
	if rev := <-seen; rev != 2 {
		t.Errorf("a reader was shown revision %d, and 2 is durable", rev)
	}
	if j := r.heard("new")[0].(textJoin); j.rev != 2 || string(rune(j.text[0])) != "a" {
		t.Errorf("a newcomer was shown revision %d", j.rev)
	}
	if j := r.heard("line")[0].(lineJoin); j.rev != 2 || j.data[0].value != "a" {
		t.Errorf("a newcomer in line mode was shown revision %d", j.rev)
	}
	if j := r.heard("again")[0].(resumed); j.since != 1 || j.head != 2 {
		t.Errorf("a client resumed from %d to %d", j.since, j.head)
	}
	before := len(r.heard(reader))

	r.log.open <- struct{}{}
	synctest.Wait()
	if e, ok := last(r.heard("new")).(Entries); !ok || e.List[0].Revision != 3 {
		t.Errorf("a newcomer was sent %v when the append returned", last(r.heard("new")))
	}
	if j, ok := last(r.heard("line")).(lineJoin); !ok || j.rev != 3 || j.data[0].value != "ba" {
		t.Errorf("a newcomer in line mode was sent %v when the append returned", last(r.heard("line")))
	}
	if n := len(r.heard(reader)); n > before {
		t.Errorf("somebody who had left was sent %d messages", n-before)
	}
	r.late()
}

func last(all []any) any { return all[len(all)-1] }

// pushOf returns a push of one insertion at the start of a text of rev-1 units.
func pushOf(c eventlog.ClientID, seq uint64, rev eventlog.Revision, s string) wire.Push {
	return wire.Push{Client: c, Seq: seq, Rev: rev, Changes: insertion(int(rev)-1, s)}
}

// TestAWriterLeavesWhenItsEditsAreSettled: whoever has an edit in flight waits for
// its receipt, whatever the disk does.
func TestAWriterLeavesWhenItsEditsAreSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t, opened(t))
		if err := r.JoinLine(t.Context(), r.peer("line"), ben, 0); err != nil {
			t.Fatal(err)
		}
		r.Edit(r.peer("line"), "new", LineEdit{Value: units("a"), New: true, Line: -1})
		<-r.log.came
		left := make(chan uint64, 1)
		go func() { left <- r.Leave(r.peer("line")) }()
		synctest.Wait()
		r.late()
		synctest.Wait()
		if len(left) > 0 {
			t.Error("it left before its edit was on disk")
		}
		r.log.open <- struct{}{}
		if n := <-left; n != 1 {
			t.Errorf("it left with %d receipts", n)
		}
		r.late()
	})
}
