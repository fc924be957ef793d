package projection_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection/scripts"
)

// A history is a script that is still to be made up: how it begins, and a
// number for each further step, so that steps can be left out.
type history struct {
	first string
	steps []uint64
}

func makeHistory(draw scripts.Source, most int) history {
	var h history
	for range 1 + draw(most) {
		h.steps = append(h.steps, uint64(draw(1<<32)))
	}
	return h
}

// play makes the history up against an oracle that errs in the given way, and
// stops at the first difference.
func (h history) play(w wrong) (script, error) {
	r := newRun(w)
	if h.first != "" {
		if err := r.step(h.first); err != nil {
			return r.script, err
		}
	}
	for _, seed := range h.steps {
		if err := r.step(scripts.NextLine(scripts.Seeded(seed), r.oracle.units(), r.oracle.written)); err != nil {
			return r.script, err
		}
	}
	return r.script, nil
}

// shrink leaves steps out of a history that fails as long as it still does,
// and tries to have all but the last change made at once.
func (h history) shrink(w wrong) script {
	s, _ := h.play(w)
	h.steps = h.steps[:min(len(h.steps), len(s))]
	for again := true; again; {
		again = false
		for i := len(h.steps) - 1; i >= 0; i-- {
			less := history{h.first, slices.Delete(slices.Clone(h.steps), i, i+1)}
			if shorter, err := less.play(w); err != nil {
				h, s, again = less, shorter, true
			}
		}
	}
	for n := len(s) - 1; n > 0; n-- {
		r, err := s[:n].play(w)
		if err != nil {
			continue
		}
		atOnce := append(script{"ana " + ot.Replace(0, 0, 0, r.oracle.units()).String()}, s[n:]...)
		if r, err := atOnce.play(w); err != nil && len(r.script) < len(s) {
			return shrinkText(r.script, w)
		}
	}
	return s
}

// shrinkText takes units away from the text that a script begins with, and
// from what its last change keeps or deletes, as long as it still fails.
func shrinkText(s script, w wrong) script {
	if len(s) != 2 {
		return s
	}
	who, what, _ := strings.Cut(s[1], " ")
	last, err := ot.Parse([]byte(what))
	if err != nil {
		return s
	}
	for at := last.Len() - 1; at >= 0; at-- {
		r, err := s[:1].play(right)
		if err != nil {
			return s
		}
		text := r.oracle.units()
		if !ot.Boundary(text, at) || !ot.Boundary(text, at+1) {
			continue
		}
		less, shorter := without(last, at), slices.Delete(text, at, at+1)
		try := script{"ana " + ot.Replace(0, 0, 0, shorter).String(), who + " " + less.String()}
		if _, err := try.play(w); err != nil {
			s, last = try, less
		}
	}
	return s
}

// without returns the change for a text that lacks the unit at.
func without(c ot.Change, at int) ot.Change {
	var b ot.Builder
	pos := 0
	n := func(from, to int) int {
		if at >= from && at < to {
			return to - from - 1
		}
		return to - from
	}
	for ed := range c.Edits() {
		b.Keep(n(pos, ed.FromA))
		if pos = ed.ToA; len(ed.Insert) == 0 {
			b.Replace(n(ed.FromA, ed.ToA), nil)
		} else {
			b.Replace(n(ed.FromA, ed.ToA), ed.Insert)
		}
	}
	b.Keep(n(pos, c.Len()))
	return b.Change()
}

// firstDifference plays histories until one fails.
func firstDifference(draw scripts.Source, histories, steps int, w wrong) (int, script, error) {
	for i := range histories {
		h := makeHistory(draw, steps)
		if _, err := h.play(w); err != nil {
			s := h.shrink(w)
			_, err := s.play(w)
			return i, s, err
		}
	}
	return histories, nil, nil
}

// Law 6, and the package comment's "The line".
func TestBlameAgreesWithOracle(t *testing.T) {
	n := seeds.Rounds(4000)
	i, s, err := firstDifference(scripts.Seeded(seeds.For(t)), n, 16, right)
	if err != nil {
		t.Fatalf("history %d: %v\n%v", i, err, s)
	}
}

// Texts of several chunks and hundreds of lines.
func TestBlameOfLongTextsAgreesWithOracle(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	n := seeds.Rounds(4)
	for i := range n {
		h := makeHistory(draw, 16)
		h.first = "ana " + ot.Replace(0, 0, 0, scripts.Units(longText(draw))).String()
		if s, err := h.play(right); err != nil {
			s := history{h.first, h.steps[:len(s)-1]}.shrink(right)
			_, err = s.play(right)
			t.Fatalf("history %d: %.600v\n%v", i, err, s)
		}
	}
}

func longText(draw scripts.Source) string {
	var b strings.Builder
	width := []int{3, 12, 40, 900}[draw(4)]
	lines := 5000/width + draw(150)
	for i := range min(lines, 400) {
		fmt.Fprintf(&b, "%d", i%(20+draw(400)))
		for range draw(width) {
			b.WriteString([]string{"a", "b", " ", "é", "😀"}[draw(5)])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The comparison has teeth: an oracle that gets one rule wrong is found out.
func TestComparisonFindsWrongOracles(t *testing.T) {
	for _, w := range []wrong{
		withoutMoves, breakIsContent, lastPieceWins, lowerLineWins, clearedLineDies, eitherBreak,
		shortMovesFirst, blankMoves, editingSubmitted, movedIsNew,
	} {
		t.Run(string(w), func(t *testing.T) {
			i, s, err := firstDifference(scripts.Seeded(seeds.For(t)), 20000, 16, w)
			if err == nil {
				t.Fatalf("%d histories agree with an oracle for which %s", i, w)
			}
			t.Logf("found out by history %d:\n%v\n%v", i, s, err)
		})
	}
}
