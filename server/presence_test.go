package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// present returns who is there as the last people frame has it: USER/MODE.
func (l *listener) present() []string {
	frames := l.all("people")
	if len(frames) == 0 {
		return nil
	}
	out := []string{}
	for _, p := range frames[len(frames)-1].People {
		out = append(out, fmt.Sprint(p["user"], "/", p["mode"]))
	}
	return out
}

func opened(t *testing.T, url string) (*listener, string) {
	t.Helper()
	ann := listen(dial(t, url, "/ws"))
	ann.send(`{"type":"open","user":"Ann","title":"Presence"}`)
	until(t, "a thread", func() bool { return len(ann.all("join")) == 1 })
	return ann, ann.all("join")[0].Thread
}

func joinText(t *testing.T, url, id, user, client string) *listener {
	t.Helper()
	l := listen(dial(t, url, "/ws"))
	l.send(`{"type":"join","user":"` + user + `","id":"` + id + `","mode":"text","client":"` + client + `"}`)
	until(t, "a join", func() bool { return len(l.all("join")) == 1 })
	return l
}

func TestTextModeIsToldWhoIsThere(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann, id := opened(t, url)
	sora := joinText(t, url, id, "소라", clientA)
	is := func(l *listener, want ...string) {
		t.Helper()
		until(t, fmt.Sprint(want, " and not ", l.present()), func() bool { return slices.Equal(l.present(), want) })
	}
	is(sora, "Ann/line", "소라/text")
	frames := sora.all("")
	join := slices.IndexFunc(frames, func(f frame) bool { return f.Type == "join" })
	people := slices.IndexFunc(frames, func(f frame) bool { return f.Type == "people" })
	if people < join || frames[people].ID != id || frames[people].Total != 2 {
		t.Errorf("frame %d is the join, frame %d is %s", join, people, frames[people].Raw)
	}
	ben := joinText(t, url, id, "Ben", "01J9Z40000000000000000000B")
	is(sora, "Ann/line", "소라/text", "Ben/text")
	is(ben, "Ann/line", "소라/text", "Ben/text")

	told := len(sora.all("people"))
	tab := joinText(t, url, id, "소라", "01J9Z40000000000000000000C") // nobody new
	is(tab, "Ann/line", "소라/text", "Ben/text")
	time.Sleep(2 * peoplePause)
	if n := len(sora.all("people")); n != told {
		t.Errorf("told %d times that nothing changed", n-told)
	}
	_ = tab.conn.Close() // she is still there
	_ = ben.conn.Close()
	is(sora, "Ann/line", "소라/text")
	ann.send(`{"type":"leave"}`)
	is(sora, "소라/text")
	ann.send(`{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"01J9Z40000000000000000000D"}`)
	is(sora, "소라/text", "Ann/text")
	if n := len(ann.all("people")); n != 1 {
		t.Errorf("Ann was told %d times; line mode is not told", n)
	}
}

func TestPeopleComeAtMostFourTimesASecond(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann, id := opened(t, url)
	sora := joinText(t, url, id, "소라", clientA)
	begin := time.Now()
	const turns = 150
	for i := range turns {
		ann.send(`{"type":"leave"}`)
		ann.send(`{"type":"join","user":"Ann","id":"` + id + `"}`)
		until(t, "a join", func() bool { return len(ann.all("join")) == i+2 })
	}
	took := time.Since(begin)
	time.Sleep(2 * peoplePause)
	if n, most := len(sora.all("people")), int(took/peoplePause)+4; n > most || n < 2 {
		t.Errorf("%d frames of %d comings and goings in %v, want at most %d", n, turns, took, most)
	}
	if got := sora.present(); !slices.Equal(got, []string{"소라/text", "Ann/line"}) {
		t.Errorf("in the end there are %v", got)
	}
}

