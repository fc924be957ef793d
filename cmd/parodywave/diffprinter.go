package main

import (
	"fmt"
	"strings"

	"parodywave/projection"
	"parodywave/projection/linediff"
)

// A diffPrinter prints a comparison as a unified diff.
type diffPrinter struct {
	a       *app
	s       *source
	c       *projection.Diff
	words   bool
	colours bool
	hidden  bool // an invisible character was escaped
}

// show returns a part of a line as it is printed.
func (p *diffPrinter) show(text string) string {
	p.hidden = p.hidden || hides(text, true)
	return visibleLine(text)
}

// in returns text in a colour, if the output has colours.
func (p *diffPrinter) in(colour, text string) string {
	if !p.colours {
		return text
	}
	return colour + text + normal
}

func (p *diffPrinter) head() {
	title := visible(p.c.Thread.Title)
	fmt.Fprintln(p.a.out, p.in(bold, fmt.Sprintf("--- %s@%d\t%s", title, p.c.From, stamp(p.c.FromTime))))
	fmt.Fprintln(p.a.out, p.in(bold, fmt.Sprintf("+++ %s@%d\t%s", title, p.c.To, stamp(p.c.ToTime))))
}

func (p *diffPrinter) hunk(h diffHunk) {
	old, new := 0, 0
	for i := h.from; i < h.to; i++ {
		old, new = count(&p.c.Lines[i], old, new)
	}
	fmt.Fprintln(p.a.out, p.in(cyan, "@@ -"+place(h.old, old)+" +"+place(h.new, new)+" @@"))
	first := -1 // line of the group that is being printed
	for i := h.from; i < h.to; i++ {
		l := &p.c.Lines[i]
		if p.merged(i) {
			continue
		}
		if first >= 0 && !p.groups(first, i) {
			p.who(first, i)
			first = -1
		}
		if first < 0 && l.Kind != 0 {
			first = i
		}
		fmt.Fprintln(p.a.out, p.line(i))
		if l.Open {
			fmt.Fprintln(p.a.out, `\ no line break at the end`)
		}
	}
	if first >= 0 {
		p.who(first, h.to)
	}
}

// merged reports whether line i is printed together with the line it became.
func (p *diffPrinter) merged(i int) bool {
	return p.words && p.c.Lines[i].Kind < 0 && p.c.Lines[i].Pair >= 0
}

// place formats a range of n lines after some lines.
func place(before, n int) string {
	if n > 0 {
		before++
	}
	return fmt.Sprintf("%d,%d", before, n)
}

// groups reports whether line i belongs to the group that begins with line first:
// the lines of a group share a line with #.
func (p *diffPrinter) groups(first, i int) bool {
	a, b := &p.c.Lines[first], &p.c.Lines[i]
	return a.Kind == b.Kind && a.How == b.How && a.By.Author == b.By.Author && (!p.words || a.Pair >= 0 == (b.Pair >= 0))
}

// who prints the line with # of a group: the lines from from to to of the first
// one's kind.
func (p *diffPrinter) who(from, to int) {
	first := &p.c.Lines[from]
	least, last := first.By, first.By
	for i := from; i < to; i++ {
		by := p.c.Lines[i].By
		if p.c.Lines[i].Kind != first.Kind || p.merged(i) {
			continue
		}
		if by.Revision < least.Revision {
			least = by
		}
		if by.Revision > last.Revision {
			last = by
		}
	}
	revisions := fmt.Sprint(last.Revision)
	if least.Revision < last.Revision {
		revisions = fmt.Sprintf("%d-%d", least.Revision, last.Revision)
	}
	name := visibleName(p.s.name(p.c.Thread.Authors()[last.Author]))
	fmt.Fprintln(p.a.out, p.in(faint, fmt.Sprintf("# %s  %s  %s  %s", revisions, stamp(last.Time), name, first.How)))
}

// line returns line i with its sign.
func (p *diffPrinter) line(i int) string {
	l := &p.c.Lines[i]
	colour := []string{red, "", green}[l.Kind+1]
	switch {
	case l.Kind == 0:
		return " " + p.show(l.Text)
	case l.Pair < 0 || !p.words && !p.colours:
		return p.in(colour, sign(l)+p.show(l.Text))
	}
	parts := linediff.Words(p.c.Lines[l.Pair].Text, l.Text)
	if p.words {
		return "~" + p.together(parts)
	}
	var b strings.Builder
	if l.Kind < 0 {
		parts = linediff.Words(l.Text, p.c.Lines[l.Pair].Text)
	}
	b.WriteString(colour + sign(l))
	for _, w := range parts {
		switch w.Kind {
		case 0:
			b.WriteString(p.show(w.Text))
		case l.Kind:
			b.WriteString(backwards + p.show(w.Text) + normal + colour)
		}
	}
	return b.String() + normal
}

// together returns a changed line with its deleted and inserted words marked.
func (p *diffPrinter) together(parts []linediff.Part) string {
	var b strings.Builder
	for _, w := range parts {
		text := p.show(w.Text)
		switch w.Kind {
		case 0:
			b.WriteString(text)
		case -1:
			b.WriteString(p.in(red, "[-"+text+"-]"))
		case 1:
			b.WriteString(p.in(green, "{+"+text+"+}"))
		}
	}
	return b.String()
}
