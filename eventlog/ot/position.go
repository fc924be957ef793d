package ot

// MapPos returns where pos, a position in the old text, lies in the new one.
// Where the change inserts just at pos, assoc < 0 stays in front of what is
// written and any other assoc goes behind it. The same goes for a position
// inside a stretch that is replaced; inside one that is deleted both are the
// place where it was. A position outside the text counts as its nearest end.
func (c Change) MapPos(pos, assoc int) int {
	pos = min(max(pos, 0), c.Len())
	shift := 0 // new position minus old, left of the sections still to come
	for e := range c.Edits() {
		if pos < e.FromA || pos == e.FromA && (e.ToA > e.FromA || assoc < 0) {
			break
		}
		if pos < e.ToA {
			if assoc < 0 {
				return e.FromB
			}
			return e.ToB
		}
		shift = e.ToB - e.ToA
	}
	return pos + shift
}
