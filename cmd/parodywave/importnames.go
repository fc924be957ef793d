package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parodywave/projection"

	"golang.org/x/text/unicode/norm"
)

// noName is the name of an imported author without one.
const noName = "unnamed"

// namesShown bounds the names in a note.
const namesShown = 10

// nameNotes returns notes about authors whose names differ from the pad's, and
// about names that several authors share.
func (m *padImport) nameNotes(t *projection.Thread) []string {
	took := map[string]int{} // authors by name
	var none, normal int
	var changed, doubled, notes []string
	for _, who := range slices.Sorted(maps.Keys(m.ids)) {
		id, was := m.ids[who], m.pad.Authors[who]
		if !slices.Contains(t.Authors(), id) {
			continue
		}
		is := m.names[id]
		took[is]++
		switch {
		case strings.TrimSpace(was) == "":
			none++
		case is == was:
		case is == norm.NFC.String(was):
			normal++
		default:
			changed = append(changed, fmt.Sprintf("%.200q is %q", was, is))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(took)) {
		if took[name] > 1 {
			doubled = append(doubled, fmt.Sprintf("%q %d", name, took[name]))
		}
	}
	note := func(n int, format string, args ...any) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, append([]any{n}, args...)...))
		}
	}
	note(none, "%d authors have no name in the pad: they are called %s here", noName)
	note(normal, "%d author names were converted to Unicode normal form NFC; they look the same")
	note(len(changed), "%d author names are not valid here and were changed: %s", listed(changed))
	note(len(doubled), "%d names belong to several authors, who stay separate: %s; blame --json shows their ids", listed(doubled))
	return notes
}

// listed joins the first names of a list, and counts the others.
func listed(all []string) string {
	if more := len(all) - namesShown; more > 0 {
		return strings.Join(all[:namesShown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(all, ", ")
}
