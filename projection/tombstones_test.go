package projection_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A grave is a character that stood at the revision and was deleted since.
type grave struct {
	rev    eventlog.Revision
	author eventlog.AuthorID
}

// A yard is the oracle of differences: all characters that stand, in one list
// with all that stood at the revision, each at its place.
type yard struct {
	wrong wrong
	since eventlog.Revision
	seq   []*character
	dead  map[*character]grave
}

const (
	behindInserted wrong = "what is deleted stands behind what is inserted in its place"
	moveDeletes    wrong = "moved text is deleted"
	breakStays     wrong = "the break beside a moved line is deleted"
	gravesStay     wrong = "what was deleted in a moved line stays behind"
	othersToo      wrong = "text that was not there is deleted, too"
	firstDeleter   wrong = "the author of the text deleted it"
)

// apply follows a change: edits, what they left, and the moves that there were.
func (y *yard) apply(e event.Event, before, after []*character, moves []projection.Move) {
	f, ok := e.Payload.(event.Changed)
	if !ok {
		return
	}
	before = slices.Clone(before)
	gone := map[*character]bool{}
	for ed := range f.Change.Edits() {
		for _, c := range before[ed.FromA:ed.ToA] {
			gone[c] = true
		}
	}
	spared := y.breaks(before, gone, moves)
	carried := map[*character][]*character{}
	if y.wrong != moveDeletes {
		for _, m := range moves {
			y.lift(before, m, gone, spared, carried)
		}
	}
	for ed := range f.Change.Edits() {
		y.insert(ed, before, after[ed.FromB:ed.ToB])
	}
	for c := range gone {
		if c.rev > y.since && y.wrong != othersToo || spared[c] {
			continue
		}
		g := grave{e.Revision, e.Author}
		if y.wrong == firstDeleter {
			g.author = c.author
		}
		y.dead[c] = g
	}
	y.seq = slices.DeleteFunc(y.seq, func(c *character) bool { _, dead := y.dead[c]; return gone[c] && !dead })
	for c, graves := range carried { // behind the moved character c
		y.seq = slices.Insert(y.seq, slices.Index(y.seq, c)+1, graves...)
	}
}

// lift puts others in the place of moved characters, and takes the graves
// between them along.
func (y *yard) lift(before []*character, m projection.Move, gone, spared map[*character]bool, carried map[*character][]*character) {
	for i := m.From; i < m.To; i++ {
		c, other := before[i], &character{}
		delete(gone, c)
		gone[other], spared[other] = true, true
		at := slices.Index(y.seq, c)
		y.seq[at], before[i] = other, other
		for i+1 < m.To && y.seq[at+1] != before[i+1] && y.wrong != gravesStay {
			carried[c] = append(carried[c], y.seq[at+1])
			y.seq = slices.Delete(y.seq, at+1, at+2)
		}
	}
}

// breaks returns the one break beside each move that went with it.
func (y *yard) breaks(before []*character, gone map[*character]bool, moves []projection.Move) map[*character]bool {
	spared := map[*character]bool{}
	if y.wrong == breakStays {
		return spared
	}
	moves = slices.Clone(moves)
	slices.SortFunc(moves, func(a, b projection.Move) int { return a.From - b.From })
	for _, m := range moves {
		if m.To < len(before) && gone[before[m.To]] {
			spared[before[m.To]] = true
		} else if m.From > 0 && gone[before[m.From-1]] {
			spared[before[m.From-1]] = true
		}
	}
	return spared
}

// insert puts the characters of an edit in, behind the last that it deletes or
// else before the one at its place.
func (y *yard) insert(ed ot.Edit, before, in []*character) {
	i := len(y.seq)
	switch {
	case ed.ToA > ed.FromA && y.wrong == behindInserted:
		i = slices.Index(y.seq, before[ed.FromA])
	case ed.ToA > ed.FromA:
		i = slices.Index(y.seq, before[ed.ToA-1]) + 1
	case ed.FromA < len(before):
		i = slices.Index(y.seq, before[ed.FromA])
	}
	y.seq = slices.Insert(y.seq, i, in...)
}

// deletedUnit is one unit of what a difference tells.
type deletedUnit struct {
	pos    int
	unit   uint16
	author string
	rev    eventlog.Revision
}

func (y *yard) tell() (all []deletedUnit) {
	pos := 0
	for _, c := range y.seq {
		if g, ok := y.dead[c]; ok {
			all = append(all, deletedUnit{pos, c.unit, scripts.AuthorName(g.author), g.rev})
		} else {
			pos++
		}
	}
	return all
}

// agree compares a difference with the yard: neighbours by one author may be
// reported as one, of the newest revision among them.
func (y *yard) agree(d *projection.Tombstones) error {
	want, at := y.tell(), 0
	for i, del := range d.Deletions() {
		newest := eventlog.Revision(0)
		for _, u := range scripts.Units(del.Text) {
			got := deletedUnit{del.Pos, u, scripts.AuthorName(d.Thread().Authors()[del.Author]), 0}
			if at == len(want) {
				return fmt.Errorf("deletion %d, %+v: there are only %d units", i, del, at)
			}
			w := want[at]
			newest = max(newest, w.rev)
			if w.rev = 0; got != w {
				return fmt.Errorf("deletion %d, %+v: unit %d is %+v, want %+v", i, del, at, got, want[at])
			}
			at++
		}
		if del.Text == "" || del.Revision != newest || del.Time != int64(newest)*1000 {
			return fmt.Errorf("deletion %d, %+v: the newest revision of it is %d", i, del, newest)
		}
	}
	if at < len(want) {
		return fmt.Errorf("unit %d, %+v, is missing", at, want[at])
	}
	return nil
}

