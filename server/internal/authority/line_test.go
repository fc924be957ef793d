package authority

import (
	"strings"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

func TestNewEmptyInEmptyThreadTakesLineZeroByARecord(t *testing.T) {
	s := newScene(t, "")
	c, other := s.line("ada", ada), s.line("ben", ben)
	s.shows(c)
	c.begin("")
	s.flow()
	s.head(2)
	s.receipt(c, 0, "", 2)
	s.shows(c, "")
	s.shows(other, "")
	for e := range s.events(1) {
		if f, ok := e.Payload.(event.Changed); !ok || !f.Change.IsEmpty() || e.Author != ada {
			t.Errorf("recorded %+v, want an empty change by ada", e)
		}
	}
	c.update("milk")
	s.flow()
	s.reads("milk")
}

func TestLastEmptyLineThatIsNobodysIsReused(t *testing.T) {
	s := newScene(t, "milk\n")
	c, other := s.line("ada", ada), s.line("ben", ben)
	c.begin("")
	s.flow()
	s.head(2) // nothing to append
	s.receipt(c, 1, "", 2)
	other.begin("eggs") // now it is a current line
	s.flow()
	s.reads("milk\n\neggs")
	c.update("tea")
	s.flow()
	s.reads("milk\ntea\neggs")
}

func TestNewAfterTextBeginsALine(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	c.begin("eggs")
	c.begin("tea")
	s.flow()
	s.reads("milk\neggs\ntea")
	s.equal("kinds", s.kinds(2), "changed changed")
	c.update("green tea")
	s.flow()
	s.reads("milk\neggs\ngreen tea")
}

func TestOwnEmptyLineIsACurrentLine(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	c.begin("")
	c.begin("")
	s.flow()
	s.reads("milk\n\n")
}

func TestUpdateAndSubmitWithoutCurrentLineBeginOne(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	c.update("eggs")
	s.flow()
	s.reads("milk\neggs")
	c.submit("eggs!")
	c.submit("tea")
	s.flow()
	s.reads("milk\neggs!\ntea")
	s.equal("submitted", []bool{c.data[0].submitted, c.data[1].submitted, c.data[2].submitted}, []bool{false, true, true})
}

func TestSubmitAlwaysMakesARecordAndEndsTheLine(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	c.begin("milk")
	s.flow()
	c.submit("milk")
	s.flow()
	s.equal("kinds", s.kinds(1), "changed submitted")
	s.receipt(c, 0, "milk", 3)
	if !c.data[0].submitted {
		t.Error("the line is not shown as submitted")
	}
	c.update("eggs")
	s.flow()
	s.reads("milk\neggs")
	c.submit("eggs, six")
	s.flow()
	s.equal("kinds", s.kinds(4), "changed submitted")
	s.receipt(c, 1, "eggs, six", 6)
}

func TestEqualValueAppendsNothingAndHasAReceiptWithTheHead(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	c.begin("milk")
	s.flow()
	s.edit(func() { s.auth.record(event.Renamed{Title: "x"}, ben, s.newClient(), 0) })
	c.update("milk")
	s.flow()
	s.head(3)
	s.receipt(c, 0, "milk", 3)
	s.equal("receipts", c.got, 2)
}

func TestEachUpdateIsARecordOfItsOwn(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	for _, v := range []string{"m", "mi", "mil", "milk"} {
		c.update(v)
	}
	s.flow() // one batch
	s.equal("kinds", s.kinds(1), "changed changed changed changed")
	s.equal("receipts", c.got, 4)
	s.receipt(c, 0, "milk", 5)
	for e := range s.events(1) {
		if e.Author != ada || e.Seq != 0 {
			t.Errorf("revision %d is %v's, seq %d", e.Revision, e.Author, e.Seq)
		}
	}
}

func TestCurrentLineFollowsItsIdentity(t *testing.T) {
	s := newScene(t, "milk\n")
	c := s.line("ada", ada)
	c.update("eggs")
	s.flow()
	s.pass(resyncPause)
	s.change(0, 0, "tea\n")
	join := c.joins[len(c.joins)-1]
	if !join.resync || join.current != 2 || join.received != 1 {
		t.Fatalf("got %+v, want a resync, current 2, received 1", join)
	}
	s.shows(c, "tea", "milk", "eggs")
	c.update("eggs!")
	s.flow()
	s.reads("tea\nmilk\neggs!")
	s.receipt(c, 2, "eggs!", 5)
}

func TestResyncsAreTwiceASecondAndHoldUpdatesAndReceipts(t *testing.T) {
	s := newScene(t, "milk\n")
	c, other := s.line("ada", ada), s.line("ben", ben)
	c.update("eggs")
	s.flow()
	s.change(0, 0, "tea\n")
	joins, heard, got := len(c.joins), len(c.heard), c.got
	s.pass(10)
	s.change(0, 0, "rum\n") // a resync is due
	c.update("eggs!")
	other.begin("bread")
	s.flow()
	if len(c.joins) != joins || len(c.heard) != heard || c.got != got {
		t.Fatalf("sent %d joins and %d updates while a resync was due", len(c.joins)-joins, len(c.heard)-heard)
	}
	s.reads("rum\ntea\nmilk\neggs!\nbread") // done, and not sent
	s.pass(resyncPause - 10 - 1)
	s.flow()
	s.equal("joins", len(c.joins), joins)
	s.pass(1)
	s.flow()
	s.equal("joins", len(c.joins), joins+1)
	s.equal("received", c.joins[joins].received, 2)
	s.equal("current", c.joins[joins].current, 3)
	s.equal("receipts", c.got, 2)
	s.receipt(c, 3, "eggs!", 6)
	s.shows(c, "rum", "tea", "milk", "eggs!", "bread")
}

func TestLinesAddedAtTheEndNeedNoResync(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	s.change(4, 4, "\neggs\ntea")
	s.equal("joins", len(c.joins), 1)
	s.shows(c, "milk", "eggs", "tea")
}

func TestEditOfAJoinedLineMapsIntoTheJoinedText(t *testing.T) {
	s := newScene(t, "milk\n")
	c := s.line("ada", ada)
	c.update("eggs")
	s.flow()
	s.change(4, 5, "") // delete the break
	s.shows(c, "milkeggs")
	c.update("eggs!") // typed before the resync was seen
	s.flow()
	s.reads("milkeggs!")
	c.update("milkeggs!?") // and after
	s.flow()
	s.reads("milkeggs!?")
	s.receipt(c, 0, "milkeggs!?", 6)
}

func TestDeletedLineComesBackAsANewLastLine(t *testing.T) {
	s := newScene(t, "milk\n")
	c := s.line("ada", ada)
	c.update("eggs")
	s.flow()
	s.change(4, 9, "")
	s.equal("current", c.current, -1)
	c.update("eggs!")
	s.flow()
	s.reads("milk\neggs!")
	s.receipt(c, 1, "eggs!", 5)
	c.update("eggs?")
	s.flow()
	s.reads("milk\neggs?")
}

func TestReceiptOfALineThatIsGoneSaysSo(t *testing.T) {
	s := newScene(t, "milk\n")
	c := s.line("ada", ada)
	c.update("eggs")
	s.up()
	a := s.auth
	a.handle(<-a.inbox)
	a.handle(request{edit: func() *wire.Error { // in the same batch
		a.record(event.Changed{Change: ot.Replace(9, 4, 9, nil)}, ben, s.newClient(), 0)
		return nil
	}})
	a.commit()
	s.down()
	s.wait()
	s.receipt(c, -1, "milk", 3)
	s.shows(c, "milk")
}

func TestMovedLineTakesTheEditWithIt(t *testing.T) {
	s := newScene(t, "milk\neggs")
	c := s.line("ada", ada)
	c.updateAt(1, 2, "eggs!")
	s.flow()
	// Alt-Up: the line above is deleted and inserted below.
	s.edit(func() {
		ch, err := ot.Parse([]byte(`[[5],5,[0,"","milk"]]`))
		if err != nil {
			t.Fatal(err)
		}
		s.auth.record(event.Changed{Change: ch}, ben, s.newClient(), 0)
	})
	s.reads("eggs!\nmilk")
	s.down()
	s.edit(func() { // and now ada's own is the one that moves
		ch, err := ot.Parse([]byte(`[[6],4,[0,"","eggs!"]]`))
		if err != nil {
			t.Fatal(err)
		}
		s.auth.record(event.Changed{Change: ch}, ben, s.newClient(), 0)
	})
	s.reads("milk\neggs!")
	c.update("eggs!?")
	s.flow()
	s.reads("milk\neggs!?")
	c.update("six eggs!?")
	s.flow()
	s.reads("milk\nsix eggs!?")
}

func TestTextStaysInItsLine(t *testing.T) {
	s := newScene(t, "milk\n")
	c := s.line("ada", ada)
	c.update("eggs")
	s.flow()
	s.change(5, 5, "tea\n") // a line directly before it
	c.update("6 eggs")
	s.flow()
	s.reads("milk\ntea\n6 eggs")
	s.change(15, 15, "\nrum") // and one directly after
	c.update("6 eggs!")
	s.flow()
	s.reads("milk\ntea\n6 eggs!\nrum")
}

func TestBadValuesChangeNothing(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	for _, v := range [][]uint16{{'a', '\n'}, {'\r'}, {0}, {0xd83d}, {0xde00, 'a'}, {0xd83d, 0xd83d, 0xde00}} {
		c.send("update", LineEdit{Value: v, Line: -1})
		s.flow()
		s.fails(c, wire.BadValue)
	}
	s.head(2)
	s.auth.cfg.MaxText = 8
	c.updateAt(0, 2, strings.Repeat("é", 5))
	s.flow()
	s.fails(c, wire.TooLarge)
	if l := s.auth.lines[c.conn]; !l.id.IsZero() {
		t.Error("a refused update made its line current")
	}
	c.updateAt(0, 2, strings.Repeat("é", 4))
	s.flow()
	s.reads("éééé")
}

func TestLineEditWithoutAJoinIsRefused(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	s.leave(c.conn)
	c.conn.left = false // so that it is sent the refusal
	c.update("x")
	s.flow()
	s.fails(c, wire.NotJoined)
}

func TestJoiningAgainGivesHeldReceipts(t *testing.T) {
	for _, again := range []bool{true, false} {
		s := newScene(t, "milk\n")
		c := s.line("ada", ada)
		s.change(0, 0, "tea\n")
		s.change(0, 0, "rum\n") // a resync is due
		c.update("eggs")
		s.flow()
		s.equal("receipts before", c.got, 0)
		if again {
			c.join()
			s.flow()
			s.equal("joins", len(c.joins), 4)
		} else {
			s.leave(c.conn)
			s.down()
		}
		s.equal("receipts", c.got, 1)
		s.wait()
		s.shows(c, "rum", "tea", "milk", "eggs")
		if again {
			s.change(0, 0, "gin\n")
			s.equal("received", c.joins[len(c.joins)-1].received, 1)
		}
	}
}

func TestRenameIsSentByAResync(t *testing.T) {
	s := newScene(t, "milk")
	c := s.line("ada", ada)
	s.auth.Rename(c.conn, ada, "groceries")
	s.flow()
	s.equal("title", c.title, "groceries")
	s.head(3)
	s.auth.Rename(c.conn, ada, "groceries")
	s.flow()
	s.wait()
	s.head(3)
	s.equal("joins", len(c.joins), 2)
}
