package authority

import (
	"slices"
	"unicode"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An Overlap is a place where a Write and changes since its base edit the same
// words. Nothing was lost there, but somebody should read it: if two people
// correct one word, both corrections stand side by side.
type Overlap struct {
	From, To    int                 // the first and last line, counted from 0, in the text with the write
	Text        string              // how the start of these lines reads, up to overlapUnits
	First, Last eventlog.Revision   // of the changes since the base that edit there
	Authors     []eventlog.AuthorID // of these changes, each once
}

const (
	overlapUnits = 400  // bounds the text of an overlap, in UTF-16 units
	overlapMost  = 1000 // bounds the overlaps of a write; those that follow are left out
	wordMost     = 64   // bounds how far a zone reaches beyond its edit, in UTF-16 units
)

// A zone is the words that one edit of a change changes: the edited range and the rest
// of the words that its ends are inside. Its place is in the text
// that the merge has reached.
type zone struct {
	from, to    int
	insert      []uint16 // what a pure insertion inserts at at; nil of any other edit
	at          int
	first, last eventlog.Revision // of the entries that touch the zone; 0 if none does
	authors     []eventlog.AuthorID
}

// zonesOf returns the zones of a change to the text before, ascending.
func zonesOf(c ot.Change, before []uint16) []zone {
	var all []zone
	for ed := range c.Edits() {
		z := zone{from: ed.FromA, to: ed.ToA, at: ed.FromA}
		first, last := ed.Insert, ed.Insert
		if ed.FromA == ed.ToA {
			z.insert = slices.Clone(ed.Insert)
		} else {
			first, last = before[ed.FromA:ed.ToA], before[ed.FromA:ed.ToA]
		}
		if word(first[0]) || len(ed.Insert) > 0 && word(ed.Insert[0]) {
			for z.from > 0 && ed.FromA-z.from < wordMost && word(before[z.from-1]) {
				z.from--
			}
		}
		if word(last[len(last)-1]) || len(ed.Insert) > 0 && word(ed.Insert[len(ed.Insert)-1]) {
			for z.to < len(before) && z.to-ed.ToA < wordMost && word(before[z.to]) {
				z.to++
			}
		}
		if n := len(all); n > 0 && z.from < all[n-1].to {
			all[n-1].to, all[n-1].insert = max(all[n-1].to, z.to), nil
			continue
		}
		all = append(all, z)
	}
	return all
}

// word reports whether u is part of a word. No half of a surrogate pair is.
func word(u uint16) bool {
	r := rune(u)
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// follow marks the zones that an entry's edits touch, and moves all zones behind it.
func (m *merge) follow(e event.Event, c ot.Change) {
	k := 0
	for ed := range c.Edits() {
		for k < len(m.zones) && m.zones[k].to < ed.FromA {
			k++
		}
		for i := k; i < len(m.zones) && m.zones[i].from <= ed.ToA; i++ {
			m.zones[i].touch(e)
			m.touched = true
		}
	}
	for i := range m.zones {
		z := &m.zones[i]
		z.from, z.to, z.at = c.MapPos(z.from, -1), c.MapPos(z.to, 1), c.MapPos(z.at, 1)
	}
}

func (z *zone) touch(e event.Event) {
	if z.first == 0 {
		z.first = e.Revision
	}
	z.last = e.Revision
	if !slices.Contains(z.authors, e.Author) {
		z.authors = append(z.authors, e.Author)
	}
}

// overlaps returns the overlaps of the change in the text after it.
func (m *merge) overlaps(after []uint16) []Overlap {
	var all []Overlap
	starts := lineStarts(after)
	for i := range m.zones {
		z := &m.zones[i]
		if z.first == 0 || z.standsAlone(m.change, after) {
			continue
		}
		from, to := m.change.MapPos(z.from, -1), m.change.MapPos(z.to, 1)
		if to > from && after[to-1] == '\n' {
			to--
		}
		o := Overlap{From: lineAtUnit(starts, from), To: lineAtUnit(starts, to), First: z.first, Last: z.last, Authors: z.authors}
		if n := len(all); n > 0 && all[n-1].To >= o.From {
			all[n-1].join(o)
			continue
		}
		if len(all) == overlapMost {
			break
		}
		all = append(all, o)
	}
	for i := range all {
		all[i].Text = startOf(after, starts, all[i].From, all[i].To)
	}
	return all
}

// lineStarts returns where the lines of a text begin.
func lineStarts(text []uint16) []int {
	starts := []int{0}
	for i, u := range text {
		if u == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// lineAtUnit returns the index of the line that pos lies in.
func lineAtUnit(starts []int, pos int) int {
	i, found := slices.BinarySearch(starts, pos)
	if !found {
		i--
	}
	return i
}

// startOf returns the lines from..to of a text, up to overlapUnits.
func startOf(text []uint16, starts []int, from, to int) string {
	start, end := starts[from], len(text)
	if to+1 < len(starts) {
		end = starts[to+1] - 1
	}
	end = min(end, start+overlapUnits)
	for !ot.Boundary(text, end) {
		end--
	}
	return ot.String(text[start:end])
}

// standsAlone reports whether the zone's edit inserted whole lines that still are
// whole lines: others wrote beside them, not in them.
func (z *zone) standsAlone(c ot.Change, after []uint16) bool {
	n := len(z.insert)
	if n == 0 {
		return false
	}
	from := c.MapPos(z.at, -1)
	to := from + n
	return to <= len(after) && slices.Equal(after[from:to], z.insert) &&
		(z.insert[0] == '\n' || from == 0 || after[from-1] == '\n') &&
		(z.insert[n-1] == '\n' || to == len(after) || after[to] == '\n')
}

func (o *Overlap) join(p Overlap) {
	o.To = max(o.To, p.To)
	o.First, o.Last = min(o.First, p.First), max(o.Last, p.Last)
	for _, a := range p.Authors {
		if !slices.Contains(o.Authors, a) {
			o.Authors = append(o.Authors, a)
		}
	}
}
