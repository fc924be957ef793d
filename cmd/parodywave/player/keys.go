package player

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// key handles a key.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	s := k.String()
	if s == "ctrl+c" {
		return tea.Quit
	}
	if m.prompt != nil {
		return m.typed(k)
	}
	if m.help {
		m.helpKey(s)
		return nil
	}
	m.said = ""
	if m.move(s) {
		m.playing, m.pending = false, nothing
		return nil
	}
	switch s {
	case "q":
		return tea.Quit
	case "space":
		return m.toggle()
	case "+", "=":
		m.faster()
		return m.tick()
	case "-", "_":
		m.slower()
		return m.tick()
	case "e":
		m.setUnit(Edit)
	case "b":
		m.setUnit(Burst)
	case "s":
		m.setUnit(Submit)
	case "c":
		m.goOn(forth)
	case "C", "shift+c":
		m.goOn(back)
	case "B", "shift+b":
		m.ask("break", BreakForms, m.addBreak)
	case "g":
		m.ask("go to", "a revision, a time or a version", m.seek)
	case "D", "shift+d":
		m.disarm()
	case "w":
		return m.watch()
	case "r":
		return m.reload()
	default:
		m.look(s)
	}
	return nil
}

// move handles a key that goes to another revision, and reports whether s was one.
func (m *Model) move(s string) bool {
	switch s {
	case "right", "l":
		m.step(1)
	case "left", "h":
		m.step(-1)
	case "shift+right", "pgdown", "L", "shift+l":
		m.step(10)
	case "shift+left", "pgup", "H", "shift+h":
		m.step(-10)
	case "home", "0":
		m.show(m.ends[0])
	case "end", "G", "shift+g":
		m.show(m.ends[len(m.ends)-1])
	default:
		return false
	}
	return true
}

// look handles the keys that change the view of a revision.
func (m *Model) look(s string) {
	switch s {
	case "up", "k":
		m.moveSelection(-1)
	case "down", "j":
		m.moveSelection(1)
	case "a":
		m.authors, m.wrapped, m.bar = !m.authors, nil, nil
		m.reach()
	case "z":
		m.cut, m.wrapped = !m.cut, nil
		m.selected.sub, m.top.sub = 0, 0
		m.reach()
	case "?":
		m.help, m.helpTop = true, 0
	case "esc":
		m.reason = ""
	}
}

func (m *Model) helpKey(s string) {
	switch s {
	case "down", "j", "pgdown":
		m.helpTop = min(m.helpTop+1, max(0, len(helpLines(m.width))-(m.height-1)))
	case "up", "k", "pgup":
		m.helpTop = max(m.helpTop-1, 0)
	default:
		m.help = false
	}
}

// setUnit changes what a step is; the revision stays.
func (m *Model) setUnit(u Unit) {
	reason := m.reason
	m.Unit = u
	m.ends = m.History.Ends(u, m.From)
	m.show(m.at)
	m.reason = reason
	m.said = "steps are " + m.unitName()
}

func (m *Model) unitName() string {
	return map[Unit]string{Edit: "edits", Burst: "bursts", Submit: "submitted lines"}[m.Unit]
}

// seek goes to the revision, time or version that was typed into the prompt.
func (m *Model) seek(s string) tea.Cmd {
	at, err := m.History.Find(s)
	if err != nil {
		m.said = m.name(err.Error())
		return nil
	}
	m.playing = false
	m.show(max(at, m.From))
	if at < m.From {
		m.said = fmt.Sprintf("revision %d is before --from, revision %d", at, m.From)
	}
	return nil
}

// addBreak adds the breakpoint that was typed into the prompt.
func (m *Model) addBreak(s string) tea.Cmd {
	b, err := ParseBreak(s)
	if err == nil {
		if _, ok := b.Authors(m.History); !ok {
			err = fmt.Errorf("%q is not an author of this thread", b.author)
		}
	}
	if err != nil {
		m.said = m.name(err.Error())
		return nil
	}
	return m.arm(b)
}
