package projection_test

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog/ot"
)

// A writer makes up the next line of a script for a text.
type writer struct {
	draw source
	text []uint16
	ot.Builder
	at int // how much of the text the builder has dealt with
}

// nextLine makes up what happens to text next.
func nextLine(draw source, text []uint16, written bool) string {
	w := &writer{draw: draw, text: text}
	return []string{"ana", "ben", "cem"}[draw(3)] + " " + w.what(written)
}

func (w *writer) what(written bool) string {
	lines := len(w.lines())
	switch n := w.draw(24); {
	case n == 0 && written:
		from := w.draw(lines)
		return fmt.Sprintf("submit %d %d", from, from+w.draw(min(3, lines-from)))
	case n == 1 && len(w.text) > 0:
		from := w.boundary(w.draw(len(w.text)))
		return fmt.Sprintf("redact %d %d", from, w.boundary(min(len(w.text), from+1+w.draw(8))))
	case n == 2:
		return []string{"rename", "version"}[w.draw(2)]
	}
	edits := []func(){
		w.typeSome, w.typeSome, w.enter, w.backspace, w.join, w.join, w.replace, w.replace, w.paste, w.paste,
		w.altArrow, w.altArrow, w.moveBlock, w.moveBlock, w.shuffle, w.rewrite, w.duplicate, w.clear, w.clear,
		w.everyLine, w.substitute, w.patchwork, w.patchwork, w.patchwork, w.deleteLines, func() {},
	}
	edits[w.draw(len(edits))]()
	w.keepTo(len(w.text))
	return w.Change().String()
}

// keepTo, edit and insertAt work from left to right.
func (w *writer) keepTo(pos int) { w.Keep(pos - w.at); w.at = pos }

func (w *writer) edit(from, to int, insert string) {
	w.keepTo(from)
	w.at = to
	if to > from && w.draw(4) == 0 { // the same in two sections
		w.Delete(to - from)
		w.Insert(units(insert))
		return
	}
	w.Replace(to-from, units(insert))
}

func (w *writer) insertAt(pos int, s string) { w.edit(pos, pos, s) }

func units(s string) []uint16 {
	u, err := ot.Units(s)
	if err != nil {
		panic(err)
	}
	return u
}

// boundary is pos, or the next position that cuts no pair.
func (w *writer) boundary(pos int) int {
	for !ot.Boundary(w.text, pos) {
		pos++
	}
	return pos
}

func (w *writer) pos() int { return w.boundary(w.draw(len(w.text) + 1)) }

// near is a boundary not far behind from.
func (w *writer) near(from int) int {
	return w.boundary(from + w.draw(min(len(w.text)-from, 1+w.draw(20))+1))
}

// lines lists where the lines of the text lie.
func (w *writer) lines() []stretch {
	var all []stretch
	from := 0
	for i, u := range w.text {
		if u == '\n' {
			all = append(all, stretch{from, i})
			from = i + 1
		}
	}
	return append(all, stretch{from, len(w.text)})
}

func (w *writer) string(s stretch) string { return ot.String(w.text[s.from:s.to]) }

// block is one to four neighbouring lines.
func (w *writer) block() (lines []stretch, i, n int) {
	lines = w.lines()
	i = w.draw(len(lines))
	return lines, i, 1 + w.draw(min(1+w.draw(4), len(lines)-i))
}

// line is a line of little imagination, so that many are equal; often it is
// one that stands in the text already.
func (w *writer) line() string {
	if w.draw(3) == 0 {
		lines := w.lines()
		return w.string(lines[w.draw(len(lines))])
	}
	return []string{"", "", " ", "\t ", "a", "b", "ab", "foo", "bar", "foo bar", "é", "한글", "😀", "x😀y", "a longer line"}[w.draw(15)]
}

func (w *writer) someLines(most int) string {
	var all []string
	for range 1 + w.draw(most) {
		all = append(all, w.line())
	}
	return strings.Join(all, "\n")
}

func (w *writer) typeSome() { w.insertAt(w.pos(), []string{"a", "b", " ", "😀", "foo"}[w.draw(5)]) }

func (w *writer) enter() {
	lines, i, _ := w.block()
	w.insertAt([]int{w.pos(), lines[i].from, lines[i].to}[w.draw(3)], "\n")
}

func (w *writer) backspace() {
	if from := w.pos(); from < len(w.text) {
		w.edit(from, w.boundary(from+1), "")
	}
}

func (w *writer) join() {
	lines, i, n := w.block()
	for _, l := range lines[i:min(i+n, len(lines)-1)] {
		w.edit(l.to, l.to+1, "")
	}
}

func (w *writer) replace() {
	from := w.pos()
	w.edit(from, w.near(from), w.someLines(2))
}

