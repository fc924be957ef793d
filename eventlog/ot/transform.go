package ot

// Transform carries c over another change made for the same text: the result is c for
// the text after over. CodeMirror calls it c.map(over, before). The error wraps
// ErrLength if the two are made for texts of different lengths.
//
// The result does not delete what over deleted, and inserts all that c inserts. If
// both insert at one place, c's text is right of over's, or left of it if before is
// true. More exactly: of two replacements that begin at one place, the one that
// replaces fewer units comes first, and before decides only between equals.
func (c Change) Transform(over Change, before bool) (Change, error) {
	if err := checkTransform(&c, &over); err != nil {
		return Change{}, err
	}
	if over.IsEmpty() {
		return c, nil
	}
	dst := make([]section, 0, max(3, len(c.sections)+2))
	dst, gone := transform(dst, &c, &over, before)
	return carried(&c, &over, dst, gone), nil
}

// A Transformer is Transform with reused buffers, which need not allocate. A result
// may be passed to the next call, as either argument; the call after that overwrites
// it; Clone keeps it. The zero Transformer is ready for use. It is not safe for
// concurrent use.
type Transformer struct {
	buf  [2][]section
	turn int
}

// Transform is Change.Transform. Its result is valid until the second call after this
// one.
func (t *Transformer) Transform(c, over Change, before bool) (Change, error) {
	if err := checkTransform(&c, &over); err != nil {
		return Change{}, err
	}
	t.turn ^= 1
	room := withRoom(t.buf[t.turn][:0], len(c.sections)+2)
	dst, gone := transform(room, &c, &over, before)
	t.buf[t.turn] = dst
	return carried(&c, &over, dst, gone), nil
}

func checkTransform(c, over *Change) error {
	if c.oldLen != over.oldLen {
		return lengthError("transform", c.Len(), over.Len())
	}
	if n := int64(over.newLen) - int64(c.oldLen) + int64(c.newLen); n > MaxLen {
		return tooLongError("transform", n)
	}
	return nil
}

// transform appends to dst the sections of c carried over another change, and returns
// in gone how many units they delete.
func transform(dst []section, c, over *Change, before bool) (sections []section, gone int32) {
	if sections, gone, ok := transformApart(dst, c, over); ok {
		return sections, gone
	}
	m := carrier{a: walk(c.sections), b: walk(over.sections), out: dst, before: before}
	m.run()
	return m.out, m.gone
}

// carried makes a change of transform's sections. They insert every text once and in
// order, so the change shares c's text.
func carried(c, over *Change, sections []section, gone int32) Change {
	return Change{sections: sections, text: c.text, oldLen: over.newLen, newLen: over.newLen + int32(len(c.text)) - gone}
}

// A carrier walks two changes side by side along the text that both are made for.
type carrier struct {
	a, b    cursor // carried, carried over
	out     []section
	gone    int32 // units that out deletes
	before  bool
	written bool // out has the text of a's current section already
}

func (m *carrier) run() {
	for !m.a.done || !m.b.done {
		switch {
		case m.a.ins == keep && m.b.ins == keep:
			n := min(m.a.old, m.b.old)
			m.out = add(m.out, n, keep)
			m.a.takeOld(n)
			m.b.takeOld(n)
		case m.b.ins != keep && (m.a.ins == keep || m.written || m.overFirst()):
			m.passOver()
		default:
			m.passOwn()
		}
	}
}

// overFirst decides between two replacements that meet: b's comes first only where
// a's begins, and if it replaces fewer units, or as many and before is false.
func (m *carrier) overFirst() bool {
	return !m.a.begun && (m.b.old < m.a.old || m.b.old == m.a.old && !m.before)
}

// passOver passes b's current replacement: the result keeps b's text, and a has
// nothing left to do with the units that b deleted. If a's replacement covers only
// such units, its text follows b's.
func (m *carrier) passOver() {
	m.out = add(m.out, m.b.ins, keep)
	for left := m.b.old; left > 0; {
		n := min(m.a.old, left)
		if m.a.ins != keep && !m.written && m.a.old <= left {
			m.out = add(m.out, 0, m.a.ins)
			m.written = true
		}
		left -= n
		m.takeA(n)
	}
	m.b.next()
}

// passOwn passes a's current replacement, up to an insertion of b or a deletion of b
// that extends beyond it. On the way it passes deletions of b inside it.
func (m *carrier) passOwn() {
	var still int32 // units to replace that b does not delete
	left := m.a.old
	for left > 0 {
		if m.b.ins == keep {
			n := min(left, m.b.old)
			still += n
			left -= n
			m.b.takeOld(n)
		} else if m.b.ins == 0 && m.b.old <= left {
			left -= m.b.old
			m.b.next()
		} else {
			break
		}
	}
	ins := m.a.ins
	if m.written {
		ins = 0
	}
	m.out = add(m.out, still, ins)
	m.gone += still
	m.written = true
	m.takeA(m.a.old - left)
}

// takeA moves a by n units; the text of a newly reached section is not written yet.
func (m *carrier) takeA(n int32) {
	if n == m.a.old {
		m.written = false
	}
	m.a.takeOld(n)
}
