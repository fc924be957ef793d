package revert_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/revert"
	"parodywave/projection/scripts"
)

// A unitTold is a unit through a history: where a move takes it, it is the same.
type unitTold struct {
	unit  uint16
	mine  bool // the edits in question wrote it
	alone bool // others wrote it where nothing by others was in the line
	fresh bool // it was written by the change before
}

// A census counts units one by one, by what the thread says that moved. It knows
// nothing of where anything is to come back.
type census struct {
	text    []*unitTold
	back    []uint16   // others wrote it and the edits deleted it
	breaks  int        // that the edits wrote and others deleted
	parted  int        // that others wrote, or that others deleted of others
	again   [][]uint16 // what was written again, perhaps in place of what back has
	begun   bool       // the edits have
	shifted bool       // they have moved something
	joins   map[*unitTold][]*unitTold
}

func (s *census) apply(c ot.Change, moves []projection.Move, mine bool) {
	from := map[int]*unitTold{} // by the position after
	gone := map[int]bool{}      // by the position before
	s.shifted = s.shifted || mine && len(moves) > 0
	for _, m := range moves {
		for i := range m.To - m.From {
			u := s.text[m.From+i]
			from[m.At+i], gone[m.From+i] = u, true
		}
	}
	var next []*unitTold
	done := 0
	for _, ed := range joined(c) {
		next = append(next, s.text[done:ed.FromA]...)
		if mine && slices.EqualFunc(s.text[ed.FromA:ed.ToA], ed.Insert, func(u *unitTold, unit uint16) bool { return u.unit == unit }) {
			next, done = append(next, s.text[ed.FromA:ed.ToA]...), ed.ToA
			continue
		}
		for i := ed.FromA; i < ed.ToA; i++ {
			switch u := s.text[i]; {
			case gone[i]:
			case mine && !u.mine:
				s.back = append(s.back, u.unit)
			case u.mine && !mine && u.unit == '\n':
				s.breaks++
			case !mine && u.unit == '\n':
				s.parted++
			}
		}
		for i, unit := range ed.Insert {
			u := from[ed.FromB+i]
			if u == nil {
				u = &unitTold{unit: unit, mine: mine, fresh: true}
				if !mine && unit == '\n' {
					s.parted++
				}
			}
			next = append(next, u)
		}
		s.writeAgain(ed, from)
		done = ed.ToA
	}
	s.text, s.begun = append(next, s.text[done:]...), s.begun || mine
	s.setAlone()
}

// writeAgain keeps what an edit writes between what moves if that may be what the edits
// deleted, with or without the breaks beside it.
func (s *census) writeAgain(ed ot.Edit, from map[int]*unitTold) {
	for i := 0; i < len(ed.Insert); i++ {
		k := i
		for k < len(ed.Insert) && from[ed.FromB+k] == nil {
			k++
		}
		had := counted(s.back)
		for _, u := range trimmed(ed.Insert[i:k]) {
			had[u]--
		}
		if k > i && !slices.ContainsFunc(slices.Collect(maps.Values(had)), func(n int) bool { return n < 0 }) {
			s.again = append(s.again, ed.Insert[i:k])
		}
		i = k
	}
}

// trimmed returns units without a break at each end.
func trimmed(units []uint16) []uint16 {
	if len(units) > 0 && units[0] == '\n' {
		units = units[1:]
	}
	if n := len(units); n > 0 && units[n-1] == '\n' {
		units = units[:n-1]
	}
	return units
}

// explains reports whether what want has more than after, but for breaks, are texts
// that were written again, or parts of these.
func (s *census) explains(want, after []uint16) bool {
	missing := counted(want)
	for _, u := range after {
		missing[u]--
	}
	for _, units := range s.again {
		for _, u := range units {
			missing[u] = max(missing[u]-1, min(missing[u], 0))
		}
	}
	for u, n := range missing {
		if n > 0 || n < 0 && (u != event.Blank || len(s.again) == 0) { // what came back may have been redacted
			return false
		}
	}
	return true
}

func counted(all []uint16) map[uint16]int {
	n := map[uint16]int{}
	for _, u := range all {
		n[u]++
	}
	return n
}

// setAlone tells what was written into a line that was blank, or by the edits
// alone: without that line, it may be of any beside.
func (s *census) setAlone() {
	for from := 0; from < len(s.text); {
		to := from
		for to < len(s.text) && s.text[to].unit != '\n' {
			to++
		}
		line := s.text[from:to]
		alone := s.begun && !slices.ContainsFunc(line, func(u *unitTold) bool { return !u.mine && !u.alone && !u.fresh })
		for _, u := range line {
			u.alone, u.fresh = u.alone || u.fresh && alone, false
		}
		from = to + 1
	}
}

