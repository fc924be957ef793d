package ot

// MapPos returns the position in the new text of pos, a position in the old one. If
// the change inserts at pos, or replaces a range that pos is inside, assoc < 0 gives
// the position before the inserted text and any other assoc the one after it. Inside
// a deleted range both are the place where it was. A position outside the text counts
// as its nearest end.
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
