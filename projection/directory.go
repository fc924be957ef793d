package projection

import (
	"cmp"
	"slices"

	"parodywave/eventlog"
)

// A Summary is a thread's entry in the list of threads.
type Summary struct {
	Stream    eventlog.Stream
	Title     string
	OpenedBy  eventlog.AuthorID
	OpenedAt  int64 // Unix milliseconds
	UpdatedBy eventlog.AuthorID
	UpdatedAt int64 // Unix milliseconds
	Lines     int   // see CountedLines
	Revision  eventlog.Revision
	Authors   int // how many authors made records in it
	// Last is the beginning of the line that was changed last, at most LastMax
	// characters; if that line is empty now, of the next one above that is not.
	Last string
}

// Summary returns the summary of t. It reads the text, and so counts as a use of
// t.
func (t *Thread) Summary() Summary {
	return Summary{
		Stream: t.Stream, Title: t.Title,
		OpenedBy: t.OpenedBy, OpenedAt: t.OpenedAt,
		UpdatedBy: t.UpdatedBy, UpdatedAt: t.UpdatedAt,
		Lines: t.CountedLines(), Revision: t.Revision, Authors: len(t.authors), Last: t.lastLine(),
	}
}

// A Directory is the list of threads: a fold of their summaries.
type Directory struct {
	threads map[eventlog.Stream]*Summary // never changed: clones share them
}

// NewDirectory returns an empty list.
func NewDirectory() *Directory {
	return &Directory{threads: map[eventlog.Stream]*Summary{}}
}

// Put adds a thread's summary or replaces an older one. It ignores a summary of an
// older revision than the list has.
func (d *Directory) Put(s Summary) {
	if old, ok := d.threads[s.Stream]; !ok || old.Revision <= s.Revision {
		d.threads[s.Stream] = &s
	}
}

// Len returns the number of threads.
func (d *Directory) Len() int { return len(d.threads) }

// Get returns the summary of a thread.
func (d *Directory) Get(stream eventlog.Stream) (Summary, bool) {
	if s, ok := d.threads[stream]; ok {
		return *s, true
	}
	return Summary{}, false
}

// List returns all threads, the one with the newest record first and, among
// records of the same millisecond, the thread opened last.
func (d *Directory) List() []Summary {
	return d.Newest(0, len(d.threads))
}

// fewMost is the place in the list up to which picking is faster than sorting.
const fewMost = 1024

// Newest returns up to limit threads of the list from place offset on; neither may
// be negative. It looks at all threads, and sorts only as many as it needs.
func (d *Directory) Newest(offset, limit int) []Summary {
	offset = min(offset, len(d.threads))
	end := offset + min(limit, len(d.threads)-offset)
	out := make([]Summary, 0, end-offset)
	for _, s := range d.first(end, newer, func(*Summary) bool { return true })[offset:] {
		out = append(out, *s)
	}
	return out
}

// Opened returns up to limit threads whose id is before another in this order: the one
// opened last is the first, by the time in its id. Before "" all threads come. A thread
// keeps its place, whatever people write: of pages that each begin behind the last thread
// of the one before, every thread that exists throughout is in exactly one.
func (d *Directory) Opened(before eventlog.Stream, limit int) []Summary {
	list := d.first(limit,
		func(a, b *Summary) int { return cmp.Compare(b.Stream, a.Stream) },
		func(s *Summary) bool { return before == "" || s.Stream < before })
	out := make([]Summary, 0, len(list))
	for _, s := range list {
		out = append(out, *s)
	}
	return out
}

// first returns the first most of the threads that take accepts, in an order.
func (d *Directory) first(most int, order func(a, b *Summary) int, take func(*Summary) bool) []*Summary {
	first := make([]*Summary, 0, min(most, len(d.threads))+1)
	for _, s := range d.threads {
		if !take(s) || most == 0 {
			continue
		}
		if most > fewMost { // sorted below
			first = append(first, s)
			continue
		}
		if len(first) == most && order(s, first[most-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(first, s, order)
		first = slices.Insert(first, at, s)
		first = first[:min(len(first), most)]
	}
	if most > fewMost {
		slices.SortFunc(first, order)
	}
	return first[:min(len(first), most)]
}

// newer orders summaries as the list has them.
func newer(a, b *Summary) int {
	return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(b.Stream, a.Stream))
}
