package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

const (
	begin = "<!-- figures: begin -->\n"
	end   = "<!-- figures: end -->\n"
)

var errMarkers = errors.New("the page must have each marker once, in order")

// splice puts a section between the markers of a page.
func splice(page, section string) (string, error) {
	before, rest, ok1 := strings.Cut(page, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 || strings.Contains(after, begin) || strings.Contains(after, end) || strings.Contains(before, end) {
		return "", errMarkers
	}
	return before + begin + section + end + after, nil
}

// section returns the text between the markers.
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

// table returns the table of the figures that were measured; with all, also of the
// others.
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

// share formats the share of the aim that a value reaches, and marks a value that
// is not good enough.
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

// digits formats a number with up to three significant digits, and with no digits
// after the point from 100 on.
func digits(v float64) string {
	after := 2
	switch a := math.Abs(v); {
	case a >= 100:
		after = 0
	case a >= 10:
		after = 1
	}
	return message.NewPrinter(language.English).Sprint(number.Decimal(v, number.MaxFractionDigits(after)))
}
