package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestEveryCodeHasAStatus(t *testing.T) {
	all := []Code{BadJSON, BadMessage, UnknownType, BadValue, BadChange, NotJoined, NotFound, Forbidden,
		ReadOnly, TooLarge, TooMany, RateLimited, Stale, BaseRequired, Unknown, Unavailable}
	for _, code := range all {
		if status := Statuses[code]; status < 400 || status == 500 || code.Status() != status {
			t.Errorf("%s: %d and %d", code, status, code.Status())
		}
	}
	if n := len(Statuses); n != len(all) {
		t.Errorf("%d have a status, and there are %d", n, len(all))
	}
	if Code("other").Status() != 500 {
		t.Error("an unknown code has a status of its own")
	}
}

func TestErrorsMatchByCode(t *testing.T) {
	err := fmt.Errorf("push: %w", &Error{Code: Stale, Text: "a", Re: "update", Head: 3})
	if !errors.Is(err, &Error{Code: Stale}) || errors.Is(err, &Error{Code: Forbidden}) {
		t.Error("errors.Is does not go by the code")
	}
}
