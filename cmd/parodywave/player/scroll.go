package player

// A place is a screen line of the text: a row, and the part of a wrapped row.
type place struct{ row, sub int }

// lines returns the screen lines of a row, wrapped or cut.
func (m *Model) lines(i int) [][]cell {
	if out, ok := m.wrapped[i]; ok {
		return out
	}
	if m.wrapped == nil {
		m.wrapped = map[int][][]cell{}
	}
	all, width := m.rows[i].cells(m.Reveal), m.textWidth()
	var out [][]cell
	if m.cut {
		out = [][]cell{crop(all, width)}
	} else {
		out = wrap(all, width)
	}
	m.wrapped[i] = out
	return out
}

// down returns the place n lines below p, or the last.
func (m *Model) down(p place, n int) place {
	for ; n > 0 && p.row < len(m.rows); n-- {
		switch {
		case p.sub+1 < len(m.lines(p.row)):
			p.sub++
		case p.row+1 < len(m.rows):
			p = place{p.row + 1, 0}
		default:
			return p
		}
	}
	return p
}

// up returns the place n lines above p, or the first.
func (m *Model) up(p place, n int) place {
	for ; n > 0; n-- {
		switch {
		case p.sub > 0:
			p.sub--
		case p.row > 0:
			p = place{p.row - 1, len(m.lines(p.row-1)) - 1}
		default:
			return p
		}
	}
	return p
}

func (m *Model) moveSelection(n int) {
	if n < 0 {
		m.selected = m.up(m.selected, -n)
	} else {
		m.selected = m.down(m.selected, n)
	}
	m.reach()
}

// follow selects the first place that the step changed.
func (m *Model) follow() {
	for i := range m.rows {
		if m.rows[i].mark == ' ' {
			continue
		}
		m.selected = place{i, 0}
		for sub, line := range m.lines(i) {
			if touched(line) {
				m.selected.sub = sub
				break
			}
		}
		break
	}
	m.reach()
}

func touched(line []cell) bool {
	for _, c := range line {
		if c.touch != kept {
			return true
		}
	}
	return false
}

// point selects a line.
func (m *Model) point(line int) {
	for i := range m.rows {
		if m.rows[i].number == line+1 {
			m.selected = place{i, 0}
			m.reach()
			return
		}
	}
}

// changedAt reports whether a line is selected.
func (m *Model) changedAt(line int) bool {
	return m.selected.row < len(m.rows) && m.rows[m.selected.row].line == line
}

// reach scrolls until the selected place is on the screen. After a jump it is in
// the upper third.
func (m *Model) reach() {
	if len(m.rows) == 0 {
		m.top, m.selected = place{}, place{}
		return
	}
	m.selected, m.top = m.inside(m.selected), m.inside(m.top)
	p := m.top
	for n := 0; n < m.bodyHeight(); n++ {
		if p == m.selected {
			return
		}
		next := m.down(p, 1)
		if next == p {
			break
		}
		p = next
	}
	// One line off the screen scrolls by a line, more jumps.
	switch {
	case m.down(m.selected, 1) == m.top:
		m.top = m.selected
	case m.up(m.selected, m.bodyHeight()) == m.top:
		m.top = m.down(m.top, 1)
	default:
		m.top = m.up(m.selected, m.bodyHeight()/3)
	}
}

// inside returns the existing place nearest to p.
func (m *Model) inside(p place) place {
	p.row = min(max(p.row, 0), len(m.rows)-1)
	p.sub = min(max(p.sub, 0), len(m.lines(p.row))-1)
	return p
}
