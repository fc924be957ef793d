package player

import (
	"context"
	"fmt"
	"iter"
	"sort"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A History is the history of a thread up to a revision, in memory: about 32 bytes
// a record and the record's own. Who made a record is kept, from which client
// is not.
type History struct {
	Stream eventlog.Stream
	// Names has the name of each author, in order of appearance.
	Names []string
	// Pause is how long an author pauses, in milliseconds, before the next
	// edit counts as another burst.
	Pause int64

	records  []mark // of revision i+1
	bytes    []byte // shape and text of each record, one after the other
	kinds    []string
	authors  []eventlog.AuthorID
	numbers  map[eventlog.AuthorID]int
	versions []projection.Version
}

// A mark is where a record lies in bytes, and its header.
type mark struct {
	time        int64 // Unix milliseconds
	at          int   // of the shape in bytes
	shape, text uint32
	author      uint32 // index into authors
	kind        uint8  // index into kinds
	schema      uint16
}

// ReadHistory reads the history of a stream up to a revision, or all of it where
// that is 0. It returns an error that wraps eventlog.ErrNotFound when there is
// no such stream, and one that wraps eventlog.ErrDamaged when a record cannot
// be what it says.
func ReadHistory(ctx context.Context, log eventlog.Log, stream eventlog.Stream, to eventlog.Revision, name func(eventlog.AuthorID) string, pause int64) (*History, error) {
	r := &History{Stream: stream, Pause: pause, numbers: map[eventlog.AuthorID]int{}}
	for record, err := range log.Read(ctx, stream, 0) {
		if err == nil {
			err = r.add(&record, name)
		}
		if err != nil {
			return nil, err
		}
		if record.Revision == to {
			break
		}
	}
	if len(r.records) == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return r, nil
}

func (r *History) add(record *eventlog.Record, name func(eventlog.AuthorID) string) error {
	if record.Revision != r.Head()+1 || record.Schema > 1<<16-1 {
		return fmt.Errorf("%s revision %d: revision %d was expected: %w", r.Stream, record.Revision, r.Head()+1, eventlog.ErrDamaged)
	}
	author, ok := r.numbers[record.Author]
	if !ok {
		author = len(r.authors)
		r.numbers[record.Author] = author
		r.authors, r.Names = append(r.authors, record.Author), append(r.Names, name(record.Author))
	}
	kind := 0
	for kind < len(r.kinds) && r.kinds[kind] != record.Kind {
		kind++
	}
	if kind == len(r.kinds) {
		if kind > 255 {
			return fmt.Errorf("%s revision %d: kind %q is one too many: %w", r.Stream, record.Revision, record.Kind, eventlog.ErrDamaged)
		}
		r.kinds = append(r.kinds, record.Kind)
	}
	if record.Kind == "version" {
		e, err := event.Decode(*record)
		if err != nil {
			return err
		}
		if f, ok := e.Payload.(event.Version); ok {
			r.versions = append(r.versions, projection.Version{Name: f.Name, Of: f.Revision, Revision: e.Revision})
		}
	}
	r.records = append(r.records, mark{
		time: record.Time, at: len(r.bytes), shape: uint32(len(record.Shape)), text: uint32(len(record.Text)),
		author: uint32(author), kind: uint8(kind), schema: uint16(record.Schema),
	})
	r.bytes = append(append(r.bytes, record.Shape...), record.Text...)
	return nil
}

// Head returns the last revision.
func (r *History) Head() eventlog.Revision { return eventlog.Revision(len(r.records)) }

// Time returns when a revision was made, in Unix milliseconds.
func (r *History) Time(at eventlog.Revision) int64 { return r.records[at-1].time }

// Author returns who made a revision, as an index into Names.
func (r *History) Author(at eventlog.Revision) int { return int(r.records[at-1].author) }

// Kind returns what a revision was: "changed", "submitted" and so on.
func (r *History) Kind(at eventlog.Revision) string { return r.kinds[r.records[at-1].kind] }

// AuthorID returns the id of an author.
func (r *History) AuthorID(author int) eventlog.AuthorID { return r.authors[author] }

// after yields what comes after a revision; the bytes must not be modified.
func (r *History) after(at eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		record := eventlog.Record{Stream: r.Stream}
		for i := int(at); i < len(r.records); i++ {
			m := &r.records[i]
			record.Revision, record.Time, record.Author = eventlog.Revision(i+1), m.time, r.authors[m.author]
			record.Kind, record.Schema = r.kinds[m.kind], uint32(m.schema)
			end := m.at + int(m.shape)
			record.Shape, record.Text = r.bytes[m.at:end:end], r.bytes[end:end+int(m.text)]
			if !yield(record, nil) {
				return
			}
		}
	}
}

// At returns the revision at a moment in Unix milliseconds, 0 if there is none.
func (r *History) At(ms int64) eventlog.Revision {
	return eventlog.Revision(sort.Search(len(r.records), func(i int) bool { return r.records[i].time > ms }))
}

// Version returns the revision that has a name; of two, the one named last. It
// is 0 where none has it.
func (r *History) Version(name string) eventlog.Revision {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if v := r.versions[i]; v.Name == name {
			return v.Of
		}
	}
	return 0
}
