package authority

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

func TestFailedAppendIsUndoneAndMustBeSentAgain(t *testing.T) {
	for _, f := range []fate{refused, lost} {
		s := newScene(t, "milk\n")
		a, l := s.text("ada", ada), s.line("ben", ben)
		l.update("eggs")
		s.flow()
		s.log.next = f
		a.edit(changes(t, `[9,[0,"!"]]`)[0])
		a.push(1)
		l.begin("lost line")
		l.update("lost lines")
		s.flow()
		s.reads("milk\neggs")
		s.head(3)
		s.fails(l, wire.Unavailable)
		s.equal("errors", l.errs, 2)
		if a.flight == nil || !a.again {
			t.Fatal("the push was not answered unavailable")
		}
		s.wait()
		s.equal("current line after the resync", l.current, 1)
		a.push(1) // the same again
		l.update("eggs?")
		s.flow()
		s.equal("acknowledged", a.acked, 1)
		s.equal("receipts", l.got, 2)
		s.shows(l, "milk", "eggs!?")
		s.reads("milk\neggs!?")
	}
}

// TestFullDiskIsLoggedOnceAMinute: the first failure at once, and then how many
// there were.
func TestFullDiskIsLoggedOnceAMinute(t *testing.T) {
	var said bytes.Buffer
	now := int64(1_764_000_000_000)
	a := &Authority{cfg: Config{Elapsed: func() int64 { return now }, Logger: slog.New(slog.NewTextHandler(&said, nil))}}
	for range 130 {
		a.logFailure(errors.New("no space left"))
		now += 1000
	}
	var times []string
	for line := range strings.Lines(said.String()) {
		_, count, _ := strings.Cut(line, "times=")
		times = append(times, strings.Fields(count)[0])
	}
	if got := strings.Join(times, " "); got != "1 60 60" {
		t.Errorf("it said how often: %s\n%s", got, said.String())
	}
}

func TestAppendThatWasKeptAfterAllIsPublished(t *testing.T) {
	s := newScene(t, "milk")
	a, l := s.text("ada", ada), s.line("ben", ben)
	s.log.next = keptUnknown
	a.edit(changes(t, `[4,[0,"!"]]`)[0])
	a.push(1)
	l.begin("eggs")
	s.flow()
	s.equal("acknowledged", a.acked, 1)
	s.receipt(l, 1, "eggs", 4)
	s.equal("chain", a.chain, s.auth.chain)
	s.equal("announced through", s.announced, 4)
	s.equal("refusals", s.refusals, 1)
	s.reads("milk!\neggs")
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 1, Rev: 2, Changes: changes(t, `[4,[0,"!"]]`)}) // a resend
	s.flow()
	s.head(4)
}

func TestRecordsOfAnotherWriterArePublished(t *testing.T) {
	s := newScene(t, "milk")
	a, l := s.text("ada", ada), s.line("ben", ben)
	r := event.Encode(event.Changed{Change: changes(t, `[[0,"oat "],4]`)[0]})
	r.Time, r.Author = s.clock, ben
	if _, err := s.log.AuditLog.Append(t.Context(), stream, 2, r); err != nil {
		t.Fatal(err)
	}
	a.edit(changes(t, `[4,[0,"!"]]`)[0])
	a.push(1)
	s.flow()
	s.equal("revision", a.rev, 3)
	s.equal("announced through", s.announced, 3)
	s.shows(l, "oat milk")
	a.push(1)
	s.flow()
	s.reads("oat milk!")
	s.shows(l, "oat milk!")
}

// TestRedactionByAnotherWriterIsNotUndoneFromMemory: text that was redacted must
// not be sent from memory, where earlier entries have it as it was.
func TestRedactionByAnotherWriterIsNotUndoneFromMemory(t *testing.T) {
	s := newScene(t, "milk")
	a := s.text("ada", ada)
	s.change(4, 4, " secret")
	r := event.Encode(event.Redacted{Ranges: [][2]int{{4, 11}}, Change: changes(t, `[4,[7,"███████"]]`)[0], Reason: "test"})
	r.Time, r.Author = s.clock, ben
	if _, err := s.log.AuditLog.Append(t.Context(), stream, 3, r); err != nil {
		t.Fatal(err)
	}
	a.edit(changes(t, `[11,[0,"!"]]`)[0])
	a.push(1)
	s.flow() // the append conflicts, and the authority finds the redaction
	s.reads("milk███████")
	if entries, ok := s.auth.recent.after(2); ok {
		t.Errorf("%d entries from before the redaction are still in memory", len(entries))
	}
	s.equal("revision", a.rev, 4)
}

