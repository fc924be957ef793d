package player

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// View implements tea.Model.
func (m *Model) View() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	if m.prompt != nil && m.height > 0 {
		v.Cursor = tea.NewCursor(ansi.StringWidth(m.prompt.line(m.width, m.Reveal)), m.height-1)
	}
	return v
}

// frameLines is the number of screen lines around the text: title, bar and two of
// status.
const frameLines = 4

func (m *Model) bodyHeight() int { return max(1, m.height-frameLines) }

// screen returns the lines of the screen, each padded to its width.
func (m *Model) screen() string {
	if m.help {
		return strings.Join(m.helpPage(), "\n")
	}
	lines := append([]string{m.titleLine()}, m.body()...)
	lines = append(lines, m.barLine(), m.statusLine(), m.lastLine())
	if over := len(lines) - m.height; over > 0 { // a very small terminal
		lines = lines[over:]
	}
	return strings.Join(lines, "\n")
}

func (m *Model) titleLine() string {
	title := " " + m.name(m.frame.Title)
	hint := "? help  q quit "
	if m.width < 40 {
		hint = "? "
	}
	room := m.width - ansi.StringWidth(hint)
	if room < 8 {
		return barred.Render(fit(title, m.width))
	}
	return barred.Render(fit(title, room) + hint)
}

// body returns the text with the gutter and the pane.
func (m *Model) body() []string {
	height := m.bodyHeight()
	pane := m.pane(height)
	out := make([]string, 0, height)
	p, width := m.top, m.gutterWidth()+m.textWidth()
	for n := range height {
		var line string
		switch {
		case len(m.rows) == 0 && n == 0:
			line = faint.Render("  no text at this revision")
		case p.row < len(m.rows):
			line = m.textLine(p)
			if next := m.down(p, 1); next != p {
				p = next
			} else {
				p.row = len(m.rows)
			}
		}
		line = fit(line, width)
		if pane != nil {
			line += pane[n]
		}
		out = append(out, line)
	}
	return out
}

func (m *Model) textLine(p place) string {
	return m.gutter(p) + draw(m.lines(p.row)[p.sub])
}

// nameWidth is the width of authors' names in the gutter.
func (m *Model) nameWidth() int {
	switch {
	case m.width >= 100:
		return 12
	case m.width >= 60:
		return 8
	}
	return 0
}

func (m *Model) numberWidth() int { return max(3, len(fmt.Sprint(len(m.frame.Lines)))) }

// gutterWidth is the width of the colour, the name, the number and the mark.
func (m *Model) gutterWidth() int {
	w := 1 + m.numberWidth() + 3
	if n := m.nameWidth(); n > 0 {
		w += n + 1
	}
	return w
}

func (m *Model) textWidth() int { return max(4, m.width-m.gutterWidth()-m.paneWidth()) }

// gutter returns the author of a line (the name only if the line above has another)
// and the line's number.
func (m *Model) gutter(p place) string {
	r := &m.rows[p.row]
	var b strings.Builder
	name, color := "", " "
	if r.line >= 0 && r.line < len(m.frame.Lines) {
		author := m.frame.Lines[r.line].Author
		color = ink(author).Render("▌")
		first := r.number > 0 && p.sub == 0
		if first && (p == m.top || r.line == 0 || m.frame.Lines[r.line-1].Author != author) {
			name = ink(author).Render(fit(m.name(m.History.Names[author]), m.nameWidth()))
		}
	}
	b.WriteString(color)
	if n := m.nameWidth(); n > 0 {
		b.WriteString(fit(name, n) + " ")
	}
	number, mark := "", string(r.mark)
	if r.number > 0 && p.sub == 0 {
		number = fmt.Sprint(r.number)
	}
	if p.sub > 0 {
		number, mark = "", " "
	}
	number = spaces(m.numberWidth()-len(number)) + number
	switch {
	case p == m.selected:
		b.WriteString(barred.Render(number + "›"))
	default:
		b.WriteString(faint.Render(number) + " ")
	}
	if r.mark != ' ' {
		mark = strong.Render(mark)
	}
	b.WriteString(mark + " ")
	return b.String()
}
