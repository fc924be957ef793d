package player

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"parodywave/eventlog"
)

// barLine shows the whole history, coloured by the main author of each part, with
// a dot at the current revision and crosses at hits.
func (m *Model) barLine() string {
	if m.bar == nil {
		m.bar = m.majority()
	}
	n := eventlog.Revision(len(m.bar))
	total := m.History.Head() - m.From + 1
	here := int((m.at - m.From) * n / total)
	hit := make([]bool, n)
	for _, b := range m.breaks {
		for _, h := range b.hits {
			hit[(h.Revision-m.From)*n/total] = true
		}
	}
	var b strings.Builder
	for i, author := range m.bar {
		glyph := "━"
		switch {
		case i == here:
			b.WriteString(strong.Render("●"))
			continue
		case hit[i]:
			glyph = "┿"
		case i > here:
			glyph = "─"
		}
		b.WriteString(ink(author).Render(glyph))
	}
	return b.String()
}

// majority returns for each column the author with the most records in its part of
// the history.
func (m *Model) majority() []int {
	width := max(1, m.width)
	total := int(m.History.Head() - m.From + 1)
	out := make([]int, width)
	for i := range out {
		first := m.From + eventlog.Revision(i*total/width)
		end := max(first+1, m.From+eventlog.Revision((i+1)*total/width))
		counts, best := map[int]int{}, -1
		for at := first; at < end; at++ {
			a := m.History.Author(at)
			counts[a]++
			if best < 0 || counts[a] > counts[best] {
				best = a
			}
		}
		out[i] = best
	}
	return out
}

// statusLine describes the step that is shown.
func (m *Model) statusLine() string {
	state := "▶"
	if !m.playing {
		state = "‖"
	}
	if m.pending != nothing || m.playing && !m.ready() {
		state = "…"
	}
	author := m.History.Author(m.at)
	revisions := fmt.Sprint(m.at)
	if m.frame.Prev+1 < m.at {
		revisions = fmt.Sprintf("%d-%d", m.frame.Prev+1, m.at)
	}
	where := fmt.Sprintf("%s %s/%d", state, revisions, m.History.Head())
	who := ink(author).Bold(true).Render(ansi.Truncate(m.name(m.History.Names[author]), 16, "…"))
	when := m.Stamp(m.History.Time(m.at))
	if m.width < 100 { // to the second
		when = when[:min(len(when), len("2006-01-02T15:04:05"))]
	}
	parts := []string{where, when, who, m.what(), m.speedName(), string(m.Unit)}
	if m.width < 60 { // the time last, where it may be cut off
		parts = []string{where, who, m.what(), m.speedName(), string(m.Unit), when}
	}
	if n := len(m.breaks); n > 0 {
		parts = append(parts, fmt.Sprintf("%d breakpoints", n))
		if n == 1 {
			parts[len(parts)-1] = "break " + m.name(m.breaks[0].Text)
		}
	}
	return fit(strings.Join(parts, "  "), m.width)
}

func (m *Model) what() string {
	kind := m.History.Kind(m.at)
	if m.frame.Inserted+m.frame.Deleted > 0 {
		kind += fmt.Sprintf(" +%d -%d", m.frame.Inserted, m.frame.Deleted)
	}
	return kind
}

func (m *Model) speedName() string {
	if m.Speed == 0 {
		return "max"
	}
	return fmt.Sprintf("%gx", m.Speed)
}

// lastLine shows the prompt, an answer to a key, the reason of a stop, or the keys.
func (m *Model) lastLine() string {
	switch {
	case m.prompt != nil:
		return fit(m.prompt.line(m.width, m.Reveal), m.width)
	case m.said != "":
		return fit(m.said, m.width)
	case m.reason != "":
		return stopped.Render(fit("■ "+m.reason, m.width))
	}
	return faint.Render(fit("space play  ←→ step  g go to  c C next hit  B break  w watch  ? help", m.width))
}