// TestReceiptHeldFromAnEarlierBatchSurvivesAFailedOne joins the line of a held
// receipt into one that the failed batch began.
func TestReceiptHeldFromAnEarlierBatchSurvivesAFailedOne(t *testing.T) {
	s := newScene(t, "milk\n")
	l := s.line("ben", ben)
	s.change(0, 0, "tea\n")
	s.change(0, 0, "rum\n") // a resync is due
	l.update("eggs")
	s.flow()
	s.equal("receipts", l.got, 0)
	s.log.next = refused
	s.auth.handle(request{edit: func() *wire.Error {
		n := s.auth.thread.Len()
		s.auth.record(event.Changed{Change: changes(t, `[[0,"x",""],13,[0,"a long new line",""],4]`)[0]}, ada, s.newClient(), 0)
		s.auth.record(event.Changed{Change: changes(t, `[30,[1],4]`)[0]}, ada, s.newClient(), 0)
		if n != 17 {
			t.Fatalf("the text has %d units", n)
		}
		return nil
	}})
	s.auth.commit()
	s.reads("rum\ntea\nmilk\neggs")
	s.wait()
	s.receipt(l, 3, "eggs", 5)
	s.equal("current", l.current, 3)
}

func TestUnreadableLogClosesEveryConnection(t *testing.T) {
	s := newScene(t, "milk")
	a, l := s.text("ada", ada), s.line("ben", ben)
	s.log.next, s.log.readFail = lost, true
	a.edit(changes(t, `[4,[0,"!"]]`)[0])
	a.push(1)
	s.up()
	s.serve(1)
	if !s.auth.stopped || len(s.drop) != 2 {
		t.Fatalf("stopped %t, %d dropped, want both", s.auth.stopped, len(s.drop))
	}
	l.update("x")
	s.up()
	s.serve(1)
	s.down()
	s.fails(l, wire.Unavailable)
	s.restart()
	s.reads("milk")
}

func TestReceiptIsFollowedByWhatOthersDidInTheSameBatch(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.line("ada", ada), s.line("ben", ben)
	a.updateAt(0, 2, "milk!")    // 3
	b.updateAt(0, 2, "oat milk") // 4
	s.flow()
	s.receipt(a, 0, "milk!", 3)
	s.shows(a, "oat milk!")
	s.equal("revision", a.rev, 4)
	a.updateAt(0, a.rev, "oat milk!!") // what it shows, at the revision it knows
	s.flow()
	s.reads("oat milk!!")
}

func TestNewLinesAreSentInOrder(t *testing.T) {
	s := newScene(t, "milk")
	all := []*lineClient{s.line("ada", ada), s.line("ben", ben), s.line("cleo", ada)}
	all[0].updateAt(0, 2, "milk!")
	s.up()
	for i, c := range []*lineClient{all[1], all[0], all[2], all[0], all[1]} {
		c.begin(string(rune('a' + i)))
		s.up()
	}
	s.flow()
	for _, c := range all {
		s.shows(c, "milk!", "a", "b", "c", "d", "e")
	}
}

// TestTimesNeverGoBack: while the clock is behind, records get the newest time, and
// the Room hears of each; a second's difference is nothing.
func TestTimesNeverGoBack(t *testing.T) {
	s := newScene(t, "milk")
	newest := s.auth.thread.UpdatedAt
	for _, by := range []int64{500, 1000, 1001, 60_000} {
		s.clock = newest - by
		s.change(0, 0, "x")
	}
	s.clock = newest + 1
	s.change(0, 0, "y")
	var times []int64
	for e := range s.events(2) {
		times = append(times, e.Time-newest)
	}
	s.equal("times after the newest", times, []int64{0, 0, 0, 0, 1})
	s.equal("behind by", s.behind, []int64{1001, 60_000})
}
