package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// present returns the people of the last people frame: USER/MODE.
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

// opened returns Ann's connection, which is in a new thread in line mode.
func opened(t *testing.T, l *Live) (*listener, string) {
	t.Helper()
	ann := listen(pipe(t, l))
	ann.send(`{"type":"open","user":"Ann","title":"Presence"}`)
	synctest.Wait()
	return ann, ann.all("join")[0].Thread
}

func joinText(t *testing.T, l *Live, id, user, client string) *listener {
	t.Helper()
	c := listen(pipe(t, l))
	c.send(`{"type":"join","user":"` + user + `","id":"` + id + `","mode":"text","client":"` + client + `"}`)
	synctest.Wait()
	return c
}

func TestTextModeIsToldWhoIsThere(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		ann, id := opened(t, l)
		sora := joinText(t, l, id, "소라", clientA)
		is := func(c *listener, want ...string) {
			t.Helper()
			time.Sleep(peoplePause)
			synctest.Wait()
			if got := c.present(); !slices.Equal(got, want) {
				t.Errorf("present are %v, want %v", got, want)
			}
		}
		is(sora, "Ann/line", "소라/text")
		frames := sora.all("")
		join := slices.IndexFunc(frames, func(f frame) bool { return f.Type == "join" })
		people := slices.IndexFunc(frames, func(f frame) bool { return f.Type == "people" })
		if people < join || frames[people].ID != id || frames[people].Total != 2 {
			t.Errorf("frame %d is the join, frame %d is %s", join, people, frames[people].Raw)
		}
		ben := joinText(t, l, id, "Ben", "01J9Z40000000000000000000B")
		is(sora, "Ann/line", "소라/text", "Ben/text")
		is(ben, "Ann/line", "소라/text", "Ben/text")

		sent := len(sora.all("people"))
		tab := joinText(t, l, id, "소라", "01J9Z40000000000000000000C") // nobody new
		is(tab, "Ann/line", "소라/text", "Ben/text")
		if n := len(sora.all("people")); n != sent {
			t.Errorf("%d frames say that nothing changed", n-sent)
		}
		_ = tab.conn.Close() // her first connection is still there
		_ = ben.conn.Close()
		is(sora, "Ann/line", "소라/text")
		ann.send(`{"type":"leave"}`)
		is(sora, "소라/text")
		ann.send(`{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"01J9Z40000000000000000000D"}`)
		is(sora, "소라/text", "Ann/text")
		if n := len(ann.all("people")); n != 1 {
			t.Errorf("Ann got %d people frames; line mode gets none", n)
		}
	})
}

// TestPeopleComeAtMostFourTimesASecond has somebody leave and come back a hundred
// times a second: after the first frame there is one at the end of each pause,
// and the last one is right.
func TestPeopleComeAtMostFourTimesASecond(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		ann, id := opened(t, l)
		sora := joinText(t, l, id, "소라", clientA)
		before := len(sora.all("people"))
		for range 100 {
			ann.send(`{"type":"leave"}`)
			synctest.Wait()
			time.Sleep(time.Millisecond)
			ann.send(`{"type":"join","user":"Ann","id":"` + id + `"}`)
			synctest.Wait()
			time.Sleep(9 * time.Millisecond)
		}
		time.Sleep(peoplePause)
		synctest.Wait()
		if n := len(sora.all("people")) - before; n > 5 {
			t.Errorf("%d frames in a second and a quarter", n)
		}
		if got := sora.present(); !slices.Equal(got, []string{"소라/text", "Ann/line"}) {
			t.Errorf("in the end there are %v", got)
		}
	})
}

// TestAThrottleCallsOncePerPause marks a throttle at known times.
func TestAThrottleCallsOncePerPause(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		var calls []time.Duration
		began := time.Now()
		th := throttle{f: func() { calls = append(calls, time.Since(began)) }}
		for _, at := range []time.Duration{0, 1, 99, 100, 101, 350, 500} { // milliseconds
			time.Sleep(at*time.Millisecond - time.Since(began))
			th.mark(100 * time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got, want := fmt.Sprint(calls), "[0s 100ms 200ms 350ms 500ms]"; got != want {
			t.Errorf("called after %s, want %s", got, want)
		}
	})
}

