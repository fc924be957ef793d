package ot

import (
	"errors"
	"fmt"
)

var (
	// ErrBadChange is wrapped by the errors of Parse and FromShape, which name the
	// fault and its byte.
	ErrBadChange = errors.New("bad change")

	// ErrLength is wrapped if a change does not fit the length of a text or of
	// another change, or if the result would exceed MaxLen.
	ErrLength = errors.New("length mismatch")

	// ErrBadText is wrapped if a string cannot be text: it is not valid UTF-8, or
	// contains a character that no line may have.
	ErrBadText = errors.New("bad text")
)

func lengthError(op string, want, got int) error {
	return fmt.Errorf("%s: change is for %d units, not %d: %w", op, want, got, ErrLength)
}

func tooLongError(op string, n int64) error {
	return fmt.Errorf("%s: the text would be %d units long, over %d: %w", op, n, MaxLen, ErrLength)
}
