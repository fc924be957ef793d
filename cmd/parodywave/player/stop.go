package player

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"parodywave/eventlog"
)

type hitsMsg struct {
	history *History
	b       *Break
	hits    []Hit
	err     error
}

// scan starts searching for the hits of new breakpoints.
func (m *Model) scan() tea.Cmd {
	var all []tea.Cmd
	for _, b := range m.breaks {
		if !b.ready {
			r, b, from := m.History, b.Break, m.From
			all = append(all, func() tea.Msg {
				hits, err := r.Scan(m.Context, b, from)
				return hitsMsg{r, b, hits, err}
			})
		}
	}
	return tea.Batch(all...)
}

// hits stores the hits of a breakpoint, and does what was waiting for them.
func (m *Model) hits(msg hitsMsg) tea.Cmd {
	if msg.err != nil {
		m.err = msg.err
		return nil
	}
	for _, b := range m.breaks {
		if b.Break == msg.b && msg.history == m.History {
			b.hits, b.ready = msg.hits, true
		}
	}
	m.bar = nil
	if m.ready() {
		p := m.pending
		m.pending = nothing
		m.goOn(p)
	}
	return nil
}

func (m *Model) ready() bool {
	return !slices.ContainsFunc(m.breaks, func(b *armed) bool { return !b.ready })
}

// arm adds a breakpoint.
func (m *Model) arm(b *Break) tea.Cmd {
	m.breaks = append(m.breaks, &armed{Break: b})
	m.said = fmt.Sprintf("breakpoint %d: %s", len(m.breaks), m.name(b.Text))
	return m.scan()
}

// disarm removes the newest breakpoint.
func (m *Model) disarm() {
	n := len(m.breaks)
	if n == 0 {
		m.said = "no breakpoint"
		return
	}
	m.said = "deleted: " + m.name(m.breaks[n-1].Text)
	m.breaks, m.bar = m.breaks[:n-1], nil
}

// watch adds a breakpoint on the selected line.
func (m *Model) watch() tea.Cmd {
	if m.selected.row >= len(m.rows) || m.rows[m.selected.row].line < 0 {
		m.said = "there is no line to watch"
		return nil
	}
	i := m.rows[m.selected.row].line
	id := m.frame.Lines[i].ID
	for _, b := range m.breaks {
		if b.watch == id {
			m.said = fmt.Sprintf("line %d is already watched", i+1)
			return nil
		}
	}
	return m.arm(NewWatch(id, i+1, m.at))
}

// goOn goes to the next hit, or to the previous one.
func (m *Model) goOn(p pending) {
	if p == nothing {
		return
	}
	if len(m.breaks) == 0 {
		m.said = "no breakpoint: B adds one, w watches the line under the cursor"
		return
	}
	if !m.ready() {
		m.pending, m.said = p, "searching the history …"
		return
	}
	m.playing, m.said = false, ""
	var at eventlog.Revision
	var ok bool
	switch p {
	case begin:
		at, ok = m.nextHit(m.From - 1)
	case forth:
		at, ok = m.nextHit(m.at)
	case back:
		at, ok = m.hitBefore(m.prev())
	}
	switch {
	case ok:
		m.stop(at)
	case p == back:
		m.said = "no earlier hit"
	default:
		m.said = "no later hit"
	}
}

// nextHit returns the end of the first step with a hit after a revision.
func (m *Model) nextHit(at eventlog.Revision) (eventlog.Revision, bool) {
	var first eventlog.Revision
	for _, b := range m.breaks {
		if i := after(b.hits, at); i < len(b.hits) && (first == 0 || b.hits[i].Revision < first) {
			first = b.hits[i].Revision
		}
	}
	if first == 0 {
		return 0, false
	}
	i, _ := Step(m.ends, m.From, first)
	return m.ends[i], true
}

// hitBefore returns the end of the last step with a hit up to a revision.
func (m *Model) hitBefore(at eventlog.Revision) (eventlog.Revision, bool) {
	var last eventlog.Revision
	for _, b := range m.breaks {
		if i := after(b.hits, at); i > 0 {
			last = max(last, b.hits[i-1].Revision)
		}
	}
	if last == 0 {
		return 0, false
	}
	i, _ := Step(m.ends, m.From, last)
	return min(m.ends[i], at), true
}

// stop shows a step with a hit, and the reason.
func (m *Model) stop(at eventlog.Revision) {
	m.playing = false
	m.show(at)
	if m.err != nil {
		return
	}
	var reasons []string
	line := 0
	for _, b := range m.breaks {
		hits := Within(b.hits, m.frame.Prev, at)
		if len(hits) == 0 {
			continue
		}
		last := hits[len(hits)-1]
		s := m.name(b.Reason(hits))
		if b.IsWatch() && !last.Gone && !last.Born {
			before, after := m.beforeAfter(last.Line - 1)
			s += ": " + before + " → " + after
		}
		reasons = append(reasons, s)
		if line == 0 && !last.Gone {
			line = last.Line
		}
	}
	m.reason = strings.Join(reasons, "; ")
	if line > 0 && !m.changedAt(line-1) {
		m.point(line - 1)
	}
}

// beforeAfter returns a line before and after the step, in quotes.
func (m *Model) beforeAfter(line int) (before, after string) {
	var was, is []cell
	for i := range m.rows {
		if m.rows[i].line != line {
			continue
		}
		for _, c := range m.rows[i].cells(m.Reveal) {
			if c.touch != inserted {
				was = append(was, c)
			}
			if c.touch != deleted {
				is = append(is, c)
			}
		}
	}
	return quoted(was), quoted(is)
}

func quoted(all []cell) string {
	var b strings.Builder
	for _, c := range crop(all, 60) {
		b.WriteString(c.text)
	}
	return `"` + b.String() + `"`
}

func (m *Model) name(s string) string { return strings.ReplaceAll(m.Reveal(s), "\t", " ") }