func TestACrowdIsCountedAndNotNamed(t *testing.T) {
	s, _ := start(t, eventlog.NewMemory())
	r := &room{stream: "01J9Z3N8QJ7C0V5R2K4M6T8W9X"}
	for i := range 250 {
		r.peers = append(r.peers, &peer{author: eventlog.AuthorID{1, byte(i)}, text: i%2 == 0})
		r.peers = append(r.peers, &peer{author: eventlog.AuthorID{1, byte(i)}, text: i%2 == 0}) // a second tab
	}
	m := r.people(s)
	if len(m.People) != wire.PeopleInFrame || m.Total != 250 || m.People[99].Author != (eventlog.AuthorID{1, 99}) {
		t.Errorf("%d rows of %d", len(m.People), m.Total)
	}
	if g := s.glance(r); len(g.Here) != wire.NamesInRow || g.Connections != 500 {
		t.Errorf("%d names, %d connections", len(g.Here), g.Connections)
	}
	for i := range 20 {
		r.wrote(eventlog.AuthorID{1, byte(i)}, 1, s.clock())
	}
	r.wrote(eventlog.AuthorID{99}, 1, s.clock()) // by HTTP: not there
	if g := s.glance(r); len(g.Typing) != wire.NamesInRow || !slices.IsSorted(g.Typing) {
		t.Errorf("typing %v", g.Typing)
	}
}

func TestWhoStoppedWritingIsForgotten(t *testing.T) {
	var p presence
	for i := range 100 {
		p.wrote(eventlog.AuthorID{byte(i)}, 1, 1_000_000)
	}
	if len(p.writers) != 100 {
		t.Fatalf("%d writers", len(p.writers))
	}
	p.wrote(eventlog.AuthorID{200}, 3, 12_000_000)
	if w := p.writers[eventlog.AuthorID{200}]; len(p.writers) != 1 || w == nil || w.edits.sum(12) != 3 || p.edits.sum(12) != 3 {
		t.Errorf("%d writers are left", len(p.writers))
	}
}

// A row is what the list says of people and the last line.
type listRow struct {
	ID, Last     string
	Rev          int
	Here, Typing []string
}

func (l *listener) row(id string) (r listRow) {
	frames := l.all("list")
	if len(frames) == 0 {
		return r
	}
	var m struct{ Threads []listRow }
	_ = json.Unmarshal([]byte(frames[len(frames)-1].Raw), &m)
	for _, r = range m.Threads {
		if r.ID == id {
			return r
		}
	}
	return listRow{}
}

// TestTheListTellsWhoTypes looks on until the typing is over: nothing happens
// then but that time passes.
func TestTheListTellsWhoTypes(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann, id := opened(t, url)
	onlooker := listen(dial(t, url, "/ws"))
	looking := time.Now()
	onlooker.send(`{"type":"list"}`)
	is := func(want listRow) {
		t.Helper()
		want.ID = id
		until(t, fmt.Sprintf("%+v, not %+v", want, onlooker.row(id)), func() bool { return fmt.Sprint(onlooker.row(id)) == fmt.Sprint(want) })
	}
	is(listRow{Rev: 1, Here: []string{"Ann"}, Typing: []string{}})
	ben := listen(dial(t, url, "/ws"))
	ben.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
	is(listRow{Rev: 1, Here: []string{"Ann", "Ben"}, Typing: []string{}})
	write := func(l *listener, message string) {
		t.Helper()
		n := len(l.all("update"))
		l.send(message)
		until(t, "a receipt", func() bool { return len(l.all("update")) > n })
	}
	write(ann, `{"type":"new","value":"milk"}`)
	is(listRow{Rev: 2, Here: []string{"Ann", "Ben"}, Typing: []string{"Ann"}, Last: "milk"})
	write(ben, `{"type":"new","value":"빵"}`)
	write(ann, `{"type":"update","value":"milk!"}`) // lest her time be over, on a busy machine
	is(listRow{Rev: 4, Here: []string{"Ann", "Ben"}, Typing: []string{"Ann", "Ben"}, Last: "milk!"})
	began := time.Now()
	write(ann, `{"type":"update","value":"milk"}`)
	_ = ben.conn.Close()
	is(listRow{Rev: 5, Here: []string{"Ann"}, Typing: []string{"Ann"}, Last: "milk"})
	// The first list is the answer, the others come with a pause between them.
	if n, took := len(onlooker.all("list")), time.Since(looking); time.Duration(n-2)*listPause > took || n < 4 {
		t.Errorf("%d lists within %v", n, took)
	}
	is(listRow{Rev: 5, Here: []string{"Ann"}, Typing: []string{}, Last: "milk"})
	if took := time.Since(began); took < typingFor*time.Microsecond {
		t.Errorf("Ann stopped typing after %v", took)
	}
	frames := onlooker.all("list")
	for i := 2; i < len(frames); i++ {
		if frames[i].Raw == frames[i-1].Raw {
			t.Errorf("the list came again unchanged: %s", frames[i].Raw)
		}
	}
}
