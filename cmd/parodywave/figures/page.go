package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	begin = "<!-- figures: begin -->\n"
	end   = "<!-- figures: end -->\n"
)

var errMarkers = errors.New("the markers are not there, or not in order, or not once")

// splice puts a section between the markers of a page.
func splice(page, section string) (string, error) {
	before, rest, ok1 := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 || strings.Contains(after, begin) || strings.Contains(after, end) || strings.Contains(before, end) {
		return "", errMarkers
	}
	return before + begin + section + end + after, nil
}

// section returns all that stands between the markers.
func (r *results) section() string {
	var b strings.Builder
	b.WriteString("\n")
	for _, c := range r.conditions {
		fmt.Fprintf(&b, "- %s\n", c)
	}
	if len(r.foreign) > 0 {
		fmt.Fprintf(&b, "- processor time of all other processes meanwhile, in percent of a core, by part: %s\n", strings.Join(r.foreign, ", "))
	}
	b.WriteString("\n" + r.table(true) + "\n")
	if d := r.details(); d != "" {
		b.WriteString("Beside them:\n\n" + d + "\n")
	}
	return b.String()
}

// table returns the figures that were measured; with all, also those that were
// not.
func (r *results) table(all bool) string {
	var b strings.Builder
	b.WriteString("| what | measured | good | aim | of the aim |\n|---|--:|--:|--:|--:|\n")
	for _, w := range rows {
		v, ok := r.median(w.bench, w.metric)
		if !ok && !all {
			continue
		}
		scale := w.scale
		if scale == 0 {
			scale = 1
		}
		measured, good, aim, share := "not measured", "", "", ""
		if ok {
			measured = digits(v*scale) + " " + w.unit
		}
		if w.good != 0 {
			good, aim = digits(w.good)+" "+w.unit, digits(w.aim)+" "+w.unit
		}
		if ok && w.good != 0 {
			share = w.share(v * scale)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", w.what, measured, good, aim, share)
	}
	return b.String()
}

// share says how much of the aim a value reaches, and where it is not good.
func (w row) share(v float64) string {
	share, good := v/w.aim, v >= w.good
	if w.less {
		good = v <= w.good
		if v <= 0 {
			return "∞"
		}
		share = w.aim / v
	}
	s := strconv.FormatFloat(share, 'f', 2, 64)
	if !good {
		s += " (not good)"
	}
	return s
}

func (r *results) details() string {
	var b strings.Builder
	for _, d := range details {
		if v, ok := r.median(d.bench, d.metric); ok {
			fmt.Fprintf(&b, "| %s | %s %s |\n", d.what, digits(v), d.unit)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "| | |\n|---|--:|\n" + b.String()
}

// digits returns a number with three significant digits, none after the point
// from a hundred on.
func digits(v float64) string {
	switch {
	case v >= 100 || v <= -100:
		s := strconv.FormatFloat(v, 'f', 0, 64)
		for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
		return s
	case v >= 10 || v <= -10:
		return trim(strconv.FormatFloat(v, 'f', 1, 64))
	}
	return trim(strconv.FormatFloat(v, 'f', 2, 64))
}

func trim(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
