package ot

// Ends returns how many elements a and b share at the start and, of what is left
// of both, at the end.
func Ends[T comparable](a, b []T) (prefix, suffix int) {
	n := min(len(a), len(b))
	for prefix < n && a[prefix] == b[prefix] {
		prefix++
	}
	for suffix < n-prefix && a[len(a)-1-suffix] == b[len(b)-1-suffix] {
		suffix++
	}
	return prefix, suffix
}

// Common is Ends for texts: neither end cuts a surrogate pair of a or b.
func Common(a, b []uint16) (prefix, suffix int) {
	prefix, suffix = Ends(a, b)
	if !Boundary(a, prefix) || !Boundary(b, prefix) {
		prefix--
	}
	if !Boundary(a, len(a)-suffix) || !Boundary(b, len(b)-suffix) {
		suffix--
	}
	return prefix, suffix
}
