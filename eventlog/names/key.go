package names

import (
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Key returns what two names have in common that differ only in their Unicode form or
// in upper and lower case.
func Key(s string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))
}

// Exact returns the name of a list that is asked for: the equal one or, if there is none
// and all names with the Key are one, that one. Otherwise it is what was asked for.
func Exact(asked string, list []string) string {
	found := Pick(asked, list, func(name string) string { return name })
	for _, name := range found {
		if name != found[0] {
			return asked
		}
	}
	if len(found) == 0 {
		return asked
	}
	return found[0]
}

// Pick returns the elements of a list whose name is s or, if there is none, those whose
// name has the Key of s.
func Pick[T any](s string, list []T, name func(T) string) []T {
	var equal, alike []T
	key := Key(s)
	for _, e := range list {
		if n := name(e); n == s {
			equal = append(equal, e)
		} else if Key(n) == key {
			alike = append(alike, e)
		}
	}
	if equal != nil {
		return equal
	}
	return alike
}