func TestACrowdIsCountedAndNotNamed(t *testing.T) {
	l := newLive(t)
	r := &room{hub: l.hub, stream: "01J9Z3N8QJ7C0V5R2K4M6T8W9X"}
	for i := range 250 {
		r.peers = append(r.peers, &peer{author: eventlog.AuthorID{1, byte(i)}, text: i%2 == 0})
		r.peers = append(r.peers, &peer{author: eventlog.AuthorID{1, byte(i)}, text: i%2 == 0}) // a second tab
	}
	m := r.peopleFrame()
	if len(m.People) != wire.PeopleInFrame || m.Total != 250 || m.People[99].Author != (eventlog.AuthorID{1, 99}) {
		t.Errorf("%d rows of %d", len(m.People), m.Total)
	}
	if connections, here, _ := l.hub.present(r); len(here) != wire.NamesInRow || connections != 500 {
		t.Errorf("%d names, %d connections", len(here), connections)
	}
	for i := range 20 {
		r.wrote(eventlog.AuthorID{1, byte(i)}, 1, l.stats.clock())
	}
	r.wrote(eventlog.AuthorID{99}, 1, l.stats.clock()) // over HTTP: not in the room
	if _, _, typing := l.hub.present(r); len(typing) != wire.NamesInRow || !slices.IsSorted(typing) {
		t.Errorf("typing %v", typing)
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

// A listRow is the part of a row of the list about people and the last line.
type listRow struct {
	ID, Last     string
	Rev          int
	Here, Typing []string
}

func (l *listener) row(id string) listRow {
	frames := l.all("list")
	if len(frames) == 0 {
		return listRow{}
	}
	var m struct{ Threads []listRow }
	_ = json.Unmarshal([]byte(frames[len(frames)-1].Raw), &m)
	for _, r := range m.Threads {
		if r.ID == id {
			return r
		}
	}
	return listRow{}
}

// TestTheListTellsWhoTypes watches the list until the typing is over, which no
// event tells.
func TestTheListTellsWhoTypes(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		ann, id := opened(t, l)
		time.Sleep(listPause)
		watcher := listen(pipe(t, l))
		watcher.send(`{"type":"list"}`)
		is := func(want listRow) {
			t.Helper()
			want.ID = id
			time.Sleep(listPause)
			synctest.Wait()
			if got := watcher.row(id); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the list has %+v, want %+v", got, want)
			}
		}
		is(listRow{Rev: 1, Here: []string{"Ann"}, Typing: []string{}})
		ben := listen(pipe(t, l))
		ben.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
		is(listRow{Rev: 1, Here: []string{"Ann", "Ben"}, Typing: []string{}})
		ann.send(`{"type":"new","value":"milk"}`)
		is(listRow{Rev: 2, Here: []string{"Ann", "Ben"}, Typing: []string{"Ann"}, Last: "milk"})
		ben.send(`{"type":"new","value":"빵"}`)
		synctest.Wait() // or the next edit may be first
		ann.send(`{"type":"update","value":"milk!"}`)
		is(listRow{Rev: 4, Here: []string{"Ann", "Ben"}, Typing: []string{"Ann", "Ben"}, Last: "milk!"})
		ann.send(`{"type":"update","value":"milk"}`)
		_ = ben.conn.Close()
		began := time.Now()
		is(listRow{Rev: 5, Here: []string{"Ann"}, Typing: []string{"Ann"}, Last: "milk"})
		n := len(watcher.all("list"))
		for len(watcher.row(id).Typing) > 0 {
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
		}
		if took := time.Since(began); took < typingFor*time.Microsecond || took > typingFor*time.Microsecond+listPause+10*time.Millisecond {
			t.Errorf("Ann stopped typing after %v", took)
		}
		if got := watcher.all("list"); len(got) != n+1 { // it says that she stopped
			t.Errorf("%d lists while nothing changed", len(got)-n-1)
		}
		frames := watcher.all("list")
		for i := 2; i < len(frames); i++ { // the first one is the answer
			if frames[i].Raw == frames[i-1].Raw {
				t.Errorf("the list came again unchanged: %s", frames[i].Raw)
			}
		}
	})
}
