package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// The table and the sentence of docs/reliability.md stand between such lines.
const (
	beginMark = "<!-- torture %s: begin -->\n"
	endMark   = "<!-- torture %s: end -->\n"
)

// writePage writes the figures of all results below root into docs/reliability.md.
func writePage(root string) error {
	path := filepath.Join(root, "docs", "reliability.md")
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sums := map[string]sum{}
	for _, r := range rows {
		all, err := readResults(filepath.Join(root, "docs", "torture", r.name+".ndjson"))
		if err != nil {
			return err
		}
		sums[r.name] = sumOf(all)
	}
	text := string(page)
	for name, section := range map[string]string{"sentence": sentence(sums), "table": tableOf(sums)} {
		if text, err = splice(text, name, section); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// splice puts a section between its two marks.
func splice(page, name, section string) (string, error) {
	begin, end := fmt.Sprintf(beginMark, name), fmt.Sprintf(endMark, name)
	before, rest, ok1 := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return "", errors.New("the page must have the marks of the " + name + ", in order")
	}
	return before + begin + section + end + after, nil
}

// A sum is the sum of a row's results.
type sum struct {
	rounds, tried, acked, lost          int
	controls, controlTried, controlLost int
	blind                               int // controls that lost nothing
	seconds                             float64
	details                             map[string]int
	versions                            []string
}

func sumOf(all []result) sum {
	s := sum{details: map[string]int{}}
	for _, r := range all {
		if r.Control {
			s.controls++
			s.controlTried += r.Tried
			s.controlLost += r.Lost
			if r.Lost == 0 {
				s.blind++
			}
			continue
		}
		s.rounds++
		s.tried += r.Tried
		s.acked += r.Acked
		s.lost += r.Lost
		s.seconds += r.Seconds
		for k, v := range r.Details {
			if strings.HasPrefix(k, "most ") {
				s.details[k] = max(s.details[k], v)
			} else {
				s.details[k] += v
			}
		}
		if !slices.Contains(s.versions, r.Version) {
			s.versions = append(s.versions, r.Version)
		}
	}
	return s
}

var english = message.NewPrinter(language.English)

// sentence returns the figures of all rows in one sentence.
func sentence(sums map[string]sum) string {
	var faults []string
	acked, lost, controls, blind := 0, 0, 0, 0
	for _, r := range rows {
		s := sums[r.name]
		if s.rounds > 0 {
			faults = append(faults, english.Sprintf("%d %s", s.tried, r.unit))
		}
		acked, lost, controls, blind = acked+s.acked, lost+s.lost, controls+s.controls, blind+s.blind
	}
	if len(faults) == 0 {
		return "No row has run yet.\n"
	}
	return english.Sprintf("%s: of %d acknowledged edits %d were lost, and %d of %d controls, which must lose, did.\n",
		strings.Join(faults, ", "), acked, lost, controls-blind, controls)
}

// tableOf returns the table of all rows.
func tableOf(sums map[string]sum) string {
	var b strings.Builder
	b.WriteString("| fault | tried | lost | control | seconds | command |\n|---|--:|--:|---|--:|---|\n")
	var notes strings.Builder
	for _, r := range rows {
		s := sums[r.name]
		command := "`make torture ROW=" + r.name + "`"
		if s.rounds == 0 {
			fmt.Fprintf(&b, "| %s | not run | | %s | | %s |\n", r.fault, r.lie, command)
			continue
		}
		control := english.Sprintf("%s: %d lost in %d", r.lie, s.controlLost, s.controlTried)
		if s.blind > 0 {
			control += fmt.Sprintf("; **%d of %d controls lost nothing**", s.blind, s.controls)
		}
		lost := english.Sprintf("%d", s.lost)
		if s.lost > 0 {
			lost = "**" + lost + "**"
		}
		b.WriteString(english.Sprintf("| %s | %d %s | %s | %s | %.0f | %s |\n", r.fault, s.tried, r.unit, lost, control, s.seconds, command))
		fmt.Fprintf(&notes, "- `%s`: %s\n", r.name, s.note())
	}
	return b.String() + "\nBeside them:\n\n" + notes.String()
}

func (s sum) note() string {
	parts := []string{english.Sprintf("%d rounds", s.rounds)}
	if s.acked > 0 {
		parts = append(parts, english.Sprintf("%d acknowledged edits", s.acked))
	}
	for _, k := range slices.Sorted(maps.Keys(s.details)) {
		if k == inStates {
			parts = append(parts, english.Sprintf("%d states a second", s.tried*1000/max(1, s.details[k])))
			continue
		}
		parts = append(parts, english.Sprintf("%s: %d", k, s.details[k]))
	}
	return strings.Join(parts, "; ") + "; " + strings.Join(s.versions, ", ")
}
