package names

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The most characters (code points) of a name.
const (
	TitleMost   = 200
	AuthorMost  = 64
	VersionMost = 64
)

// Title returns the title of a thread in its form.
func Title(s string) (string, error) { return Clean("title", s, TitleMost) }

// Author returns the name of an author in its form.
func Author(s string) (string, error) { return Clean("user", s, AuthorMost) }

// Version returns the name of a version in its form.
func Version(s string) (string, error) {
	s, err := Clean("name", s, VersionMost)
	if err != nil {
		return "", err
	}
	_, moment := Moment(s, time.Time{})
	switch {
	case strings.TrimFunc(s, unicode.IsDigit) == "":
		return "", fmt.Errorf("version %q looks like a revision: add a letter", s)
	case strings.Contains(s, "@"):
		return "", fmt.Errorf("version %q contains an @: leave it out", s)
	case strings.HasPrefix(s, "-"):
		return "", fmt.Errorf("version %q begins with a dash: leave it out", s)
	case moment:
		return "", fmt.Errorf("version %q looks like a time: add a word", s)
	}
	return s, nil
}

// Clean returns s in the form of a name of at most most characters. In errors it is
// called field.
func Clean(field, s string, most int) (string, error) {
	// Check this before doing work in proportion to s. NFC never makes fewer
	// than one code point of a base character and its marks, and no name needs
	// 16 code points for a character.
	if len(s) > 16*utf8.UTFMax*most {
		return "", fmt.Errorf("%q is %d bytes long: use at most %d characters", field, len(s), most)
	}
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%q is not UTF-8", field)
	}
	for _, r := range s {
		if misleads(r) {
			return "", fmt.Errorf("%q contains the control character %U: leave it out", field, r)
		}
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	if n := utf8.RuneCountInString(s); n > most {
		return "", fmt.Errorf("%q has %d characters: use at most %d", field, n, most)
	}
	if strings.IndexFunc(s, seen) < 0 {
		return "", fmt.Errorf("%q has no visible character: use at least one", field)
	}
	return s, nil
}

// ErrForm says that a name is acceptable in another form than its own.
var ErrForm = errors.New("the name is not in the normalized form that a log stores")

// InForm returns an error unless clean accepts s and leaves it as it is.
func InForm(s string, clean func(string) (string, error)) error {
	is, err := clean(s)
	if err == nil && is != s {
		err = fmt.Errorf("%.200q: %w", s, ErrForm)
	}
	return err
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