// know keeps which units are in one line, or would be without the breaks that
// the edits have written.
func (s *census) know() {
	if s.joins == nil {
		s.joins = map[*unitTold][]*unitTold{}
	}
	var last *unitTold
	for _, u := range s.text {
		switch {
		case u.unit == '\n' && !u.mine:
			last = nil
		case u.unit == '\n':
		case last != nil:
			s.joins[last], s.joins[u] = append(s.joins[last], u), append(s.joins[u], last)
			last = u
		default:
			last = u
		}
	}
}

// together reports whether a and b were in one line, or would have been, or both
// with others.
func (s *census) together(a, b *unitTold) bool {
	seen, next := map[*unitTold]bool{a: true}, []*unitTold{a}
	for len(next) > 0 && !seen[b] {
		for _, u := range s.joins[next[0]] {
			if !seen[u] {
				seen[u], next = true, append(next, u)
			}
		}
		next = next[1:]
	}
	return seen[b]
}

// glued looks for two units in one line of the text now, which were not before.
func (s *census) glued(before []*unitTold) error {
	was := map[*unitTold]bool{}
	for _, u := range before {
		was[u] = true
	}
	var last *unitTold
	for i, u := range s.text {
		switch {
		case u.unit == '\n':
			last = nil
		case !was[u] || u.alone:
		case last != nil && !s.together(last, u):
			return fmt.Errorf("unit %d is in one line with what it never was in one line with", i)
		default:
			last = u
		}
	}
	return nil
}

// census holds the text after against what must be there: what others wrote and
// is there, and what the edits deleted of it, each once; nothing else. Nothing
// of others' goes from where it stands unless the edits have moved it. Line
// breaks may be less, by those of the edits that others deleted as they moved a
// line, and more, by those that others deleted and wrote. Where r.lines is
// set, no two lines become one that were two but for the edits.
func (r reversal) census(c ot.Change, after []uint16) error {
	s, t := new(census), projection.NewThread(scripts.Stream)
	for n, line := range r.script {
		e, err := scripts.Event(n+1, line, t.Units(0, t.Len()))
		if err != nil {
			return err
		}
		effect, err := t.Apply(e)
		if err != nil {
			return err
		}
		switch f := e.Payload.(type) {
		case event.Changed:
			s.apply(f.Change, effect.Moves, r.mine(&e))
			s.know()
		case event.Redacted:
			for i, u := range t.Units(0, t.Len()) {
				s.text[i].unit = u
			}
		}
	}
	want := slices.Clone(s.back)
	for _, u := range s.text {
		if !u.mine {
			want = append(want, u.unit)
		}
	}
	breaks := func(all []uint16) int { return len(all) - len(unbroken(all)) }
	more := breaks(after) - breaks(want)
	if more > s.parted+s.breaks || more < -s.breaks-s.rewritten() || !s.explains(unbroken(want), unbroken(after)) {
		return fmt.Errorf("%q becomes %q by %s, which should have the units of %q less at most %d breaks",
			t.Text(), ot.String(after), c, ot.String(want), s.breaks)
	}
	for ed := range c.Edits() {
		for i, u := range s.text[ed.FromA:ed.ToA] {
			if !u.mine && !s.shifted && u.unit != '\n' {
				return fmt.Errorf("%s takes unit %d of %q out, which others wrote and nobody is to move", c, ed.FromA+i, t.Text())
			}
		}
	}
	before := s.text
	e, err := scripts.Event(len(r.script)+1, "zoe "+c.String(), t.Units(0, t.Len()))
	if err != nil {
		return err
	}
	effect, err := t.Apply(e)
	if err != nil {
		return err
	}
	s.apply(c, effect.Moves, false)
	if err := s.glued(before); err != nil && r.lines {
		return fmt.Errorf("%q by %s: %w", ot.String(after), c, err)
	}
	return nil
}

// rewritten returns how many breaks were written that may be some of those in back.
func (s *census) rewritten() (n int) {
	for _, units := range s.again {
		n += len(units) - len(unbroken(units))
	}
	return n
}

// unbroken returns all but the line breaks.
func unbroken(all []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(all), func(u uint16) bool { return u == '\n' })
}

// makeMoving is makeReversal with a move in every other edit.
func makeMoving(draw scripts.Source) reversal {
	s := script{`eve [[0,"one","two 2","three","","four","five 5"]]`}
	t := projection.NewThread(scripts.Stream)
	for n := 0; ; n++ {
		mustApply(t, n+1, s[n])
		if n > 1 && draw(9) == 0 {
			break
		}
		text := t.Units(0, t.Len())
		w := scripts.NewWriter(draw, text)
		if draw(2) == 0 {
			line := scripts.NextLine(draw, text, t.Written)
			for strings.Contains(line, " redact ") { // in a log, text that is redacted later is redacted before
				line = scripts.NextLine(draw, text, t.Written)
			}
			s = append(s, line)
			continue
		}
		[]func(){w.AltArrow, w.AltArrow, w.MoveBlock, w.Shuffle}[draw(4)]()
		s = append(s, []string{"ana", "ben", "cem"}[draw(3)]+" "+w.Done().String())
	}
	from := 1 + draw(len(s))
	return reversal{s, []string{"ana", "ben"}[draw(2)], from, from + draw(len(s)), false}
}

