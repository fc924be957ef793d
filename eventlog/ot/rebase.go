package ot

import (
	"fmt"
	"slices"
)

// Rebase carries a sequence over one logged change. Each of changes is made for
// the text after the one before it, and the first for the same text as over;
// rebased is the same sequence, beginning in the text after over. overAfter is
// over carried over the sequence, so that
//
//	over, rebased[0], rebased[1], …   and   changes[0], changes[1], …, overAfter
//
// lead to the same text. The logged change is the earlier one: its text stands
// left of what the sequence writes at the same place.
//
// To rebase over several logged changes, call Rebase once for each, in their
// order, with what the last call gave as rebased. Never compose what you rebase
// over: Transform over a composition is not the same (see the package comment),
// the result would depend on who grouped which entries, and replicas would
// diverge for good. Entry by entry it depends on nothing but the log, so the
// work may stop, be tried again over a longer log, or be shared out, anywhere.
//
// The error wraps ErrLength if the lengths do not fit together.
func Rebase(changes []Change, over Change) (rebased []Change, overAfter Change, err error) {
	var r Rebaser
	rebased = slices.Clone(changes)
	overAfter, err = r.Rebase(rebased, over)
	if err != nil {
		return nil, Change{}, err
	}
	return rebased, overAfter, nil
}

// A Rebaser does Rebase in buffers it uses again, for long ways. The zero
// Rebaser is ready for use, by one goroutine at a time.
type Rebaser struct {
	over Transformer
	buf  [2][]section // sections of the last result, and of the one before
	turn int
}

// Rebase is the function Rebase, except that it puts the rebased sequence into
// changes. To go on over the next entry, hand it the same slice again. Whatever
// else is done with the results must be done before the next call, which takes
// back their memory; Clone keeps one. On an error changes is as it was.
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
			dst = dst[:end] // otherwise out found no room here, and has its own memory
		}
		changes[i] = carried(&c, &over, slices.Clip(out), gone)
		if over, err = r.over.Transform(over, c, true); err != nil {
			return Change{}, fmt.Errorf("rebase entry %d: %w", i, err) // checked before: not reached
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
