package player

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A testPlayer is a player without a terminal.
type testPlayer struct {
	t *testing.T
	m *Model
}

func open(t *testing.T, r *History, alter func(*Options)) *testPlayer {
	t.Helper()
	o := Options{
		History: r, From: 1, Unit: Edit, Speed: 4, Paused: true, LongestPause: 3 * time.Second, Context: context.Background(),
		Reveal: func(s string) string {
			return strings.NewReplacer("\x1b", `\x1b`, "\u202e", `\u202e`, "\n", `\n`).Replace(s)
		},
		Stamp:  func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) },
		Reload: func() (*History, error) { return r, nil },
	}
	if alter != nil {
		alter(&o)
	}
	th := &testPlayer{t, New(o)}
	th.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	th.run(th.m.scan())
	return th
}

func (th *testPlayer) send(msg tea.Msg) tea.Cmd {
	_, cmd := th.m.Update(msg)
	return cmd
}

// run does what a command asks for, but for the clock's, which the test is.
func (th *testPlayer) run(cmd tea.Cmd) {
	if cmd == nil || th.m.playing {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			th.run(c)
		}
	case nil, tea.QuitMsg:
	default:
		th.run(th.send(msg))
	}
}

var named = map[string]rune{
	"right": tea.KeyRight, "left": tea.KeyLeft, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"up": tea.KeyUp, "down": tea.KeyDown, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
}

func (th *testPlayer) press(keys ...string) *testPlayer {
	th.t.Helper()
	for _, k := range keys {
		msg := tea.KeyPressMsg{Text: k, Code: []rune(k)[0]}
		if code, ok := named[k]; ok {
			msg = tea.KeyPressMsg{Code: code}
		}
		th.run(th.send(msg))
		if th.m.err != nil {
			th.t.Fatal(th.m.err)
		}
	}
	return th
}

// write types text into a prompt.
func (th *testPlayer) write(text string) *testPlayer {
	for _, r := range text {
		th.press(string(r))
	}
	return th.press("enter")
}

func (th *testPlayer) screen() string { return ansi.Strip(th.m.View().Content) }

func (th *testPlayer) at(want eventlog.Revision) *testPlayer {
	th.t.Helper()
	if th.m.at != want || th.m.frame.Revision != want {
		th.t.Errorf("it is at revision %d (the frame at %d), want %d\n%s", th.m.at, th.m.frame.Revision, want, th.screen())
	}
	return th
}

func (th *testPlayer) shows(want ...string) *testPlayer {
	th.t.Helper()
	for _, w := range want {
		if s := th.screen(); !strings.Contains(s, w) {
			th.t.Errorf("no %q in\n%s", w, s)
		}
	}
	return th
}

// TestKeysStep in all units, and stay where there is nothing more.
func TestKeysStep(t *testing.T) {
	th := open(t, story(t), nil).at(1)
	th.press("right", "l").at(3).press("left").at(2).press("h", "h", "h").at(1)
	th.press("pgdown").at(10).press("right").at(10).press("H").at(1).press("L").at(10)
	th.press("home").at(1).press("end").at(10)
	th.press("0", "right", "b").at(2).shows("2/10", "burst")
	th.press("right").at(4).shows("3-4/10", "Ben") // both by Ben
	th.press("s", "right").at(6).press("right").at(10).press("left").at(6)
	th.press("e", "right").at(7)
}

// TestSeekByRevisionTimeAndVersion and says what it cannot find.
func TestSeekByRevisionTimeAndVersion(t *testing.T) {
	s := newScript("seek")
	s.write(0, "하나")
	s.write(1, " 둘")
	s.add(2, event.Version{Revision: 2, Name: "초안"})
	r := s.history(t)
	th := open(t, r, nil)
	th.press("g").shows("go to").write("3").at(3)
	th.press("g").write("@초안").at(2)
	th.press("g").write(time.UnixMilli(r.Time(3) + 999).UTC().Format(time.RFC3339)).at(3)
	th.press("g").write("99").at(3).shows("use 1 to 4")
	th.press("g").write("nobody").at(3).shows(`"nobody" is not a revision`)
	th.press("g", "4", "esc").at(3)
	th.press("g", "9", "backspace").write("4").at(4)
}

// TestChangesAreLit: what is new bold and underlined, what is gone struck.
func TestChangesAreLit(t *testing.T) {
	s := newScript("lit")
	s.write(0, "하나 둘")
	s.put(1, 3, 4, "셋")
	content := open(t, s.history(t), nil).press("end").m.View().Content
	for _, want := range []string{styles[deleted].Render("둘"), styles[inserted].Render("셋")} {
		if !strings.Contains(content, want) {
			t.Errorf("no %q in %q", want, content)
		}
	}
	if strings.Contains(content, styles[inserted].Render("하나")) {
		t.Error("what stayed is lit, too")
	}
}

