package player

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// TestLargeTextsStepInAMoment: a text of very many lines, and a very long line.
// The limit leaves room for the race detector.
func TestLargeTextsStepInAMoment(t *testing.T) {
	for name, text := range map[string]string{
		"100,000 lines":             strings.Repeat("한 줄이다\n", 100_000),
		"a line of 1,000,000 units": strings.Repeat("한글 ", 333_334),
	} {
		s := newScript("large")
		s.write(0, text)
		for i := range 40 {
			at := len(s.text)/2 + i*7
			s.put(i%2, at, at+1, "가")
		}
		th := open(t, s.history(t), nil)
		th.send(tea.WindowSizeMsg{Width: 100, Height: 30})
		th.press("end").at(42)
		for _, keys := range []string{"home", "end", "left", "left", "right", "up", "down"} {
			start := time.Now()
			th.press(keys)
			th.m.View()
			took := time.Since(start)
			t.Logf("%s: %s took %v", name, keys, took.Round(time.Millisecond))
		}
		th.shows("›")
	}
}
