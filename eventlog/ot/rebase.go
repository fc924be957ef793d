package ot

import (
	"fmt"
	"slices"
)

// A Rebaser carries changes over many logged ones in buffers that it reuses. The zero
// Rebaser is ready for use. It is not safe for concurrent use.
type Rebaser struct {
	over Transformer
	buf  [2][]section // sections of the last result, and of the one before
	turn int
}

// Rebase carries a sequence over one logged change. Each of changes is made for
// the text after the one before it, and the first for the same text as over. Rebase
// writes the same sequence, beginning in the text after over, to changes: call it
// rebased. overAfter is over carried over the sequence, so that
//
//	over, rebased[0], rebased[1], …   and   changes[0], changes[1], …, overAfter
//
// lead to the same text. The logged change is the earlier one: at the same place, its
// text is left of the sequence's.
//
// To rebase over several logged changes, call Rebase once for each, in their order,
// with the same slice. Never compose the logged changes: Transform over a
// composition is not the same (see the package comment), the result would depend on
// the grouping of entries, and replicas would diverge permanently. Entry by entry the
// result depends only on the log, so the work may stop anywhere, be retried over a
// longer log, or be divided.
//
// The results are valid until the next call, which reuses their memory; Clone keeps
// one. The error wraps ErrLength if the lengths do not fit together, and leaves
// changes as it was.
func (r *Rebaser) Rebase(changes []Change, over Change) (overAfter Change, err error) {
	if err := checkRebase(changes, over); err != nil {
		return Change{}, err
	}
	r.turn ^= 1
	dst := r.buf[r.turn][:0]
	for i, c := range changes {
		dst = withRoom(dst, len(c.sections)+len(over.sections))
		out, gone := transform(dst[len(dst):], &c, &over, false)
		if end := len(dst) + len(out); end <= cap(dst) {
			dst = dst[:end] // otherwise out has its own memory, since it did not fit
		}
		changes[i] = carried(&c, &over, slices.Clip(out), gone)
		if over, err = r.over.Transform(over, c, true); err != nil {
			return Change{}, fmt.Errorf("rebase entry %d: %w", i, err) // unreachable: the lengths were checked
		}
	}
	r.buf[r.turn] = dst
	return over, nil
}

func checkRebase(changes []Change, over Change) error {
	length := over.oldLen
	for i, c := range changes {
		if c.oldLen != length {
			return fmt.Errorf("rebase entry %d: %w", i, lengthError("transform", c.Len(), int(length)))
		}
		length = c.newLen
		if n := int64(length) + int64(over.newLen) - int64(over.oldLen); n > MaxLen {
			return fmt.Errorf("rebase entry %d: %w", i, tooLongError("transform", n))
		}
	}
	return nil
}
