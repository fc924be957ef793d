package player

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// TestLargeTextsStepInAMoment: a text of 100,000 lines, and a line of a million
// units. It logs how long a step takes.
func TestLargeTextsStepInAMoment(t *testing.T) {
	most := 1_000_000
	if testing.Short() {
		most = 100_000
	}
	for name, text := range map[string]string{
		"many lines":  strings.Repeat("한 줄이다\n", most/10),
		"a long line": strings.Repeat("한글 ", most/3),
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
