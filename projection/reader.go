package projection

import "slices"

// A reader goes through the text before of a patch, whose text now begins at start.
type reader struct {
	*patch
	t     *Thread
	start int

	a    int // the next unit
	next int // the first kept run that does not end before it
	end  int // of the kept run before that
	lost int // units gone before end
}

// skip goes n units on.
func (r *reader) skip(n int) {
	r.a += n
	for ; r.next < len(r.kept) && r.kept[r.next].a+r.kept[r.next].n <= r.a; r.next++ {
		k := r.kept[r.next]
		r.lost += k.a - r.end
		r.end = k.a + k.n
	}
}

// reads reports whether the text goes on with units.
func (r *reader) reads(units []uint16) bool {
	at := *r
	for len(units) > 0 {
		n, k := len(units), kept{a: at.a + len(units)}
		if at.next < len(at.kept) {
			k = at.kept[at.next]
		}
		if at.a < k.a {
			n = min(n, k.a-at.a)
			from := at.lost + at.a - at.end
			if !slices.Equal(at.gone[from:from+n], units[:n]) {
				return false
			}
		} else {
			n = min(n, k.a+k.n-at.a)
			if !at.t.reads(at.start+k.b+at.a-k.a, units[:n]) {
				return false
			}
		}
		units = units[n:]
		at.skip(n)
	}
	return true
}
