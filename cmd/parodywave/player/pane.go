package player

import (
	"cmp"
	"fmt"
	"slices"

	"parodywave/eventlog"
)

// paneWidth returns the width of the pane of authors and breakpoints, 0 in a narrow
// terminal.
func (m *Model) paneWidth() int {
	switch {
	case !m.authors || m.width < 70:
		return 0
	case m.width >= 120:
		return 34
	}
	return 24
}

// pane lists the authors with their numbers of records up to now and of lines, and
// the breakpoints with their numbers of hits.
func (m *Model) pane(height int) []string {
	width := m.paneWidth()
	if width == 0 {
		return nil
	}
	var out []string
	add := func(left, right string) {
		left = fit(left, width-3-len(right))
		out = append(out, faint.Render("│ ")+left+" "+right)
	}
	records, lines := m.counts()
	order := make([]int, 0, len(records))
	for a, n := range records {
		if n > 0 {
			order = append(order, a)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(records[b], records[a]) })
	add(strong.Render("authors"), "records lines")
	room := height - 1
	if len(m.breaks) > 0 {
		room = max(1, height-2-min(len(m.breaks)+1, height/2))
	}
	for i, a := range order {
		if i+1 >= room && len(order) > room {
			add(fmt.Sprintf("and %d more", len(order)-i), "")
			break
		}
		add(ink(a).Render("▌"+m.name(m.History.Names[a])), fmt.Sprintf("%7d %5d", records[a], lines[a]))
	}
	if len(m.breaks) > 0 {
		add("", "")
		add(strong.Render("breakpoints"), "hits")
		for _, b := range m.breaks {
			hits := "…"
			if b.ready {
				hits = fmt.Sprint(len(b.hits))
			}
			add(m.name(b.Text), hits)
		}
	}
	for len(out) < height {
		add("", "")
	}
	return out[:height]
}

// counts returns for each author the number of records up to now, and the number
// of lines that the author changed last.
func (m *Model) counts() (records, lines []int) {
	records, lines = make([]int, len(m.History.Names)), make([]int, len(m.History.Names))
	for at := eventlog.Revision(1); at <= m.at; at++ {
		records[m.History.Author(at)]++
	}
	for i := range m.frame.Rows() {
		lines[m.frame.Lines[i].Author]++
	}
	return records, lines
}
