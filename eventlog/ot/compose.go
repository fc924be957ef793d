package ot

// Compose returns the change that does c and then d. If d is not made for the text
// after c, the error wraps ErrLength.
//
// A composition is for showing, storing or undoing several changes as one. Do not
// rebase over it: where text was written and deleted in between, a change carried
// over the composition can end elsewhere than one carried over its parts, and peers
// that composed differently never agree again. See Rebaser.Rebase.
func (c Change) Compose(d Change) (Change, error) {
	if c.newLen != d.oldLen {
		return Change{}, lengthError("compose", d.Len(), c.NewLen())
	}
	if c.IsEmpty() {
		return d, nil
	}
	if d.IsEmpty() {
		return c, nil
	}
	m := composer{a: walk(c.sections), b: walk(d.sections), aText: c.text, bText: d.text}
	m.sections = make([]section, 0, len(c.sections)+len(d.sections))
	m.text = make([]uint16, 0, len(c.text)+len(d.text))
	for !m.a.done || !m.b.done {
		m.step()
	}
	return Change{sections: m.sections, text: m.text, oldLen: c.oldLen, newLen: d.newLen}, nil
}

// A composer walks two changes side by side along the text between them.
type composer struct {
	a, b         cursor
	aText, bText []uint16 // the text of sections not yet passed
	sections     []section
	text         []uint16
	// open: the last piece belongs to a replacement, by either change, that
	// continues: the next piece goes into the same section.
	open bool
}

func (m *composer) step() {
	switch {
	case m.a.ins == 0: // deleted before b
		m.put(m.a.old, 0)
		m.a.next()
	case m.b.old == 0 && m.b.ins > 0: // inserted after a
		m.put(0, m.b.ins)
		m.text = append(m.text, m.takeB(m.b.ins)...)
		m.b.next()
	default:
		m.piece(min(m.a.newLeft(), m.b.old))
	}
}

// piece passes n units of the text between, in sections of both changes. The units
// that a section deletes from the old text, or inserts into the new one, count at its
// beginning; the rest of the section adds none.
func (m *composer) piece(n int32) {
	a, b, count := &m.a, &m.b, len(m.sections)
	old, ins := n, n // of a kept unit, of a's text that b keeps
	var text []uint16
	if a.ins != keep {
		text, m.aText = m.aText[:n], m.aText[n:]
		old = a.oldOnce()
	} else if b.ins == keep {
		ins = keep
	}
	if b.ins != keep {
		ins = b.newOnce()
		text = m.takeB(ins)
	}
	m.put(old, ins)
	m.text = append(m.text, text...)

	goesOn := a.ins > n || b.ins != keep && b.old > n
	m.open = goesOn && (m.open || len(m.sections) > count)
	a.takeNew(n)
	b.takeOld(n)
}

func (m *composer) put(old, ins int32) {
	switch {
	case old == 0 && ins <= 0, merge(m.sections, old, ins):
	case m.open:
		last := &m.sections[len(m.sections)-1]
		last.old += old
		last.ins += ins
	default:
		m.sections = append(m.sections, section{old, ins})
	}
}

func (m *composer) takeB(n int32) []uint16 {
	t := m.bText[:n]
	m.bText = m.bText[n:]
	return t
}
