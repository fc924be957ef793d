package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestEveryCodeHasItsRow(t *testing.T) {
	all := []Code{BadJSON, BadMessage, UnknownType, BadValue, BadChange, NotJoined, NotFound, Forbidden,
		ReadOnly, TooLarge, TooMany, RateLimited, Stale, Unavailable}
	n := 0
	for code, meaning := range Codes() {
		if n >= len(all) || code != all[n] {
			t.Fatalf("row %d is %q", n, code)
		}
		if meaning == "" || code.Status() < 400 || code.Status() == 500 {
			t.Errorf("%s: %q, %d", code, meaning, code.Status())
		}
		n++
	}
	if n != len(all) {
		t.Errorf("%d rows, %d codes", n, len(all))
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