func TestReversalOverMovesLosesAndDoublesNothing(t *testing.T) {
	n := rounds(t, 4000)
	draw, moved, changed := scripts.Seeded(seeds.For(t)), 0, 0
	for i := range n {
		r := makeMoving(draw)
		if r.check(right) != nil {
			r, err := r.shrink(right)
			t.Fatalf("history %d: %v\n%v.check(right)", i, err, r)
		}
		if y, _, err := r.slowly(right); err == nil && y.moved {
			moved++
		}
		if x, err := r.reversion(); err == nil && !x.Change.IsEmpty() {
			changed++
		}
	}
	if t.Logf("%d of %d histories had moves, and %d something to take back", moved, n, changed); moved < n/3 || changed < n/3 {
		t.Error("that says nothing of moves")
	}
}

func (r reversal) reversion() (x revert.Plan, err error) {
	log, _, err := r.log()
	if err != nil {
		return x, err
	}
	p, err := revert.Replay(context.Background(), log, scripts.Stream, r.mine)
	if err != nil {
		return x, err
	}
	return p.Plan(), nil
}

// The census has teeth: it finds out who carries inverses over moves as if those
// were deletions and insertions, which the graveyard does.
func TestTheCensusFindsOutWhoIgnoresMoves(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for i := range 2000 {
		r := makeMoving(draw)
		y, _, err := r.slowly(right)
		if err != nil {
			t.Fatal(err)
		}
		_, text, err := r.log()
		if err != nil {
			t.Fatal(err)
		}
		after := y.text()
		switch err := r.census(ot.Keep(len(text)), after); {
		case err != nil && !y.moved:
			t.Fatalf("history %d has no moves: %v\n%v", i, err, r)
		case err != nil:
			t.Logf("found out by history %d: %v\n%v", i, err, r)
			return
		}
	}
	t.Fatal("nothing is wrong with inverses over moves")
}

// unitsBy counts the units of lines, without their breaks, that somebody wrote,
// after a script.
func unitsBy(t *testing.T, name string, s script) (n int, text string) {
	t.Helper()
	log, _, err := reversal{script: s}.log()
	if err != nil {
		t.Fatal(err)
	}
	end, err := projection.Replay(t.Context(), projection.Plain(log), scripts.Stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	for row := range end.Rows() {
		for span := range end.Spans(row.Start, row.Start+row.Length) {
			if scripts.AuthorName(end.Authors()[span.Author]) == name {
				n += span.Length
			}
		}
	}
	return n, end.Text()
}

// TestLinesThatMoveBackStayWhoseTheyAre: somebody puts lines that begin and end
// alike in another order, again and again, and another takes that back: what was
// still by who wrote it remains so.
func TestLinesThatMoveBackStayWhoseTheyAre(t *testing.T) {
	draw, kept, moves := scripts.Seeded(seeds.For(t)), 0, 0
	rounds := rounds(t, 1000)
	for i := range rounds {
		s := script{`eve [[0,"- apples, 2","- apricots, 2","- avocados, 2","- bananas, 2","- beans, 2",""]]`}
		_, first := unitsBy(t, "eve", s)
		text := scripts.Units(first)
		for range 1 + draw(4) {
			w := scripts.NewWriter(draw, text)
			[]func(){w.AltArrow, w.MoveBlock, w.Shuffle}[draw(3)]()
			c := w.Done()
			var err error
			if text, err = c.Apply(text); err != nil {
				t.Fatal(err)
			}
			s = append(s, "ana "+c.String())
		}
		before, _ := unitsBy(t, "eve", s)
		x, err := reversal{s, "ana", 1, len(s), false}.reversion()
		if err != nil {
			t.Fatal(err)
		}
		if !x.Change.IsEmpty() {
			moves++
		}
		s = append(s, "zoe "+stating(x.Changed))
		after, end := unitsBy(t, "eve", s)
		if kept += after; after < before || end != first {
			t.Fatalf("history %d: %d units by eve, then %d, of %q, want %q\n%v", i, before, after, end, first, s)
		}
	}
	if t.Logf("%d units in %d histories, %d of them with something to move back", kept, rounds, moves); moves < rounds/2 {
		t.Error("that says little of moves")
	}
}
