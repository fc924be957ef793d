package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parodywave/projection"

	"golang.org/x/text/unicode/norm"
)

// noName is what somebody is called whose name elsewhere was none.
const noName = "unnamed"

// namesShown is how many names a note lists.
const namesShown = 10

// nameNotes tells of the thread's authors whose names here are not what they were
// in the pad, and of names that several of them have.
func (m *padImport) nameNotes(t *projection.Thread) []string {
	took := map[string]int{} // how many have a name here
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
	note(none, "%d authors have no name in the pad: here they are %s", noName)
	note(normal, "%d names of authors are in Unicode's normal form NFC here, and look the same")
	note(len(changed), "%d names of authors are not as names are kept here, and are changed: %s", listed(changed))
	note(len(doubled), "%d names are those of several authors, who stay several: %s; blame --json tells their ids apart", listed(doubled))
	return notes
}

// listed writes a list out that may be long.
func listed(all []string) string {
	if more := len(all) - namesShown; more > 0 {
		return strings.Join(all[:namesShown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(all, ", ")
}