// differ plays the last lines of a script from a revision on.
func (s script) differ(since int, w wrong) error { return s.contrasted(since, w, nil) }

// contrasted is differ, and gives both away in the end.
func (s script) contrasted(since int, w wrong, end func(*projection.Tombstones, *yard)) error {
	ctx, log := context.Background(), eventlog.NewMemory()
	thread, o := projection.NewThread(scripts.Stream), newOracle(right)
	var d *projection.Tombstones
	var y *yard
	for n, line := range s {
		if n == since {
			d = projection.NewTombstones(thread)
			y = &yard{w, eventlog.Revision(since), slices.Clone(o.chars), map[*character]grave{}}
		}
		e, err := scripts.Event(n+1, line, o.units())
		if err != nil {
			return err
		}
		r := event.Encode(e.Payload)
		r.Time, r.Author = e.Time, e.Author
		if _, err := log.Append(ctx, scripts.Stream, eventlog.Revision(n), r); err != nil {
			return err
		}
		before := o.chars
		o.apply(e)
		records := log.Read(ctx, scripts.Stream, eventlog.Revision(n))
		if d == nil {
			if err := thread.Advance(records, 0); err != nil {
				return err
			}
			continue
		}
		// The thread that the difference advances tells no effect; another does.
		other, err := projection.Replay(ctx, projection.Plain(log), scripts.Stream, eventlog.Revision(max(n, 1)))
		if n == 0 {
			other, err = projection.NewThread(scripts.Stream), nil
		}
		if err != nil {
			return err
		}
		effect, err := other.Apply(e)
		if err != nil {
			return err
		}
		if err := checkMoves(effect.Moves, before, o.chars); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
		if err := d.Advance(records, 0); err != nil {
			return err
		}
		y.apply(e, before, o.chars, effect.Moves)
		if err := y.agree(d); err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	if end != nil {
		end(d, y)
	}
	return nil
}

// checkMoves holds an effect's moves against characters that went elsewhere.
func checkMoves(moves []projection.Move, before, after []*character) error {
	in := map[*character]int{}
	for i, c := range after {
		in[c] = i
	}
	for _, m := range moves {
		for i := m.From; i < m.To; i++ {
			if at, ok := in[before[i]]; !ok || at != m.At+i-m.From {
				return fmt.Errorf("move %+v: unit %d is at %d, %v", m, i, at, ok)
			}
		}
	}
	return nil
}

// A contrast is a history and the revision from which on it is looked at.
type contrast struct {
	script
	since int
}

func makeContrast(draw scripts.Source) contrast {
	var s script
	o := newOracle(right)
	for n := range 2 + draw(10) {
		s = append(s, scripts.NextLine(draw, o.units(), o.written))
		e, err := scripts.Event(n+1, s[n], o.units())
		if err != nil {
			panic(err)
		}
		o.apply(e)
	}
	return contrast{s, draw(len(s))}
}

// shrink begins with the text as it was, and leaves later lines out that need
// not be there.
func (c contrast) shrink(w wrong) (contrast, error) {
	err := c.differ(c.since, w)
	for again := true; again; {
		again = false
		for i := len(c.script) - 1; i >= 0; i-- {
			less := contrast{slices.Delete(slices.Clone(c.script), i, i+1), c.since}
			if i < c.since {
				less.since--
			}
			if shorter := less.try(w); shorter != nil {
				c, err, again = less, shorter, true
				break
			}
		}
	}
	return c, err
}

// try is differ for a script that may make no sense.
func (c contrast) try(w wrong) (err error) {
	defer func() {
		if recover() != nil {
			err = nil
		}
	}()
	if err = c.differ(c.since, w); err != nil && !c.script.fits() {
		return nil
	}
	return err
}

func TestDifferenceAgreesWithOracle(t *testing.T) {
	n := seeds.Rounds(3000)
	draw := scripts.Seeded(seeds.For(t))
	defer projection.SetSiteBlockLen(1)() // so that short histories have blocks
	for i := range n {
		projection.SetSiteBlockLen(1 + i%3)
		if c := makeContrast(draw); c.differ(c.since, right) != nil {
			c, err := c.shrink(right)
			t.Fatalf("history %d: %v\n%v.differ(%d, right)", i, err, c.script, c.since)
		}
	}
}

// The comparison has teeth: a yard that gets one rule wrong is found out.
func TestDifferenceFindsWrongOracles(t *testing.T) {
	for _, w := range []wrong{behindInserted, moveDeletes, breakStays, gravesStay, othersToo, firstDeleter} {
		t.Run(string(w), func(t *testing.T) {
			draw := scripts.Seeded(seeds.For(t))
			for i := range 20000 {
				if c := makeContrast(draw); c.try(w) != nil {
					c, err := c.shrink(w)
					t.Logf("found out by history %d: %v\n%v.differ(%d, …)", i, err, c.script, c.since)
					return
				}
			}
			t.Fatalf("nothing is wrong when %s", w)
		})
	}
}
