package authority

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

func TestBaseIsTheNearestOfOwnAndDelivered(t *testing.T) {
	for _, test := range []struct {
		name      string
		own       string
		delivered []string // oldest first
		value     string
		want      string
	}{
		{"own is nearer", "abc", []string{"xyz"}, "abcd", "abc"},
		{"delivered is nearer", "abc", []string{"xyz"}, "xyzz", "xyz"},
		{"a tie goes to own", "a", []string{"b"}, "c", "a"},
		{"a tie goes to own, delivered twice", "ab", []string{"ac", "ac"}, "ad", "ab"},
		{"of delivered ones the newest", "zzzz", []string{"b1", "b2"}, "b", "b2"},
		{"an older one that is nearer", "zzzz", []string{"ab", "xy"}, "abc", "ab"},
		{"a code point counts once", "😀", []string{"ab"}, "c", "😀"},
		{"the common end is removed too", "Xabc", []string{"abcdef"}, "Yabc", "Xabc"},
		{"halves are not common", "😀", []string{"😁", "aa"}, "😂", "😀"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := &linePeer{own: &view{text: units(test.own)}}
			for _, d := range test.delivered {
				l.delivered = append(l.delivered, &view{text: units(d)})
			}
			if got := ot.String(l.closest(nil, units(test.value)).text); got != test.want {
				t.Errorf("base of %q is %q, want %q", test.value, got, test.want)
			}
		})
	}
	// The newest, not one that reads the same.
	l := &linePeer{own: &view{text: units("zz")}, delivered: []*view{{text: units("a"), rev: 1}, {text: units("a"), rev: 2}}}
	if v := l.closest(nil, units("ab")); v.rev != 2 {
		t.Errorf("base is revision %d, want 2", v.rev)
	}
}

func TestUpdateMergesWithWhatOthersDidSince(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	c.update("milk")
	s.flow()
	s.change(0, 0, "oat ") // delivered to ada, whose program has not read it
	c.update("milk!")
	s.flow()
	s.reads("oat milk!")
	s.receipt(c, 0, "oat milk!", 4)
	c.update("oat milk!!") // now she has
	s.flow()
	s.reads("oat milk!!")
	c.update("milk?") // a program that shows nothing: the base is its own "oat milk!!"
	s.flow()
	s.reads("milk?")
}

func TestReceiptThatDiffersCountsAsDelivered(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	c.update("milk")
	s.flow()
	c.update("milk!")
	s.up()
	s.auth.handle(request{edit: func() *wire.Error { // before ada's arrives
		s.auth.record(event.Changed{Change: ot.Replace(4, 0, 0, units("oat "))}, ben, s.newClient(), 0)
		return nil
	}})
	s.serve(9)
	s.down()
	s.receipt(c, 0, "oat milk!", 4)
	c.update("oat milk!?")
	s.flow()
	s.reads("oat milk!?")
}

func TestUpdateOfALineAtARevision(t *testing.T) {
	s := newScene(t, "milk\neggs")
	c := s.line("ada", ada)
	s.change(0, 0, "tea\n")  // 3
	s.change(10, 10, "six ") // 4: "six eggs" at line 2 is "tea\nmilk\n" + 1: see below
	text := s.auth.thread.Text()
	c.updateAt(1, 2, "eggs!") // the line eggs as it stood at 2
	s.flow()
	if got := s.auth.thread.Text(); len(got) != len(text)+1 || got[len(got)-1] != '!' {
		t.Errorf("reads %q after %q", got, text)
	}
	if l := s.auth.lines[c.conn]; l.index != 2 {
		t.Errorf("current line is %d, want 2", l.index)
	}
	// Its own value is newer than revision 2: typing on needs no receipt.
	c.updateAt(1, 2, "eggs!?")
	s.flow()
	if got := s.auth.thread.Text(); len(got) != len(text)+2 || got[len(got)-2:] != "!?" {
		t.Errorf("reads %q after %q", got, text)
	}
	head := s.auth.thread.Revision
	c.updateAt(2, head, "bread") // the line as it stands
	s.flow()
	s.reads("tea\nmilk\nbread")
	c.updateAt(0, head+1, "rum") // another line becomes current
	s.flow()
	s.reads("rum\nmilk\nbread")
	c.update("rum!")
	s.flow()
	s.reads("rum!\nmilk\nbread")
}

func TestLinesThatWereNotThereAreRefused(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	s.change(0, 0, "milk\neggs") // 2
	s.change(0, 0, "tea\n")      // 3
	s.change(13, 13, "\nbread")  // 4
	s.reads("tea\nmilk\neggs\nbread")
	try := func(line int, rev eventlog.Revision, code wire.Code) {
		t.Helper()
		n := len(c.failed)
		c.updateAt(line, rev, "x")
		s.flow()
		if len(c.failed) != n+1 {
			t.Fatalf("line %d of revision %d was taken: %q", line, rev, s.auth.thread.Text())
		}
		s.fails(c, code)
	}
	all := func() {
		t.Helper()
		try(0, 0, wire.BadValue)
		try(0, 1, wire.BadValue) // nothing was written then
		try(2, 2, wire.BadValue)
		try(3, 3, wire.BadValue)
		try(4, 4, wire.BadValue)
		try(1<<40, 4, wire.BadValue)
		try(0, 5, wire.Stale)
	}
	all()
	s.restart()
	c.connect(s.conn("again"))
	s.flow()
	all()
	s.reads("tea\nmilk\neggs\nbread")
	s.head(4)
	c.updateAt(0, 2, "oat milk") // older than the recent entries
	s.flow()
	s.reads("tea\noat milk\neggs\nbread")
}

