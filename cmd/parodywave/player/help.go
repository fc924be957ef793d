package player

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// keysHelp is the help page.
var keysHelp = [][2]string{
	{"space", "play, pause"},
	{"→ ←, l h", "one step forward, back"},
	{"PgDn PgUp, L H", "ten steps, also shift and an arrow"},
	{"Home End, 0 G", "to the beginning, to the end"},
	{"g", "go to a revision, a time or a version"},
	{"e b s", "steps are edits, bursts, submitted lines"},
	{"+ -", "faster, slower"},
	{"c C", "to the next hit of a breakpoint, to the previous hit"},
	{"B", "add a breakpoint: " + BreakForms},
	{"w", "watch the line under the cursor: stop when it changes"},
	{"D", "delete the newest breakpoint"},
	{"↓ ↑, j k", "move the cursor"},
	{"a", "show or hide authors and breakpoints"},
	{"z", "wrap or cut long lines"},
	{"r", "read new revisions"},
	{"? esc", "show or close this help"},
	{"q", "quit"},
}

const keysWidth = 16

// helpLines returns the help page, wrapped to a width.
func helpLines(width int) (out []string) {
	for _, k := range keysHelp {
		meaning := ansi.Wordwrap(k[1], max(10, width-keysWidth-2), "")
		for i, line := range strings.Split(meaning, "\n") {
			key := ""
			if i == 0 {
				key = k[0]
			}
			out = append(out, fit("  "+strong.Render(fit(key, keysWidth))+line, width))
		}
	}
	return out
}

func (m *Model) helpPage() []string {
	lines := []string{barred.Render(fit(" Keys", m.width))}
	all := helpLines(m.width)
	lines = append(lines, all[min(m.helpTop, len(all)-1):]...)
	for len(lines) < m.height {
		lines = append(lines, spaces(m.width))
	}
	return lines[:max(1, m.height)]
}
