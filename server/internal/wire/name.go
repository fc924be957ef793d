package wire

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// CleanUser returns a user's name as the log keeps it: in Unicode normal form
// NFC and without white space at its ends. A refused name is BadValue.
func CleanUser(name string, limits Limits) (string, *Error) {
	return cleanName("user", name, limits.User)
}

// CleanTitle is CleanUser for the title of a thread.
func CleanTitle(title string, limits Limits) (string, *Error) {
	return cleanName("title", title, limits.Title)
}

// CleanVersion is CleanUser for the name of a version, with the same limit.
// Package authority refuses names that could be mistaken for revisions or
// times.
func CleanVersion(name string, limits Limits) (string, *Error) {
	return cleanName("name", name, limits.User)
}

func cleanName(field, s string, most int) (string, *Error) {
	// Check this before doing work in proportion to s. NFC never makes fewer
	// than one code point of a base character and its marks, and no name needs
	// 16 code points for a character.
	if len(s) > 16*utf8.UTFMax*most {
		return "", Errorf(BadValue, "%q is %d bytes long: send at most %d characters", field, len(s), most)
	}
	if !utf8.ValidString(s) {
		return "", Errorf(BadValue, "%q is not UTF-8", field)
	}
	for _, r := range s {
		if misleads(r) {
			return "", Errorf(BadValue, "%q contains the control character %U: leave it out", field, r)
		}
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if n := utf8.RuneCountInString(s); n > most {
		return "", Errorf(BadValue, "%q has %d characters: send at most %d", field, n, most)
	}
	if strings.IndexFunc(s, seen) < 0 {
		return "", Errorf(BadValue, "%q has no visible character: send at least one", field)
	}
	return s, nil
}

// misleads reports whether r would break a name over lines or change the
// direction of the text after it.
func misleads(r rune) bool {
	return unicode.Is(unicode.Cc, r) ||
		r == '\u2028' || r == '\u2029' || // line and paragraph separator
		r >= '\u202a' && r <= '\u202e' || // embeddings and overrides
		r >= '\u2066' && r <= '\u2069' // isolates
}

// seen reports whether r is visible by itself. Code points that the tables do
// not know yet count as visible: they may be new emoji.
func seen(r rune) bool {
	return r != '\u2800' && // a Braille cell without dots
		!unicode.In(r, unicode.Z, unicode.Cf, unicode.Mn, unicode.Me,
			unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