// TestOwnValueIsNewerOnlyByItsRecord sends a value again, which appends
// nothing, after others have written.
func TestOwnValueIsNewerOnlyByItsRecord(t *testing.T) {
	s := newScene(t, "")
	c := s.line("ada", ada)
	c.update("milk") // 2
	s.flow()
	s.change(0, 0, "oat ")                                                             // 3
	s.edit(func() { s.auth.record(event.Renamed{Title: "x"}, ben, s.newClient(), 0) }) // 4
	c.update("milk")
	s.flow()
	s.head(4)
	c.updateAt(0, 3, "oat milk!")
	s.flow()
	s.reads("oat milk!")
}

// TestReusedLineIsNoRecord reuses a line without a record and then updates what
// the line read before.
func TestReusedLineIsNoRecord(t *testing.T) {
	s := newScene(t, "milk\nx")
	c := s.line("ada", ada)
	s.change(5, 6, "") // 3
	c.begin("")
	s.flow()
	s.head(3)
	c.updateAt(1, 2, "xy")
	s.flow()
	s.reads("milk\ny")
}

// restart starts another authority on the same log.
func (s *scene) restart() {
	s.timers, s.tasks = nil, nil
	s.start()
}

func TestAnOldLineIsTheSameFromMemoryAndFromTheLog(t *testing.T) {
	seed, both := seeds.For(t), 0
	for i := range 300 {
		h := newHistory(seed+uint64(i), nil, false)
		h.play(120)
		a, head := h.auth, h.auth.thread.Revision
		if a.recent.base > 0 {
			continue
		}
		cold := newWorld(nil)
		cold.log = h.log
		cold.start()
		for range 20 {
			rev, line := eventlog.Revision(h.draw(int(head)+1)), h.draw(6)
			a.walked, a.costMax = 0, costMax
			id, f := a.identityAt(rev, line, nil)
			before, f2 := cold.auth.lineBefore(t.Context(), rev, line)
			var id2 projection.LineID
			if f2 == nil {
				id2, f2 = cold.auth.identityAt(rev, line, before)
			}
			if (f == nil) != (f2 == nil) || f != nil && f.Code != f2.Code || f == nil && a.thread.Resolve(id) != a.thread.Resolve(id2) {
				t.Fatalf("seed %d: line %d at %d: %v %v in memory, %v %v in the log", seed+uint64(i), line, rev, id, f, id2, f2)
			}
			if f != nil {
				continue
			}
			w, _ := cold.auth.viewAt(rev, line, before)
			v, far := a.viewAt(rev, line, nil)
			if far != nil {
				if rev >= a.recent.views {
					t.Fatalf("seed %d: line %d at %d: %v", seed+uint64(i), line, rev, far)
				}
				continue
			}
			both++
			if !slices.Equal(v.text, w.text) || w.bridge.Len() != w.length || v.bridge.NewLen() != w.bridge.NewLen() {
				t.Fatalf("seed %d: line %d at %d reads %q in memory, %q in the log", seed+uint64(i), line, rev, ot.String(v.text), ot.String(w.text))
			}
			if now := a.thread.Find(id); now >= 0 {
				old := replayAt(t, h.world, rev)
				want := old.Find(a.thread.Row(now).ID)
				if got := a.indexAt(rev, now); got != want {
					t.Fatalf("seed %d: line %d of the head was %d at %d, want %d", seed+uint64(i), now, got, rev, want)
				}
			}
		}
	}
	if both < 100 {
		t.Errorf("%d lines were compared", both)
	}
}

func replayAt(t *testing.T, w *world, rev eventlog.Revision) *projection.Thread {
	t.Helper()
	th, err := projection.Replay(t.Context(), projection.Plain(w.log.AuditLog), stream, rev)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// TestShorteningAViewChangesNoEdit carries a view of a line over random
// changes, shortens it, and compares the edits that both views give.
func TestShorteningAViewChangesNoEdit(t *testing.T) {
	seed := seeds.For(t)
	edits, shorter := 0, 0
	for i := range uint64(5000) {
		h := &history{rng: rand.New(rand.NewPCG(seed+i, 0))}
		text := h.text(20, true)
		start, line := nth(text, h.draw(1+strings.Count(ot.String(text), "\n")))
		v := &view{text: line, start: start, length: len(text), bridge: ot.Keep(len(text))}
		for range h.draw(15) {
			c := h.change(text)
			text = mustApply(c, text)
			v.bridge = compose(v.bridge, c)
		}
		w := *v
		w.shorten()
		from := h.draw(len(text) + 1)
		to := from + h.draw(len(text)-from+1)
		row := projection.Row{Start: from, Length: to - from}
		value := units(h.retype(ot.String(v.text)))
		a, v2 := v.edit(value, from, to)
		b, w2 := w.edit(value, from, to)
		if v.reaches(row) != w.reaches(row) || !slices.Equal(mustApply(a, text), mustApply(b, text)) ||
			v2.bridge.NewLen() != w2.bridge.NewLen() || w2.bridge.Len() != w2.length {
			t.Fatalf("seed %d: in %q, %q to %q is %s, shortened %s\nbridge %s from %d, shortened %s from %d", seed+i, ot.String(text), ot.String(v.text),
				ot.String(value), jsonOf(a), jsonOf(b), jsonOf(v.bridge), v.start, jsonOf(w.bridge), w.start)
		}
		edits++
		if len(jsonOf(w.bridge)) < len(jsonOf(v.bridge)) {
			shorter++
		}
	}
	if shorter < edits/10 {
		t.Errorf("of %d views %d were shorter", edits, shorter)
	}
}

func mustApply(c ot.Change, text []uint16) []uint16 {
	out, err := c.Apply(text)
	if err != nil {
		panic(err)
	}
	return out
}
