package player

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A prompt asks for a line of text.
type prompt struct {
	label, text string
	answer      func(string) tea.Cmd
}

// ask opens a prompt, with the possible answers in its label if there is room.
func (m *Model) ask(label, forms string, answer func(string) tea.Cmd) {
	m.playing = false
	if m.width >= 70 {
		label += " (" + forms + ")"
	}
	m.prompt = &prompt{label: label + ": ", answer: answer}
}

// typed handles a key while the prompt is open.
func (m *Model) typed(k tea.KeyPressMsg) tea.Cmd {
	p := m.prompt
	switch k.String() {
	case "esc":
		m.prompt = nil
	case "enter":
		m.prompt = nil
		if s := strings.TrimSpace(p.text); s != "" {
			return p.answer(s)
		}
	case "backspace":
		_, n := utf8.DecodeLastRuneInString(p.text)
		p.text = p.text[:len(p.text)-n]
	case "ctrl+u":
		p.text = ""
	default:
		p.add(k.Text)
	}
	return nil
}

// add appends text, which may be pasted.
func (p *prompt) add(s string) {
	s, _, _ = strings.Cut(s, "\n")
	p.text += strings.ToValidUTF8(s, "")
}

// line returns the prompt as it is drawn: its end, if it is too long. The cursor is
// after it.
func (p *prompt) line(width int, reveal func(string) string) string {
	s := p.label + strings.ReplaceAll(reveal(p.text), "\t", " ")
	if n := ansi.StringWidth(s); n > width-1 {
		s = ansi.TruncateLeft(s, n-width+2, "…")
	}
	return s
}
