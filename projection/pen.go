package projection

// A pen holds an edit that one keystroke after another makes: it deletes some units
// and inserts others in their place, and the text's chunks do not have it yet. So a
// keystroke that continues where the last one ended moves no other units. Reading
// the text lifts the pen, which puts the edit into the chunks (except for peek).
type pen struct {
	down  bool
	at    int // position where the edit begins
	gone  int // units of the chunks, from there on, that it deletes
	units []uint16
	spans []span
	last  int // where the last edit ended, while the pen is not down
}

// penMax is the most units that a pen holds.
const penMax = 256

// write adds an insertion at the pen's end, and reports whether it could.
func (p *pen) write(pos int, units []uint16, spans ...span) bool {
	switch {
	case len(p.units)+len(units) > penMax:
		return false
	case !p.down:
		p.down, p.at = true, pos
	case pos != p.at+len(p.units):
		return false
	}
	p.units = append(p.units, units...)
	for _, s := range spans {
		p.spans = appendSpan(p.spans, s)
	}
	return true
}

// strike adds a deletion that ends at the pen's end (Backspace) or begins there
// (Delete), and reports whether it could.
func (p *pen) strike(from, to int) bool {
	end := p.at + len(p.units)
	switch {
	case !p.down:
		p.down, p.at, p.gone = true, from, to-from
	case from == end:
		p.gone += to - from
	case to != end:
		return false
	case from < p.at:
		p.gone += p.at - from
		p.at, p.units, p.spans = from, p.units[:0], p.spans[:0]
	default:
		p.takeBack(to - from)
	}
	return true
}

// takeBack drops the last n units of the pen.
func (p *pen) takeBack(n int) {
	p.units = p.units[:len(p.units)-n]
	for n > 0 {
		last := &p.spans[len(p.spans)-1]
		if int(last.n) > n {
			*last = last.sub(0, last.n-uint32(n))
			return
		}
		n -= int(last.n)
		p.spans = p.spans[:len(p.spans)-1]
	}
}

// lift puts the pen's edit into the chunks.
func (t *text) lift() {
	p := t.pen
	t.pen = pen{units: p.units[:0], spans: p.spans[:0], last: p.at + len(p.units)}
	t.length += p.gone - len(p.units)
	t.cut(p.at, p.at+p.gone)
	if len(p.units) > 0 {
		t.place(p.at, p.units, p.spans)
	}
}

// insert inserts units, which spans describe, at pos. It keeps neither. The pen goes
// down when an edit continues the last one.
func (t *text) insert(pos int, units []uint16, spans ...span) {
	if t.pen.down && t.pen.write(pos, units, spans...) {
		t.length += len(units)
		return
	}
	if t.pen.down {
		t.lift()
	} else if pos == t.pen.last && t.pen.write(pos, units, spans...) {
		t.length += len(units)
		return
	}
	t.place(pos, units, spans)
	t.pen.last = pos + len(units)
}

// delete deletes the units from..to.
func (t *text) delete(from, to int) {
	if from == to {
		return
	}
	if !t.pen.down && from != t.pen.last && to != t.pen.last {
		t.cut(from, to)
		t.pen.last = from
		return
	}
	if !t.pen.strike(from, to) {
		t.lift()
		t.cut(from, to)
		t.pen.last = from
		return
	}
	t.length -= to - from
}