// TestContinueStopsAtHits forth and back, and says why.
func TestContinueStopsAtHits(t *testing.T) {
	th := open(t, story(t), func(o *Options) { o.Breaks = []*Break{parsed(t, "/TODO/"), parsed(t, "author:Cleo")} })
	th.at(3).shows("■ /TODO/: line 2 at revision 3")
	th.press("c").at(5).shows("author:Cleo: revision 5")
	th.press("c", "c").at(9).press("c").at(10).shows("author:Cleo")
	th.press("c").at(10).shows("no later hit")
	th.press("C").at(9).press("C", "C", "C").at(3).press("C").at(3).shows("no earlier hit")
	th.press("D").shows("deleted: author:Cleo").press("c").at(9)
	th.press("D", "D").shows("no breakpoint").press("c").at(9).shows("B adds one")
}

// TestBreakpointInTheFirstStepIsNotPassedBy.
func TestBreakpointInTheFirstStepIsNotPassedBy(t *testing.T) {
	open(t, story(t), func(o *Options) { o.Breaks = []*Break{parsed(t, "author:소라")} }).at(1).shows("author:소라: revision 1")
}

// TestContinueStopsAtTheStepThatHits where steps are longer than edits.
func TestContinueStopsAtTheStepThatHits(t *testing.T) {
	th := open(t, story(t), func(o *Options) { o.Unit, o.Breaks = Submit, []*Break{parsed(t, "author:Ben")} })
	th.at(6).shows("author:Ben: revision 4 (2 hits)")
}

// TestBreakpointIsAddedByHand, and refused with a reason.
func TestBreakpointIsAddedByHand(t *testing.T) {
	th := open(t, story(t), nil)
	th.press("B").shows("break (line:12, /regexp/").write("line:2").shows("breakpoint 1: line:2").press("c").at(2).press("c").at(3)
	th.press("B").write("/[/").shows("error parsing regexp").press("B").write("author:없음").shows("is not an author")
	th.press("B").write("author:소라").press("c").at(6).shows("line:2: line 2 at revision 6; author:소라")
	if len(th.m.breaks) != 2 {
		t.Errorf("there are %d breakpoints", len(th.m.breaks))
	}
}

// TestWatchTellsBeforeAndAfter of the line under the cursor.
func TestWatchTellsBeforeAndAfter(t *testing.T) {
	th := open(t, story(t), nil).press("right", "down", "w").shows("watch 2@2")
	th.press("c").at(3).shows(`watch 2@2: line 2 at revision 3: "둘" → "둘 TODO"`)
	th.press("c").at(5).shows(`line 3 at revision 5: "둘 TODO" → "둘Z TODO"`)
	th.press("C", "C").at(2).shows("watch 2@2: line 2 created at revision 2").press("c", "c").at(5)
	th.press("left", "w").shows("breakpoint 2") // the cursor is on the new line there
	th.press("w").shows("is already watched")
	th.press("c").at(5).press("c").at(7).shows("watch 1@4: line 1 removed at revision 7")
}

// TestPlayingStopsAtHitsAndAtTheEnd: the test is the clock.
func TestPlayingStopsAtHitsAndAtTheEnd(t *testing.T) {
	th := open(t, story(t), nil)
	tick := func(n int) {
		for range n {
			th.send(tickMsg(th.m.turn))
		}
	}
	th.press("space").shows("▶")
	tick(2)
	th.at(3)
	th.send(tickMsg(th.m.turn - 1)) // a late one
	th.at(3).press("space").shows("‖")
	tick(1)
	th.at(3).press("B").write("/TODO/").press("space")
	for range 20 {
		tick(1)
	}
	th.at(9).shows("■ /TODO/").press("D", "space")
	tick(3)
	th.at(10).shows("‖").press("space").at(1)
}

// TestSpeedSetsThePauses: recorded ones, divided, and cut.
func TestSpeedSetsThePauses(t *testing.T) {
	th := open(t, story(t), nil)
	for _, c := range []struct {
		keys string
		want time.Duration
		name string
	}{{"", 250 * time.Millisecond, "4x"}, {"+", 125 * time.Millisecond, "8x"}, {"----", 2 * time.Second, "0.5x"}, {"-", 3 * time.Second, "0.25x"}, {"-", 3 * time.Second, "0.25x"}} {
		for _, k := range c.keys {
			th.press(string(k))
		}
		if got := th.m.pause(2, 3); got != c.want {
			t.Errorf("after %q the pause is %v, want %v", c.keys, got, c.want)
		}
		th.shows(c.name)
	}
	for range 20 {
		th.press("+")
	}
	th.shows("max")
	if got := th.m.pause(2, 3); got != 0 {
		t.Errorf("at most speed the pause is %v", got)
	}
}

