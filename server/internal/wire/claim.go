package wire

import (
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/strictjson"
)

// A Claim says that one change of a push brings text back. Exactly one of Undoes,
// Pastes and Cut is not zero.
type Claim struct {
	Change int               // index in the push's changes
	Undoes [2]uint64         // it undoes these entries of the client, from and to by seq
	Pastes uint64            // it pastes what this entry of the client cut, by seq
	Cut    eventlog.Revision // it pastes what this record cut
}

// claims reads the field claims of a push with count changes that begin at seq. A claim
// of a kind that is not known is left out.
func (d *decoder) claims(count int, seq uint64) (claims []Claim) {
	if d.err != nil || !d.has(fieldClaims) {
		return nil
	}
	raw := d.get(fieldClaims, "[", "an array")
	if raw == nil {
		return nil
	}
	claimed := map[int]bool{}
	for e := range strictjson.Elements(raw) {
		if !begins(e, "[") {
			d.fail(BadMessage, `"claims" holds something that is not an array: send pairs of a number and an object`)
			return nil
		}
		c, known := d.claim(e, count, seq)
		if d.err == nil && claimed[c.Change] {
			d.fail(BadValue, `"claims" has two claims for change %d: send one`, c.Change)
		}
		if d.err != nil {
			return nil
		}
		if claimed[c.Change] = true; known {
			claims = append(claims, c)
		}
	}
	return claims
}

// claim reads one element of claims, [index, object].
func (d *decoder) claim(raw []byte, count int, seq uint64) (c Claim, known bool) {
	n := 0
	for e := range strictjson.Elements(raw) {
		switch {
		case n == 0 && !begins(e, numeric), n == 1 && !begins(e, "{"):
			d.fail(BadMessage, `"claims" holds a pair that is not of a number and an object: send [index, object]`)
		case n == 0:
			if i := d.digits(fieldClaims, e); d.err == nil && i >= uint64(count) {
				d.fail(BadValue, `"claims" names change %d of %d: count the changes of the push from 0`, i, count)
			} else {
				c.Change = int(i)
			}
		case n == 1:
			known = d.claimed(e, &c)
		}
		if n++; d.err != nil {
			return c, false
		}
	}
	switch last := max(c.Undoes[1], c.Pastes); {
	case n != 2:
		d.fail(BadValue, `"claims" holds an array that is not a pair: send [index, object]`)
	case last >= seq+uint64(c.Change):
		d.fail(BadValue, `"claims" has change %d, which is seq %d, bring back what seq %d deleted: name an earlier entry`, c.Change, seq+uint64(c.Change), last)
	}
	return c, known && d.err == nil
}

// claimed reads the object of a claim, and reports whether its kind is known.
func (d *decoder) claimed(raw []byte, c *Claim) bool {
	undoes, pastes := d.member(raw, "undoes"), d.member(raw, "pastes")
	switch {
	case undoes != nil && pastes != nil:
		d.fail(BadValue, `"claims" has a change that both undoes and pastes: send one of them`)
	case undoes != nil && !begins(undoes, "["):
		d.fail(BadMessage, `"undoes" has the wrong type: send [from, to]`)
	case undoes != nil:
		pair := d.pair(fieldClaims, undoes)
		if c.Undoes = [2]uint64{uint64(pair[0]), uint64(pair[1])}; pair[0] == 0 || pair[0] > pair[1] {
			d.fail(BadValue, `"undoes" is from %d to %d: send the first and the last seq, counted from 1`, pair[0], pair[1])
		}
	case pastes != nil && begins(pastes, "{"):
		rev := d.member(pastes, "rev")
		if c.Cut = eventlog.Revision(d.positive("rev", rev)); c.Cut == 0 {
			return false
		}
	case pastes != nil:
		c.Pastes = d.positive("pastes", pastes)
	default:
		return false
	}
	return d.err == nil
}

// member returns the JSON of an object's member, nil if it is missing or null.
func (d *decoder) member(object []byte, name string) (value []byte) {
	s := strictjson.New(object)
	s.Members(func(member []byte) bool {
		raw := s.Value()
		if string(member) == name {
			if value != nil {
				d.fail(BadMessage, "%q is there more than once: send it once", name)
			}
			value = raw
		}
		return raw != nil
	})
	if value != nil && value[0] == 'n' {
		return nil
	}
	return value
}

// positive reads the JSON of a number of at least 1.
func (d *decoder) positive(name string, raw []byte) uint64 {
	if raw == nil || !begins(raw, numeric) {
		d.fail(BadMessage, "%q has the wrong type: send it as a number", name)
		return 0
	}
	n, rest, ok := strictjson.CutUint(raw)
	if !ok || len(rest) > 0 || n == 0 {
		d.fail(BadValue, "%q is not a whole number from 1 to %d: send one", name, uint64(MaxNumber))
		return 0
	}
	return n
}

// An Origin says who first inserted the next Units of an entry's inserted text.
type Origin struct {
	Units    int
	Revision eventlog.Revision
	Author   eventlog.AuthorID
}

func (o *Origin) appendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), int64(o.Units), 10)
	return append(appendID(appendRev(dst, `,`, o.Revision), `,`, o.Author), ']')
}
