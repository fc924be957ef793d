package ot

import (
	"errors"
	"fmt"
)

var (
	// ErrBadChange is wrapped by the errors of Parse and FromShape. They say
	// what is wrong and at which byte.
	ErrBadChange = errors.New("bad change")

	// ErrLength is wrapped when a change meets a text or another change of a
	// length it was not made for, or when the result would exceed MaxLen.
	ErrLength = errors.New("length mismatch")

	// ErrBadText is wrapped when a string cannot be text: it is not valid
	// UTF-8, or holds what a line must not hold.
	ErrBadText = errors.New("bad text")
)

func lengthError(op string, want, got int) error {
	return fmt.Errorf("%s: change is for %d units, not %d: %w", op, want, got, ErrLength)
}

func tooLongError(op string, n int64) error {
	return fmt.Errorf("%s: the text would be %d units long, over %d: %w", op, n, MaxLen, ErrLength)
}
