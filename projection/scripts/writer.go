package scripts

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog/ot"
)

// A Writer makes up the next line of a script for a text.
type Writer struct {
	draw Source
	text []uint16
	ot.Builder
	at int // how much of the text the builder has dealt with
}

// A span is the units from..to of a text.
type span struct{ from, to int }

// NewWriter returns a writer for a text.
func NewWriter(draw Source, text []uint16) *Writer { return &Writer{draw: draw, text: text} }

// NextLine makes up what happens to text next.
func NextLine(draw Source, text []uint16, written bool) string {
	w := NewWriter(draw, text)
	return []string{"ana", "ben", "cem"}[draw(3)] + " " + w.what(written)
}

func (w *Writer) what(written bool) string {
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
		w.AltArrow, w.AltArrow, w.MoveBlock, w.MoveBlock, w.Shuffle, w.rewrite, w.duplicate, w.clear, w.clear,
		w.everyLine, w.substitute, w.patchwork, w.patchwork, w.patchwork, w.deleteLines, func() {},
	}
	edits[w.draw(len(edits))]()
	return w.Done().String()
}

// Done returns the change that was written.
func (w *Writer) Done() ot.Change {
	w.keepTo(len(w.text))
	return w.Change()
}

// keepTo and Edit work from left to right.
func (w *Writer) keepTo(pos int) { w.Keep(pos - w.at); w.at = pos }

// Edit replaces the units from..to.
func (w *Writer) Edit(from, to int, insert string) {
	w.keepTo(from)
	w.at = to
	if to > from && w.draw(4) == 0 { // the same in two sections
		w.Replace(to-from, nil)
		w.Replace(0, Units(insert))
		return
	}
	w.Replace(to-from, Units(insert))
}

func (w *Writer) insertAt(pos int, s string) { w.Edit(pos, pos, s) }

// boundary is pos, or the next position that cuts no pair.
func (w *Writer) boundary(pos int) int {
	for !ot.Boundary(w.text, pos) {
		pos++
	}
	return pos
}

func (w *Writer) pos() int { return w.boundary(w.draw(len(w.text) + 1)) }

// near is a boundary not far behind from.
func (w *Writer) near(from int) int {
	return w.boundary(from + w.draw(min(len(w.text)-from, 1+w.draw(20))+1))
}

// lines lists where the lines of the text lie.
func (w *Writer) lines() []span {
	var all []span
	from := 0
	for i, u := range w.text {
		if u == '\n' {
			all = append(all, span{from, i})
			from = i + 1
		}
	}
	return append(all, span{from, len(w.text)})
}

func (w *Writer) string(s span) string { return ot.String(w.text[s.from:s.to]) }

// block is one to four neighbouring lines.
func (w *Writer) block() (lines []span, i, n int) {
	lines = w.lines()
	i = w.draw(len(lines))
	return lines, i, 1 + w.draw(min(1+w.draw(4), len(lines)-i))
}

// line is a line of little imagination, so that many are equal; often it is
// one that stands in the text already.
func (w *Writer) line() string {
	if w.draw(3) == 0 {
		lines := w.lines()
		return w.string(lines[w.draw(len(lines))])
	}
	return []string{"", "", " ", "\t ", "a", "b", "ab", "foo", "bar", "foo bar", "é", "한글", "😀", "x😀y", "a longer line"}[w.draw(15)]
}

func (w *Writer) someLines(most int) string {
	var all []string
	for range 1 + w.draw(most) {
		all = append(all, w.line())
	}
	return strings.Join(all, "\n")
}

func (w *Writer) typeSome() { w.insertAt(w.pos(), []string{"a", "b", " ", "😀", "foo"}[w.draw(5)]) }

func (w *Writer) enter() {
	lines, i, _ := w.block()
	w.insertAt([]int{w.pos(), lines[i].from, lines[i].to}[w.draw(3)], "\n")
}

