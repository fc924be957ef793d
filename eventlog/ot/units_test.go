package ot

import (
	"errors"
	"slices"
	"testing"
	"unicode/utf16"
)

func TestUnitsAndStringAreInverse(t *testing.T) {
	for _, s := range []string{"", "a", "é한", "😀", "a\n\u2028\ufffd\ufeff", "\U0010ffff"} {
		u, err := Units(s)
		if err != nil || !slices.Equal(u, utf16.Encode([]rune(s))) {
			t.Errorf("Units(%q) = %x, %v", s, u, err)
		}
		if String(u) != s || Len(s) != len(u) {
			t.Errorf("%q: String gives %q, Len %d for %d units", s, String(u), Len(s), len(u))
		}
	}
}

func TestUnitsRefusesInvalidUTF8(t *testing.T) {
	for _, s := range []string{"a\xff", "\xed\xa0\x80", "\xc3", "\xc0\x80", "\xf4\x90\x80\x80"} {
		if u, err := Units(s); !errors.Is(err, ErrBadText) || u != nil {
			t.Errorf("Units(%q) = %x, %v", s, u, err)
		}
		if err := ValidLine(s); !errors.Is(err, ErrBadText) {
			t.Errorf("ValidLine(%q) = %v", s, err)
		}
	}
}

func TestStringMendsLoneSurrogates(t *testing.T) {
	if got := String([]uint16{0xd83d, 'a', 0xde00, 0xd83d}); got != "\ufffda\ufffd\ufffd" {
		t.Errorf("got %q", got)
	}
}

func TestValidLineRefusesBreaksAndNUL(t *testing.T) {
	for s, valid := range map[string]bool{"": true, "a\tb\u2028\x01\ufffd": true, "a\n": false, "\r": false, "a\x00": false} {
		if err := ValidLine(s); (err == nil) != valid || err != nil && !errors.Is(err, ErrBadText) {
			t.Errorf("ValidLine(%q) = %v", s, err)
		}
	}
}

func TestBoundaryIsNotInsideAPair(t *testing.T) {
	u := append(units("a😀"), 0xdc00)
	for pos, want := range map[int]bool{-1: false, 0: true, 1: true, 2: false, 3: true, 4: true, 5: false} {
		if got := Boundary(u, pos); got != want {
			t.Errorf("Boundary(%d) = %t", pos, got)
		}
	}
}
