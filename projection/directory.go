package projection

import (
	"cmp"
	"maps"
	"slices"

	"parodywave/eventlog"
)

// A Summary is what the list of threads says of one.
type Summary struct {
	Stream    eventlog.Stream
	Title     string
	OpenedBy  eventlog.AuthorID
	OpenedAt  int64 // Unix milliseconds
	UpdatedBy eventlog.AuthorID
	UpdatedAt int64 // Unix milliseconds
	Lines     int
	Revision  eventlog.Revision
	Authors   int // how many people and robots made records in it
	// Last is how the line begins that was changed last, LastMax characters at
	// most; where that is empty now, the next above it that is not.
	Last string
}

// Summary returns what the list says of t. It reads the text, and so counts as
// a use of t.
func (t *Thread) Summary() Summary {
	return Summary{
		Stream: t.Stream, Title: t.Title,
		OpenedBy: t.OpenedBy, OpenedAt: t.OpenedAt,
		UpdatedBy: t.UpdatedBy, UpdatedAt: t.UpdatedAt,
		Lines: t.lines.count, Revision: t.Revision, Authors: len(t.authors), Last: t.lastLine(),
	}
}

// A Directory is the list of threads: a fold of their summaries.
type Directory struct {
	threads map[eventlog.Stream]*Summary // which are never changed: clones share them
}

// NewDirectory returns an empty list.
func NewDirectory() *Directory {
	return &Directory{threads: map[eventlog.Stream]*Summary{}}
}

// Put adds a thread's summary or replaces an older one; one of an older
// revision than the list has is passed over.
func (d *Directory) Put(s Summary) {
	if old, ok := d.threads[s.Stream]; !ok || old.Revision <= s.Revision {
		d.threads[s.Stream] = &s
	}
}

// Len returns how many threads there are.
func (d *Directory) Len() int { return len(d.threads) }

// Get returns the summary of a thread.
func (d *Directory) Get(stream eventlog.Stream) (Summary, bool) {
	if s, ok := d.threads[stream]; ok {
		return *s, true
	}
	return Summary{}, false
}

// List returns all threads, the one with the newest record first; of those
// with records of the same millisecond the one opened last.
func (d *Directory) List() []Summary {
	return d.Newest(0, len(d.threads))
}

// fewMost is up to which place in the list it is faster to pick than to sort.
const fewMost = 1024

// Newest returns up to limit threads of the list from place offset on, both of
// which are not negative. It looks at all threads, and sorts few if few are asked
// for.
func (d *Directory) Newest(offset, limit int) []Summary {
	offset = min(offset, len(d.threads))
	end := offset + min(limit, len(d.threads)-offset)
	first := make([]*Summary, 0, min(end+1, len(d.threads)))
	if end > fewMost {
		first = slices.AppendSeq(first, maps.Values(d.threads))
		slices.SortFunc(first, newer)
	} else if end > 0 {
		for _, s := range d.threads {
			if len(first) == end && newer(s, first[end-1]) > 0 {
				continue
			}
			at, _ := slices.BinarySearchFunc(first, s, newer)
			first = slices.Insert(first, at, s)
			first = first[:min(len(first), end)]
		}
	}
	out := make([]Summary, 0, end-offset)
	for _, s := range first[offset:end] {
		out = append(out, *s)
	}
	return out
}

// newer orders summaries as the list has them.
func newer(a, b *Summary) int {
	return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(b.Stream, a.Stream))
}
