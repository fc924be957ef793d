package projection

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// freezeVersion is the first byte of what Freeze returns. It must change when
// Freeze writes something else, and also when any fold of a log gives something
// else: a thawed thread has been folded by the rules of its time.
const freezeVersion = 9

// ErrFrozen is wrapped by the error for bytes that Freeze of this version did not
// make.
var ErrFrozen = errors.New("not a projection frozen by this version")

// ErrFrozenOther is wrapped, beside ErrFrozen, by the error for bytes that begin with
// the number of another version: they are not damaged, but this version cannot use
// them.
var ErrFrozenOther = errors.New("frozen by another version")

// A freezer writes numbers and strings. Values of one kind follow one another,
// because they compress better so.
type freezer struct{ out []byte }

func (f *freezer) uint(n uint64) { f.out = binary.AppendUvarint(f.out, n) }
func (f *freezer) int(n int64)   { f.out = binary.AppendVarint(f.out, n) }
func (f *freezer) raw(b []byte)  { f.out = append(f.out, b...) }
func (f *freezer) string(s string) {
	f.uint(uint64(len(s)))
	f.out = append(f.out, s...)
}

func (f *freezer) bool(b bool) {
	if b {
		f.out = append(f.out, 1)
	} else {
		f.out = append(f.out, 0)
	}
}

// A thawer reads what a freezer wrote. After the first value that cannot be, it
// returns zeros.
type thawer struct {
	in  []byte
	err error
}

func (f *thawer) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrFrozen)
	}
	f.in = nil
}

func (f *thawer) uint() uint64 {
	n, size := binary.Uvarint(f.in)
	if size <= 0 {
		f.fail("a number is truncated")
		return 0
	}
	f.in = f.in[size:]
	return n
}

func (f *thawer) int() int64 {
	n, size := binary.Varint(f.in)
	if size <= 0 {
		f.fail("a number is truncated")
		return 0
	}
	f.in = f.in[size:]
	return n
}

// below reads a number that must be less than limit.
func (f *thawer) below(limit uint64) uint64 {
	n := f.uint()
	if n >= limit && f.err == nil {
		f.fail("number %d where there are %d", n, limit)
	}
	if f.err != nil {
		return 0
	}
	return n
}

// count reads how many values of at least size bytes follow. It never returns more
// than the rest has room for, so that damage allocates nothing large.
func (f *thawer) count(size int) int {
	n := f.uint()
	if n > uint64(len(f.in)/size) {
		f.fail("%d things in %d bytes", n, len(f.in))
		return 0
	}
	return int(n)
}

// raw returns the next n bytes, without a copy.
func (f *thawer) raw(n int) []byte {
	if n > len(f.in) {
		f.fail("%d bytes where there are %d", n, len(f.in))
		return make([]byte, n) // n is a small constant or was counted
	}
	b := f.in[:n:n]
	f.in = f.in[n:]
	return b
}

func (f *thawer) string() string { return string(f.raw(f.count(1))) }

func (f *thawer) bool() bool { return f.raw(1)[0] != 0 }

// begin reads the version and the kind of projection.
func (f *thawer) begin(sort byte) {
	head := f.raw(2)
	if head[0] != freezeVersion && head[1] == sort && f.err == nil {
		f.err, f.in = fmt.Errorf("%w: %w", ErrFrozenOther, ErrFrozen), nil
	} else if head[0] != freezeVersion || head[1] != sort {
		f.fail("version %d of sort %q, not %d of %q", head[0], head[1], freezeVersion, sort)
	}
}

// end returns the error, also if bytes are left.
func (f *thawer) end() error {
	if f.err == nil && len(f.in) > 0 {
		f.fail("%d bytes too many", len(f.in))
	}
	return f.err
}

// The kinds of frozen projections.
const (
	frozenThread      = 't'
	frozenDirectory   = 'd'
	frozenAuthors     = 'a'
	frozenConnections = 'c'
)