func (w *Writer) backspace() {
	if from := w.pos(); from < len(w.text) {
		w.Edit(from, w.boundary(from+1), "")
	}
}

func (w *Writer) join() {
	lines, i, n := w.block()
	for _, l := range lines[i:min(i+n, len(lines)-1)] {
		w.Edit(l.to, l.to+1, "")
	}
}

func (w *Writer) replace() {
	from := w.pos()
	w.Edit(from, w.near(from), w.someLines(2))
}

func (w *Writer) paste() {
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

// AltArrow moves a block one line up or down as CodeMirror does it: by moving
// the neighbour.
func (w *Writer) AltArrow() {
	lines, i, n := w.block()
	first, last := lines[i], lines[i+n-1]
	if up := w.draw(2) == 0; up && i > 0 {
		prev := lines[i-1]
		w.Edit(prev.from, first.from, "")
		w.insertAt(last.to, "\n"+w.string(prev))
	} else if !up && i+n < len(lines) {
		next := lines[i+n]
		w.insertAt(first.from, w.string(next)+"\n")
		w.Edit(last.to, next.to, "")
	}
}

// MoveBlock takes a block of lines elsewhere.
func (w *Writer) MoveBlock() {
	lines, i, n := w.block()
	from, to := lines[i].from, lines[i+n-1].to
	s := w.string(span{from, to})
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

func (w *Writer) putBlock(target span, s string) {
	if w.draw(2) == 0 {
		w.insertAt(target.from, s+"\n")
	} else {
		w.insertAt(target.to, "\n"+s)
	}
}

// cutBlock deletes a block with the break behind it, or else the one before.
func (w *Writer) cutBlock(from, to int) {
	switch {
	case to < len(w.text) && (from <= w.at || w.draw(2) == 0):
		w.Edit(from, to+1, "")
	case from > w.at:
		w.Edit(from-1, to, "")
	default:
		w.Edit(from, to, "")
	}
}

// Shuffle replaces some or all lines by the same lines in another order.
func (w *Writer) Shuffle() {
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
	w.Edit(lines[i].from, lines[i+n-1].to, strings.Join(all, "\n"))
}

// rewrite replaces the whole text, by the same lines with some altered.
func (w *Writer) rewrite() {
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
	w.Edit(0, len(w.text), strings.Join(all, "\n"))
}

func (w *Writer) duplicate() {
	lines, i, n := w.block()
	from, to := lines[i].from, lines[i+n-1].to
	if s := w.string(span{from, to}); w.draw(2) == 0 {
		w.insertAt(from, s+"\n")
	} else {
		w.insertAt(to, "\n"+s)
	}
}

// clear empties lines, or writes something else into them.
func (w *Writer) clear() {
	lines, i, n := w.block()
	for _, l := range lines[i : i+n] {
		w.Edit(l.from, l.to, []string{"", "bar", w.line()}[w.draw(3)])
	}
}

// everyLine does something to the beginning or the end of each line.
func (w *Writer) everyLine() {
	lines, i, n := w.block()
	for _, l := range lines[i : i+n] {
		w.insertAt([]int{l.from, l.to}[w.draw(2)], []string{"  ", "\n", "# "}[w.draw(3)])
	}
}

// substitute writes x for every a; breaks are written for the first few only,
// since the oracle is slow with thousands of lines.
func (w *Writer) substitute() {
	with, left := []string{"x", "", "a", "\n"}[w.draw(4)], len(w.text)
	if with == "\n" {
		left = 50
	}
	for i, u := range w.text {
		if u == 'a' && left > 0 {
			w.Edit(i, i+1, with)
			left--
		}
	}
}

func (w *Writer) deleteLines() {
	lines, i, n := w.block()
	w.cutBlock(lines[i].from, lines[i+n-1].to)
}

// patchwork is any change of up to six sections.
func (w *Writer) patchwork() {
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
		w.Edit(from, to, s)
	}
}
