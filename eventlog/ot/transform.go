package ot

// Transform carries c over another change made for the same text: it returns
// what c comes to in the text after over. It is what CodeMirror calls
// c.map(over, before). The error wraps ErrLength if the two are made for texts
// of different lengths.
//
// What over deleted, c no longer deletes; what c writes, it always writes. If
// both write at one place, text of c stands right of that of over, or left of
// it with before set. More exactly: of two replacements that begin at one
// place the one that replaces fewer units is first, and only between equals
// before decides.
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

// A Transformer does Transform in buffers it uses again, so that a transform
// need not allocate. A result may be handed to the next call, as either
// argument, and is overwritten by the call after that; Clone keeps it. The zero
// Transformer is ready for use, by one goroutine at a time.
type Transformer struct {
	buf  [2][]section
	turn int
}

// Transform is Change.Transform, with a result that lasts until the second
// call from now.
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

// transform appends to dst the sections of c carried over another change, and
// counts in gone the units that they delete.
func transform(dst []section, c, over *Change, before bool) (sections []section, gone int32) {
	if sections, gone, ok := transformApart(dst, c, over); ok {
		return sections, gone
	}
	m := carrier{a: walk(c.sections), b: walk(over.sections), out: dst, before: before}
	m.run()
	return m.out, m.gone
}

// carried makes a change of what transform gave. Every inserted text is put out
// once and in its order, so the text is shared as it is.
func carried(c, over *Change, sections []section, gone int32) Change {
	return Change{sections: sections, text: c.text, oldLen: over.newLen, newLen: over.newLen + int32(len(c.text)) - gone}
}

// A carrier walks two changes side by side along the text both are made for.
type carrier struct {
	a, b    cursor // carried, carried over
	out     []section
	gone    int32 // units that out deletes
	before  bool
	written bool // the text of a's current section is put out already
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

// overFirst decides between two replacements that meet: b's comes first only
// where a's begins, and if it replaces less, or as much and before is not set.
func (m *carrier) overFirst() bool {
	return !m.a.begun && (m.b.old < m.a.old || m.b.old == m.a.old && !m.before)
}

// passOver passes b's current replacement: its text is there to keep, and of
// the units it took a has nothing left to do. Text of a's that stood to replace
// nothing but such units comes right behind it.
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

// passOwn passes a's current replacement, up to a place where b writes or to a
// deletion that leads out of it. Deletions of b's that lie inside it are passed
// along the way.
func (m *carrier) passOwn() {
	var still int32 // units to replace that b leaves standing
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

// takeA moves a on; a section newly reached has its text still to be written.
func (m *carrier) takeA(n int32) {
	if n == m.a.old {
		m.written = false
	}
	m.a.takeOld(n)
}
