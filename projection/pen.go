package projection

// A pen holds the edit that is being made by one keystroke after another: some
// units go, others stand in their place, and the text's chunks do not know yet.
// So a keystroke that goes on where the last one ended moves no other units.
// Whatever looks at the text puts the edit in its place first.
type pen struct {
	down  bool
	at    int // position where the edit begins
	gone  int // units of the chunks, from there on, that go
	units []uint16
	spans []span
	last  int // where the last edit ended, while the pen is not down
}

// penMax is how many units are held at most.
const penMax = 256

// write takes an insertion at the pen's end. It reports whether it could.
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

// strike takes a deletion that ends where the pen does (Backspace) or begins
// there (Delete). It reports whether it could.
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

// takeBack drops the last n units written.
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

// lift puts the edit in its place.
func (t *text) lift() {
	p := t.pen
	t.pen = pen{units: p.units[:0], spans: p.spans[:0], last: p.at + len(p.units)}
	t.length += p.gone - len(p.units)
	t.cut(p.at, p.at+p.gone)
	if len(p.units) > 0 {
		t.place(p.at, p.units, p.spans)
	}
}

// insert puts units in at pos; spans tell who wrote them. Neither is kept. The
// pen goes down where an edit goes on where the last one was.
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

// delete takes the units from..to out.
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
