package ot

// Ends returns how many elements a and b share at the start and, of what is left
// of both, at the end.
func Ends[T comparable](a, b []T) (prefix, suffix int) {
	prefix = start(a, b)
	return prefix, end(a[prefix:], b[prefix:])
}

func start[T comparable](a, b []T) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func end[T comparable](a, b []T) (n int) {
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// Common is Ends for texts: neither end cuts a surrogate pair of a or b. A unit
// that the prefix gives back may belong to the suffix.
func Common(a, b []uint16) (prefix, suffix int) {
	prefix = start(a, b)
	if !Boundary(a, prefix) || !Boundary(b, prefix) {
		prefix--
	}
	suffix = end(a[prefix:], b[prefix:])
	if !Boundary(a, len(a)-suffix) || !Boundary(b, len(b)-suffix) {
		suffix--
	}
	return prefix, suffix
}
