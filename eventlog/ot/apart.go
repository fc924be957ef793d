package ot

// transformApart is a much faster transform for the commonest case: a change is
// empty, or each is one edit and the two do not touch. It returns false for all
// others.
func transformApart(dst []section, c, over *Change) (sections []section, gone int32, ok bool) {
	if c.IsEmpty() {
		return add(dst, over.newLen, keep), 0, true
	}
	if over.IsEmpty() {
		return append(dst, c.sections...), int32(c.Deleted()), true
	}
	at, e, ok := onlyEdit(c.sections)
	to, o, okOver := onlyEdit(over.sections)
	if !ok || !okOver {
		return dst, 0, false
	}
	// A processor cannot predict which of the two is left, so the comparisons are
	// arithmetic instead of branches.
	left, right := to-at-e.old, at-to-o.old // units between the two, if e is left or right
	if max(left, right) <= 0 {
		return dst, 0, false
	}
	shift := int32(0)
	if right > 0 {
		shift = o.ins - o.old
	}
	at += shift
	if at > 0 {
		dst = append(dst, section{at, keep})
	}
	dst = append(dst, e)
	if rest := over.newLen - at - e.old; rest > 0 {
		dst = append(dst, section{rest, keep})
	}
	return dst, e.old, true
}

// onlyEdit returns the one section of s that is not a keep, and its position.
// In shortest form no two keeps are neighbours.
func onlyEdit(s []section) (at int32, e section, ok bool) {
	if len(s) > 0 && s[0].ins == keep {
		at, s = s[0].old, s[1:]
	}
	if len(s) == 1 || len(s) == 2 && s[1].ins == keep {
		return at, s[0], true
	}
	return 0, section{}, false
}
