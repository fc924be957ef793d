package player

import (
	"context"
	"fmt"
	"iter"
	"sort"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/projection"
)

// A History is the history of a thread up to a revision, in memory: about 32 bytes
// a record, and the bytes of the record. The ids of clients are dropped.
type History struct {
	Stream eventlog.Stream
	// Names has the name of each author, in order of appearance.
	Names []string
	// Pause is the pause of an author, in milliseconds, that ends a burst.
	Pause int64

	records  []mark // of revision i+1
	bytes    []byte // shape and text of each record, one after the other
	kinds    []string
	authors  []eventlog.AuthorID
	numbers  map[eventlog.AuthorID]int
	versions []projection.Version
}

// A mark is the header of a record, and its place in bytes.
type mark struct {
	time        int64 // Unix milliseconds
	at          int   // of the shape in bytes
	shape, text uint32
	author      uint32 // index into authors
	kind        uint8  // index into kinds
	schema      uint16
}

// ReadHistory reads the history of a stream up to a revision (0: the head). The
// error wraps eventlog.ErrNotFound if there is no such stream, and
// eventlog.ErrDamaged if a record is invalid.
func ReadHistory(ctx context.Context, log eventlog.Log, stream eventlog.Stream, to eventlog.Revision, name func(eventlog.AuthorID) string, pause int64) (*History, error) {
	h := &History{Stream: stream, Pause: pause, numbers: map[eventlog.AuthorID]int{}}
	for record, err := range log.Read(ctx, stream, 0) {
		if err == nil {
			err = h.add(&record, name)
		}
		if err != nil {
			return nil, err
		}
		if record.Revision == to {
			break
		}
	}
	if len(h.records) == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return h, nil
}

func (h *History) add(record *eventlog.Record, name func(eventlog.AuthorID) string) error {
	if record.Revision != h.Head()+1 || record.Schema > 1<<16-1 {
		return fmt.Errorf("%s revision %d: expected revision %d: %w", h.Stream, record.Revision, h.Head()+1, eventlog.ErrDamaged)
	}
	author, ok := h.numbers[record.Author]
	if !ok {
		author = len(h.authors)
		h.numbers[record.Author] = author
		h.authors, h.Names = append(h.authors, record.Author), append(h.Names, name(record.Author))
	}
	kind := 0
	for kind < len(h.kinds) && h.kinds[kind] != record.Kind {
		kind++
	}
	if kind == len(h.kinds) {
		if kind > 255 {
			return fmt.Errorf("%s revision %d: kind %q: more than 256 kinds: %w", h.Stream, record.Revision, record.Kind, eventlog.ErrDamaged)
		}
		h.kinds = append(h.kinds, record.Kind)
	}
	if record.Kind == "version" {
		e, err := event.Decode(*record)
		if err != nil {
			return err
		}
		if f, ok := e.Payload.(event.Version); ok {
			h.versions = append(h.versions, projection.Version{Name: f.Name, Of: f.Revision, Revision: e.Revision})
		}
	}
	h.records = append(h.records, mark{
		time: record.Time, at: len(h.bytes), shape: uint32(len(record.Shape)), text: uint32(len(record.Text)),
		author: uint32(author), kind: uint8(kind), schema: uint16(record.Schema),
	})
	h.bytes = append(append(h.bytes, record.Shape...), record.Text...)
	return nil
}

// Head returns the last revision.
func (h *History) Head() eventlog.Revision { return eventlog.Revision(len(h.records)) }

// Time returns the time of a revision, in Unix milliseconds.
func (h *History) Time(at eventlog.Revision) int64 { return h.records[at-1].time }

// Author returns the author of a revision, as an index into Names.
func (h *History) Author(at eventlog.Revision) int { return int(h.records[at-1].author) }

// Kind returns the kind of a revision: "changed", "submitted" and so on.
func (h *History) Kind(at eventlog.Revision) string { return h.kinds[h.records[at-1].kind] }

// AuthorID returns the id of an author.
func (h *History) AuthorID(author int) eventlog.AuthorID { return h.authors[author] }

// after yields the records after a revision; their bytes must not be modified.
func (h *History) after(at eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		record := eventlog.Record{Stream: h.Stream}
		for i := int(at); i < len(h.records); i++ {
			m := &h.records[i]
			record.Revision, record.Time, record.Author = eventlog.Revision(i+1), m.time, h.authors[m.author]
			record.Kind, record.Schema = h.kinds[m.kind], uint32(m.schema)
			end := m.at + int(m.shape)
			record.Shape, record.Text = h.bytes[m.at:end:end], h.bytes[end:end+int(m.text)]
			if !yield(record, nil) {
				return
			}
		}
	}
}

// At returns the last revision up to a time in Unix milliseconds, 0 if there is
// none.
func (h *History) At(ms int64) eventlog.Revision {
	return eventlog.Revision(sort.Search(len(h.records), func(i int) bool { return h.records[i].time > ms }))
}

// Version returns the revision with a name (the one named last), 0 if there is
// none.
func (h *History) Version(name string) eventlog.Revision {
	found := names.Pick(name, h.versions, func(v projection.Version) string { return v.Name })
	if len(found) == 0 {
		return 0
	}
	return found[len(found)-1].Of
}
