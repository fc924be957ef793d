package projection

import (
	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// MissingText is the most UTF-16 units in Missing.Text.
const MissingText = 400

// Missing are whole lines that stood in one place at the revision and were
// deleted since, with as many breaks.
type Missing struct {
	Line     int               // index of the line before which they stood; LineCount at the end
	Count    int               // how many lines
	Revision eventlog.Revision // the newest that deleted some of them
	Author   int               // of that; index into the thread's Authors
	Time     int64             // of that; Unix milliseconds
	Text     string            // the lines with the breaks between them; at most MissingText units
}

// Missing returns the lines that were deleted, from top to bottom. At each place
// there are as many as breaks were deleted there, or one less if the lines before
// and behind both lost only a part and are one line now. Of lines that were all
// deleted and left an empty one, it is the first if that was empty before, else the
// last. Text that was inserted since makes no difference.
func (d *Tombstones) Missing() []Missing {
	var out []Missing
	all := d.sites.all()
	last := unknown // the last unit before that stood at the revision
	at := 0
	for i, s := range all {
		if _, l := d.stood(at, s.pos); l != unknown {
			last = l
		}
		at = s.pos
		next := d.t.text.length
		if i+1 < len(all) {
			next = all[i+1].pos
		}
		first, _ := d.stood(at, next)
		if first == unknown && i+1 < len(all) {
			first = all[i+1].firstUnit()
		}
		text := s.units()
		if from, to, n := wholeLines(text, last < 0 || last == lineBreak, first < 0 || first == lineBreak); n > 0 {
			out = append(out, d.missing(s, text, from, to, n))
		}
		last = int(text[len(text)-1])
	}
	return out
}

// unknown is a unit that does not exist.
const unknown = -1

// stood returns the first and the last of the units from..to that stood at the
// revision, unknown if none did.
func (d *Tombstones) stood(from, to int) (first, last int) {
	first, last = unknown, unknown
	d.spans = d.t.text.appendSpans(d.spans[:0], from, to)
	for _, s := range d.spans {
		if s.rev <= d.since {
			n := int(s.n)
			if s.step > 0 {
				n = min(n, int(d.since-s.rev)+1)
			}
			if first == unknown {
				first = int(d.t.text.unit(from))
			}
			last = int(d.t.text.unit(from + n - 1))
		}
		from += int(s.n)
	}
	return first, last
}

// wholeLines returns the units of a deleted text that are whole lines, without the
// break that ends or begins them, and the number of these lines. begins says that
// the text stood at the beginning of a line, ends that it stood at the end of one.
func wholeLines(text []uint16, begins, ends bool) (from, to, n int) {
	first, last := -1, -1
	for i, u := range text {
		if u == lineBreak {
			if first < 0 {
				first = i
			}
			last = i
			n++
		}
	}
	switch {
	case n == 0:
		return 0, 0, 0
	case begins && !(ends && text[0] == lineBreak):
		return 0, last, n
	case ends:
		return first + 1, len(text), n
	}
	return min(first+1, last), last, n - 1
}

func (d *Tombstones) missing(s site, text []uint16, from, to, n int) Missing {
	m := Missing{Count: n}
	end := 0
	for c := s.first; c != nil; c = c.next {
		begin := end
		end += c.len()
		// A cut counts if it has a unit of the lines or a break beside them.
		if end >= from && begin <= to && c.rev > m.Revision {
			m.Revision, m.Author, m.Time = c.rev, int(c.author), c.at
		}
	}
	line, start := d.t.lines.byPos(s.pos)
	if m.Line = line; start < s.pos || from > 0 { // something of the line before them stayed
		m.Line++
	}
	if to-from > MissingText {
		for to = from + MissingText; !ot.Boundary(text, to); {
			to--
		}
	}
	m.Text = ot.String(text[from:to])
	return m
}

func (l cuts) units() (all []uint16) {
	for c := l.first; c != nil; c = c.next {
		all = c.appendTo(all)
	}
	return all
}

func (l cuts) firstUnit() int {
	if n := len(l.first.before); n > 0 {
		return int(l.first.before[n-1])
	}
	return int(l.first.units[0])
}