func (w *writer) paste() {
	s := w.someLines(4)
	switch lines, i, _ := w.block(); w.draw(3) {
	case 0:
		w.insertAt(lines[i].from, s+"\n")
	case 1:
		w.insertAt(lines[i].to, "\n"+s)
	default:
		w.insertAt(w.pos(), s)
	}
}

// altArrow moves a block one line up or down as CodeMirror does it: by moving
// the neighbour.
func (w *writer) altArrow() {
	lines, i, n := w.block()
	first, last := lines[i], lines[i+n-1]
	if up := w.draw(2) == 0; up && i > 0 {
		prev := lines[i-1]
		w.edit(prev.from, first.from, "")
		w.insertAt(last.to, "\n"+w.string(prev))
	} else if !up && i+n < len(lines) {
		next := lines[i+n]
		w.insertAt(first.from, w.string(next)+"\n")
		w.edit(last.to, next.to, "")
	}
}

// moveBlock takes a block of lines elsewhere.
func (w *writer) moveBlock() {
	lines, i, n := w.block()
	from, to := lines[i].from, lines[i+n-1].to
	s := w.string(stretch{from, to})
	if above := w.draw(2) == 0; above && i > 0 {
		w.putBlock(lines[w.draw(i)], s)
		w.cutBlock(from, to)
	} else if !above && i+n < len(lines) {
		w.cutBlock(from, to)
		if target := lines[i+n+w.draw(len(lines)-i-n)]; target.from > w.at {
			w.putBlock(target, s)
		} else {
			w.insertAt(target.to, "\n"+s)
		}
	}
}

func (w *writer) putBlock(target stretch, s string) {
	if w.draw(2) == 0 {
		w.insertAt(target.from, s+"\n")
	} else {
		w.insertAt(target.to, "\n"+s)
	}
}

// cutBlock deletes a block with the break behind it, or else the one before.
func (w *writer) cutBlock(from, to int) {
	switch {
	case to < len(w.text) && (from <= w.at || w.draw(2) == 0):
		w.edit(from, to+1, "")
	case from > w.at:
		w.edit(from-1, to, "")
	default:
		w.edit(from, to, "")
	}
}

// shuffle writes some or all lines anew in another order.
func (w *writer) shuffle() {
	lines, i, n := w.block()
	if w.draw(2) == 0 {
		i, n = 0, len(lines)
	}
	var all []string
	for _, l := range lines[i : i+n] {
		all = append(all, w.string(l))
	}
	if w.draw(2) == 0 {
		slices.Sort(all)
	} else {
		for i := range all {
			j := w.draw(i + 1)
			all[i], all[j] = all[j], all[i]
		}
	}
	w.edit(lines[i].from, lines[i+n-1].to, strings.Join(all, "\n"))
}

// rewrite replaces the whole text, by the same lines with some altered.
func (w *writer) rewrite() {
	var all []string
	for _, l := range w.lines() {
		switch w.draw(6) {
		case 0:
		case 1:
			all = append(all, w.line())
		case 2:
			all = append(all, w.string(l), w.line())
		default:
			all = append(all, w.string(l))
		}
	}
	w.edit(0, len(w.text), strings.Join(all, "\n"))
}

func (w *writer) duplicate() {
	lines, i, n := w.block()
	from, to := lines[i].from, lines[i+n-1].to
	if s := w.string(stretch{from, to}); w.draw(2) == 0 {
		w.insertAt(from, s+"\n")
	} else {
		w.insertAt(to, "\n"+s)
	}
}

// clear empties lines, or writes something else into them.
func (w *writer) clear() {
	lines, i, n := w.block()
	for _, l := range lines[i : i+n] {
		w.edit(l.from, l.to, []string{"", "bar", w.line()}[w.draw(3)])
	}
}

// everyLine does something to the beginning or the end of each line.
func (w *writer) everyLine() {
	lines, i, n := w.block()
	for _, l := range lines[i : i+n] {
		w.insertAt([]int{l.from, l.to}[w.draw(2)], []string{"  ", "\n", "# "}[w.draw(3)])
	}
}

// substitute writes x for every a; breaks are written for the first few only,
// since the oracle is slow with thousands of lines.
func (w *writer) substitute() {
	with, left := []string{"x", "", "a", "\n"}[w.draw(4)], len(w.text)
	if with == "\n" {
		left = 50
	}
	for i, u := range w.text {
		if u == 'a' && left > 0 {
			w.edit(i, i+1, with)
			left--
		}
	}
}

func (w *writer) deleteLines() {
	lines, i, n := w.block()
	w.cutBlock(lines[i].from, lines[i+n-1].to)
}

// patchwork is any change of up to six sections.
func (w *writer) patchwork() {
	for range 1 + w.draw(6) {
		from := w.near(w.at)
		to := from
		if w.draw(3) > 0 {
			to = w.near(from)
		}
		s := ""
		if w.draw(3) > 0 {
			s = w.someLines(3)
		}
		w.edit(from, to, s)
	}
}
