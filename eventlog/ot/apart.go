package ot

// transformApart is transform for the commonest case, and much faster: each
// change is one edit, and the two do not touch. It reports whether that is so.
func transformApart(dst []section, a, b Change) ([]section, bool) {
	if a.IsEmpty() {
		return add(dst, b.newLen, keep), true
	}
	if b.IsEmpty() {
		return append(dst, a.sections...), true
	}
	at, e, ok := onlyEdit(a.sections)
	bt, o, okB := onlyEdit(b.sections)
	if !ok || !okB {
		return dst, false
	}
	switch {
	case at+e.old < bt:
	case bt+o.old < at:
		at += o.ins - o.old
	default:
		return dst, false
	}
	if at > 0 {
		dst = append(dst, section{at, keep})
	}
	dst = append(dst, e)
	if rest := b.newLen - at - e.old; rest > 0 {
		dst = append(dst, section{rest, keep})
	}
	return dst, true
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
