package intake

import (
	"strings"
	"unicode/utf8"

	"parodywave/eventlog/names"

	"golang.org/x/text/unicode/norm"
)

// Name returns the name of an author or a version of another program in a form
// that Check accepts: without the characters that no name may have, and
// shortened if it is too long. It returns otherwise if nothing visible is left.
func Name(name, otherwise string) string {
	return fit(name, otherwise, names.AuthorMost, names.Author)
}

// Title is Name for the title of a thread.
func Title(title, otherwise string) string {
	return fit(title, otherwise, names.TitleMost, names.Title)
}

func fit(name, otherwise string, most int, clean func(string) (string, error)) string {
	name = strings.Map(func(r rune) rune {
		if _, bad := clean("x" + string(r)); bad != nil || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	runes := []rune(strings.TrimSpace(norm.NFC.String(name)))
	name, bad := clean(string(runes[:min(most, len(runes))]))
	if bad != nil {
		return otherwise
	}
	return name
}
