package etherpad

import "fmt"

// maxUnits bounds every number in a changeset. Real pads are far below it.
const maxUnits = 1 << 30

// An operation is an operation of a changeset, or a run of attributes.
type operation struct {
	code          byte // = - +
	units, breaks int
	attributes    []int // numbers in the pool
}

// A changeset is the change of a revision.
type changeset struct {
	oldLen, newLen int
	operations     []operation
	bank           []uint16
}

// A cursor parses the notation of changesets.
type cursor struct {
	in  []uint16
	pos int
}

func (c *cursor) peek() uint16 {
	if c.pos < len(c.in) {
		return c.in[c.pos]
	}
	return 0
}

func (c *cursor) take(want byte) bool {
	if c.peek() != uint16(want) {
		return false
	}
	c.pos++
	return true
}

// number reads a number in base 36.
func (c *cursor) number() (int, error) {
	n, from := 0, c.pos
	for ; c.pos < len(c.in); c.pos++ {
		switch u := c.in[c.pos]; {
		case u >= '0' && u <= '9':
			n = n*36 + int(u-'0')
		case u >= 'a' && u <= 'z':
			n = n*36 + int(u-'a') + 10
		default:
			if c.pos == from {
				return 0, c.fault("a number in base 36 expected")
			}
			return n, nil
		}
		if n > maxUnits {
			return 0, c.fault("the number is too large")
		}
	}
	if c.pos == from {
		return 0, c.fault("a number in base 36 expected")
	}
	return n, nil
}

func (c *cursor) fault(format string, args ...any) error {
	return fmt.Errorf("changeset, unit %d: %s", c.pos, fmt.Sprintf(format, args...))
}

// operation reads the next operation.
func (c *cursor) operation() (op operation, err error) {
	for c.take('*') {
		n, err := c.number()
		if err != nil {
			return op, err
		}
		op.attributes = append(op.attributes, n)
	}
	if c.take('|') {
		if op.breaks, err = c.number(); err != nil {
			return op, err
		}
	}
	switch u := c.peek(); u {
	case '=', '-', '+':
		op.code = byte(u)
		c.pos++
	default:
		return op, c.fault("=, - or + expected")
	}
	op.units, err = c.number()
	return op, err
}

func parseChangeset(in []uint16) (changeset, error) {
	c, cs := cursor{in: in}, changeset{}
	if !c.take('Z') || !c.take(':') {
		return cs, c.fault("Z: expected")
	}
	var err error
	if cs.oldLen, err = c.number(); err != nil {
		return cs, err
	}
	sign := 1
	if !c.take('>') {
		if sign = -1; !c.take('<') {
			return cs, c.fault("> or < expected")
		}
	}
	difference, err := c.number()
	if err != nil {
		return cs, err
	}
	cs.newLen = cs.oldLen + sign*difference
	for !c.take('$') {
		op, err := c.operation()
		if err != nil {
			return cs, err
		}
		cs.operations = append(cs.operations, op)
	}
	cs.bank = in[c.pos:]
	return cs, nil
}

// parseAttributes parses the runs of an atext, which must cover its text.
func parseAttributes(in, text []uint16) ([]operation, error) {
	c, at := cursor{in: in}, 0
	var runs []operation
	for c.pos < len(in) {
		op, err := c.operation()
		if err != nil {
			return nil, err
		}
		if op.code != '+' || op.units > len(text)-at {
			return nil, c.fault("the attributes do not fit the text of %d units", len(text))
		}
		at += op.units
		runs = append(runs, op)
	}
	if at != len(text) {
		return nil, fmt.Errorf("the attributes cover %d of the text's %d units", at, len(text))
	}
	return runs, nil
}

// An edit replaces the units from to to with insert.
type edit struct {
	from, to int
	insert   []uint16
}

// edits returns the edits of a changeset on a text, after checking all that the
// changeset states about the text. Operations without a keep between them become
// one edit.
func (cs *changeset) edits(t *text) ([]edit, error) {
	text := t.raw
	if cs.oldLen != len(text) {
		return nil, fmt.Errorf("the changeset is for a text of %d units, but the text has %d", cs.oldLen, len(text))
	}
	var out []edit
	pos, bank, length, open := 0, cs.bank, len(text), false
	for _, op := range cs.operations {
		source, count := text[pos:], func(n int) int { return t.breaks(pos, pos+n) }
		if op.code == '+' {
			source, count = bank, func(n int) int { return breaks(bank[:n]) }
		}
		if op.units > len(source) {
			return nil, fmt.Errorf("operation %c needs %d units, but only %d are left", op.code, op.units, len(source))
		}
		piece := source[:op.units]
		if n := count(op.units); n != op.breaks || n > 0 && piece[len(piece)-1] != lineBreak {
			return nil, fmt.Errorf("operation %c states %d units with %d line breaks and the last one at the end, but there are %d", op.code, op.units, op.breaks, n)
		}
		if op.code == '=' {
			pos, open = pos+op.units, open && op.units == 0
			continue
		}
		if !open {
			out, open = append(out, edit{from: pos, to: pos}), true
		}
		e := &out[len(out)-1]
		if op.code == '+' {
			e.insert, bank = append(e.insert, piece...), bank[op.units:]
			length += op.units
		} else {
			pos += op.units
			e.to, length = pos, length-op.units
		}
	}
	if len(bank) > 0 {
		return nil, fmt.Errorf("%d units of the inserted text are unused", len(bank))
	}
	if length != cs.newLen {
		return nil, fmt.Errorf("the changeset states a result of %d units, but gives %d", cs.newLen, length)
	}
	return out, nil
}