// TestFastPlayShowsEveryHit: however many steps a beat holds.
func TestFastPlayShowsEveryHit(t *testing.T) {
	s := newScript("fast")
	for i := range 5000 {
		s.write(i%2, "x")
	}
	s.write(2, "!")
	for range 100 {
		s.write(0, "y")
	}
	th := open(t, s.history(t), func(o *Options) { o.Speed, o.Breaks, o.Paused = 0, []*Break{parsed(t, "author:Cleo")}, false })
	th.run(nil)
	for _, b := range th.m.breaks {
		b.hits, b.ready = scan(t, th.m.History, b.Break, 1), true
	}
	ticks := 0
	for ; th.m.playing && ticks < 1000; ticks++ {
		th.send(tickMsg(th.m.turn))
	}
	th.at(5002)
	if ticks > 400 {
		t.Errorf("5,000 steps took %d beats", ticks)
	}
}

// TestReloadGoesOnWithWhatCameSince and stays where it is.
func TestReloadGoesOnWithWhatCameSince(t *testing.T) {
	s := newScript("live")
	s.write(0, "하나")
	first := s.history(t)
	s.write(1, " TODO")
	second := s.history(t)
	th := open(t, first, func(o *Options) { o.Reload = func() (*History, error) { return second, nil } }).press("end").at(2)
	th.press("B").write("/TODO/").press("c").at(2)
	th.press("r").at(2).shows("1 new revisions", "2/3").press("c").at(3)
	th.m.Reload = func() (*History, error) { return nil, errors.New("no server") }
	th.press("r").at(3).shows("cannot read new revisions: no server")
	th.m.Reload = func() (*History, error) { return first, nil }
	th.press("r").at(3).shows("now ends at revision 2")
}

// TestScreenFitsEveryTerminal: never a line more, nor a column, whatever the
// text holds and wherever the cursor is.
func TestScreenFitsEveryTerminal(t *testing.T) {
	s := randomScript(seeded(t), 120)
	s.write(0, strings.Repeat("아주 긴 줄 ", 300)+"\n"+strings.Repeat("x", 700)+"\n")
	s.put(1, 10, 12, "가운데")
	r := s.history(t)
	th := open(t, r, func(o *Options) { o.Unit = Burst })
	for _, size := range [][2]int{{80, 24}, {40, 10}, {200, 50}, {70, 12}, {20, 5}, {8, 3}, {1, 1}} {
		th.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		th.press("home")
		keys := strings.Fields("right right down down z w right ? down esc z a up right B x esc right pgdown up up c end down down down up up up up left left")
		for _, k := range keys {
			th.press(k)
			lines := strings.Split(th.m.View().Content, "\n")
			if len(lines) != size[1] {
				t.Fatalf("%v after %s at revision %d: %d lines", size, k, th.m.at, len(lines))
			}
			for i, line := range lines {
				if w := ansi.StringWidth(line); w != size[0] {
					t.Fatalf("%v after %s at revision %d: line %d has %d columns: %q\n%s", size, k, th.m.at, i, w, line, s.pasted())
				}
				if strings.ContainsAny(ansi.Strip(line), "\t\u202e\r") {
					t.Fatalf("%v: line %d holds what is hidden: %q", size, i, line)
				}
			}
		}
	}
}

// TestCursorStaysOnTheScreen wherever it goes, in long lines, too.
func TestCursorStaysOnTheScreen(t *testing.T) {
	s := newScript("long")
	for i := range 60 {
		s.write(i%3, fmt.Sprintf("%d %s\n", i, strings.Repeat("낱말 ", i%17*3)))
	}
	th := open(t, s.history(t), nil).press("end")
	th.send(tea.WindowSizeMsg{Width: 44, Height: 12})
	seen := func(k string) {
		if !strings.Contains(th.screen(), "›") {
			t.Fatalf("after %s the cursor at %+v is not on the screen from %+v\n%s", k, th.m.selected, th.m.top, th.screen())
		}
	}
	last := place{-1, 0}
	for th.press("home", "end"); th.m.selected != last; {
		last = th.m.selected
		th.press("up")
		seen("up")
	}
	if th.m.selected != (place{}) {
		t.Errorf("the cursor ends at %+v", th.m.selected)
	}
	for n := 0; n < 400; n++ {
		th.press("down")
		seen("down")
	}
	if th.m.selected.row != 59 {
		t.Errorf("the cursor ends at %+v", th.m.selected)
	}
	for _, k := range []string{"left", "pgup", "z", "right", "z", "home"} {
		th.press(k)
		if len(th.m.rows) > 0 {
			seen(k)
		}
	}
}

// TestEmptyThreadIsShown before there is a text.
func TestEmptyThreadIsShown(t *testing.T) {
	th := open(t, newScript("빈 글").history(t), nil).at(1).shows("빈 글", "no text at this revision", "opened")
	th.press("right", "left", "end", "w", "c", "up", "down").at(1)
}
