package wire

import (
	"strings"

	"parodywave/eventlog/ot"
	"parodywave/eventlog/strictjson"
)

func (d *decoder) push() Message {
	m := Push{
		Client: d.client(),
		Seq:    d.number(fieldSeq),
		Rev:    d.revision(fieldRev),
	}
	if m.Seq == 0 {
		d.fail(BadValue, `"seq" is 0: count the changes of a client from 1`)
	}
	m.Changes = d.changes()
	m.Claims = d.claims(len(m.Changes), m.Seq)
	return m
}

func (d *decoder) changes() []ot.Change {
	raw := d.get(fieldChanges, "[", "an array")
	if raw == nil {
		return nil
	}
	count := countElements(raw)
	switch flaws := d.fields[fieldChanges].flaws; {
	case count == 0:
		d.fail(BadValue, `"changes" is empty: send at least one`)
	case count > d.limits.Changes:
		d.fail(TooMany, "%d changes in one push: send at most %d", count, d.limits.Changes)
	case flaws&strictjson.Lone != 0:
		d.fail(BadChange, "a change inserts half of a surrogate pair: insert whole characters")
	case flaws&strictjson.NUL != 0:
		d.fail(BadChange, "a change inserts U+0000: leave it out")
	case flaws&strictjson.LineBreak != 0:
		d.fail(BadChange, "a change inserts a string with a line break inside: give each line a string of its own")
	}
	if d.err != nil {
		return nil
	}
	changes := make([]ot.Change, 0, count)
	for e := range strictjson.Elements(raw) {
		change, err := ot.Parse(e)
		if err != nil {
			d.fail(BadChange, "change %d of %d: %s", len(changes)+1, count, strings.TrimPrefix(err.Error(), "bad change: "))
			return nil
		}
		changes = append(changes, change)
	}
	if n := edits(changes); n > d.limits.Edits {
		d.fail(TooMany, "%d edits in one push: send at most %d", n, d.limits.Edits)
		return nil
	}
	return changes
}

// edits returns how many places changes edit.
func edits(changes []ot.Change) (n int) {
	for i := range changes {
		for range changes[i].Edits() {
			n++
		}
	}
	return n
}

func countElements(array []byte) int {
	n := 0
	for range strictjson.Elements(array) {
		n++
	}
	return n
}

// lines reads the field lines: the first and last index of a range.
func (d *decoder) lines() (from, to int) {
	raw := d.get(fieldLines, "[", "an array of two numbers")
	if raw == nil {
		return 0, 0
	}
	pair := d.pair(fieldLines, raw)
	if pair[0] > pair[1] {
		d.fail(BadValue, `"lines" ends at %d before it begins at %d: send the smaller index first`, pair[1], pair[0])
	}
	return pair[0], pair[1]
}

func (d *decoder) ranges() [][2]int {
	raw := d.get(fieldRanges, "[", "an array of pairs")
	if raw == nil {
		return nil
	}
	count := countElements(raw)
	if count > d.limits.Ranges {
		d.fail(TooMany, "%d ranges in one message: send at most %d", count, d.limits.Ranges)
		return nil
	}
	ranges := make([][2]int, 0, count)
	for e := range strictjson.Elements(raw) {
		if e[0] != '[' {
			d.fail(BadMessage, `"ranges" holds something that is not an array: send pairs of numbers`)
			return nil
		}
		if ranges = append(ranges, d.pair(fieldRanges, e)); d.err != nil {
			return nil
		}
	}
	return ranges
}
