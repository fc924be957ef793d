package search

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"parodywave/eventlog/ot"

	"golang.org/x/text/unicode/norm"
)

// ErrPattern is wrapped by the errors of Fixed and Expression.
var ErrPattern = errors.New("pattern")

// A Pattern is what to search for. It matches at least one character and no line
// break. It must not be used by two goroutines at once.
type Pattern struct {
	fixed []uint16 // of a fixed string; in lower case if fold is set
	fold  bool

	re    *regexp.Regexp // of an expression
	needs []uint16       // text that every match contains; empty if none is known
	// reach is how many units a match has at most, if only these decide whether it
	// is one; 0 if there is no such number.
	reach int
	// in has the units that can be in a match; nil if all can.
	in   *[1 << 16]bool
	utf8 []byte // memory for find
}

// local reports whether a match can be found without the whole line.
func (p *Pattern) local() bool { return p.reach > 0 || p.in != nil }

// Fixed returns the pattern that matches s itself; with fold, upper and lower case
// are the same, and s matches in the normal forms NFC and NFD of Unicode, too: a Korean
// file name of macOS is in NFD.
func Fixed(s string, fold bool) (*Pattern, error) {
	units, err := ot.Units(s)
	if fold {
		if forms := formsOf(s); len(forms) > 1 && err == nil && !slices.Contains(units, '\n') {
			return Expression(strings.Join(forms, "|"), true)
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w %q: %w", ErrPattern, s, err)
	case len(units) == 0:
		return nil, fmt.Errorf("%w %q is empty", ErrPattern, s)
	case slices.Contains(units, '\n'):
		return nil, fmt.Errorf("%w %q contains a line break: a match is within one line", ErrPattern, s)
	case fold && len(units) != utf8.RuneCountInString(s): // surrogate pairs do not fold unit by unit
		return Expression(regexp.QuoteMeta(s), true)
	}
	p := &Pattern{fixed: units, fold: fold, reach: len(units)}
	if fold {
		for i, u := range units {
			units[i] = folded(u)
		}
	}
	return p, nil
}

// formsOf returns s in its form and in others of Unicode, as expressions.
func formsOf(s string) []string {
	var forms []string
	for _, form := range []string{s, norm.NFC.String(s), norm.NFD.String(s)} {
		if form = regexp.QuoteMeta(form); !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// Expression returns the pattern of a regular expression in the syntax of RE2; ^
// and $ are the ends of a line.
func Expression(s string, fold bool) (*Pattern, error) {
	if fold {
		s = "(?i:" + s + ")"
	}
	tree, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPattern, err)
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPattern, err)
	}
	if shortest(tree) == 0 {
		return nil, fmt.Errorf("%w %q matches where there is no character", ErrPattern, s)
	}
	p := &Pattern{re: re}
	if p.needs, err = ot.Units(needed(tree)); err != nil { // half of a surrogate pair, which no text has
		p.needs = nil
	}
	if n := longest(tree); n > 0 && n <= 256 && !looksAround(tree) {
		p.reach = n
		return p, nil
	}
	p.in = unitsOfMatches(tree)
	return p, nil
}

// Matches returns where the pattern matches in a line, in UTF-16 units.
func (p *Pattern) Matches(line string) (all [][2]int) {
	units, err := ot.Units(line)
	if err != nil {
		return nil
	}
	for _, m := range p.find(nil, units) {
		all = append(all, [2]int{m.from, m.to})
	}
	return all
}

// find appends the matches in units.
func (p *Pattern) find(dst []span, units []uint16) []span {
	if p.re == nil {
		return p.findFixed(dst, units)
	}
	if len(p.needs) > 0 && !contains(units, p.needs) {
		return dst
	}
	text, ascii := p.utf8[:0], true
	for i := 0; i < len(units); i++ {
		u := units[i]
		if u < utf8.RuneSelf {
			text = append(text, byte(u))
			continue
		}
		ascii = false
		r := rune(u)
		if utf16.IsSurrogate(r) && i+1 < len(units) {
			r = utf16.DecodeRune(r, rune(units[i+1]))
			i++
		}
		text = utf8.AppendRune(text, r)
	}
	p.utf8 = text
	at, unit := 0, 0
	for _, m := range p.re.FindAllIndex(text, -1) {
		if m[0] == m[1] {
			continue
		}
		if ascii {
			dst = append(dst, span{m[0], m[1]})
			continue
		}
		from := unit + unitsIn(text[at:m[0]])
		unit = from + unitsIn(text[m[0]:m[1]])
		at = m[1]
		dst = append(dst, span{from, unit})
	}
	return dst
}

// contains reports whether needle, which is not empty, is in units.
func contains(units, needle []uint16) bool {
	first := needle[0]
	for i, last := 0, len(units)-len(needle); i <= last; i++ {
		if units[i] == first && slices.Equal(units[i:i+len(needle)], needle) {
			return true
		}
	}
	return false
}

func (p *Pattern) findFixed(dst []span, units []uint16) []span {
	n, first := len(p.fixed), p.fixed[0]
	for i := 0; i+n <= len(units); {
		if u := units[i]; u != first && (!p.fold || folded(u) != first) || !p.isFixed(units[i:i+n]) {
			i++
			continue
		}
		dst = append(dst, span{i, i + n})
		i += n
	}
	return dst
}

func (p *Pattern) isFixed(units []uint16) bool {
	if !p.fold {
		return slices.Equal(units, p.fixed)
	}
	for i, u := range units {
		if folded(u) != p.fixed[i] {
			return false
		}
	}
	return true
}

// folded returns the least unit that differs from u in case only.
func folded(u uint16) uint16 {
	if u < utf8.RuneSelf && (u < 'A' || u > 'z') {
		return u
	}
	least := rune(u)
	for r := unicode.SimpleFold(least); r != rune(u); r = unicode.SimpleFold(r) {
		least = min(least, r)
	}
	return uint16(least)
}

func unitsIn(text []byte) (n int) {
	for _, r := range string(text) {
		n += utf16.RuneLen(r)
	}
	return n
}

// String returns the pattern as it was written, for messages.
func (p *Pattern) String() string {
	if p.re != nil {
		return p.re.String()
	}
	return strings.ToValidUTF8(ot.String(p.fixed), "�")
}
