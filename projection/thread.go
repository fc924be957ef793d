package projection

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A Thread is one thread at a revision: its text, its lines and their authors.
// The zero value is not ready; use NewThread.
type Thread struct {
	Stream   eventlog.Stream
	Revision eventlog.Revision
	Title    string
	OpenedBy eventlog.AuthorID
	OpenedAt int64 // Unix milliseconds

	// UpdatedAt and UpdatedBy are those of the newest record.
	UpdatedAt int64
	UpdatedBy eventlog.AuthorID

	// Written reports whether there was a changed record: only then are
	// there lines.
	Written bool

	// Imports lists the records that mark earlier ones as imported.
	Imports []Import
	// Versions lists the named revisions, in the order in which they were named.
	Versions []Version
	// Redactions counts redacted records.
	Redactions int

	// Inserted and Deleted count UTF-16 units over the whole history, moved
	// ones among them.
	Inserted, Deleted uint64

	text    text
	lines   lines
	patches patches
	stretch newestStretch
	recent  int // index of the line that the last change touched
	aliases map[LineID]LineID
	authors []eventlog.AuthorID
	numbers map[eventlog.AuthorID]uint32
	clients map[eventlog.ClientID]*Client

	// The author of the last record is likely to make the next one.
	lastNumber uint32
	lastClient eventlog.ClientID
	last       *Client

	effect  Effect
	scratch scratch
	net     net
	typing  typing

	byKeystroke bool // every record changes rows for good
}

// keystrokeRule makes new threads follow the rule of before the net law. Tests set it.
var keystrokeRule bool

// A Client is what a thread remembers of one editor instance.
type Client struct {
	Author eventlog.AuthorID // the first to use the id; nobody else may use it
	Seq    uint64            // of its last numbered entry
}

// An Import is an imported record.
type Import struct {
	event.Imported
	Revision eventlog.Revision
	Author   eventlog.AuthorID
	Time     int64 // Unix milliseconds
}

// A Version is a named revision.
type Version struct {
	Name     string
	Of       eventlog.Revision // the revision that has the name
	Revision eventlog.Revision // of the record that gave the name
	Author   eventlog.AuthorID
	Time     int64 // Unix milliseconds
}

// NewThread returns a thread at revision 0, before its first record.
func NewThread(stream eventlog.Stream) *Thread {
	return &Thread{
		byKeystroke: keystrokeRule,

		Stream:  stream,
		aliases: map[LineID]LineID{},
		numbers: map[eventlog.AuthorID]uint32{},
		clients: map[eventlog.ClientID]*Client{},
	}
}

// Apply folds the next event of the stream. When the event cannot follow (a gap in
// revisions, a change of a text of another length), the error wraps
// eventlog.ErrDamaged, and the thread must not be used any more.
func (t *Thread) Apply(e event.Event) (*Effect, error) {
	if err := t.apply(&e); err != nil {
		return nil, err
	}
	return &t.effect, nil
}

// apply keeps nothing of e or its payload: they may be in a Decoder's memory.
func (t *Thread) apply(e *event.Event) error {
	t.effect.clear()
	if e.Revision != t.Revision+1 {
		return t.fault(e.Revision, "revision %d was expected", t.Revision+1)
	}
	known := len(t.authors)
	author := t.number(&e.Author)
	t.goOn(author, e.Time)
	if err := t.fold(e, author, known); err != nil {
		return err
	}
	t.Revision, t.UpdatedAt, t.UpdatedBy = e.Revision, e.Time, e.Author
	if e.Client != (eventlog.ClientID{}) {
		t.remember(e.Author, e.Client, e.Seq)
	}
	return nil
}

// fold applies e by an author; there were known authors before.
func (t *Thread) fold(e *event.Event, author uint32, known int) error {
	switch f := e.Payload.(type) {
	case event.Opened:
		if e.Revision != 1 {
			return t.fault(e.Revision, "opened is revision 1")
		}
		t.Title, t.OpenedBy, t.OpenedAt = f.Title, e.Author, e.Time
	case event.Renamed:
		t.Title = f.Title
	case *event.Changed:
		err := t.change(e, f, author, known)
		t.recall(&f.Change)
		return err
	case event.Changed:
		err := t.change(e, &f, author, known)
		t.recall(&f.Change)
		return err
	case event.Submitted:
		t.endTyping()
		if f.From < 0 || f.From > f.To || f.To >= t.lines.count {
			return t.fault(e.Revision, "submitted lines %d to %d of %d", f.From, f.To, t.lines.count)
		}
		for i := f.From; i <= f.To; i++ {
			if k := t.patches.find(i); k >= 0 {
				t.releaseKey(k, i)
			}
			ln, _ := t.lines.byIndex(i)
			ln.submitted = true
			t.effect.Touched = append(t.effect.Touched, i)
		}
		t.breakOff()
	case event.Redacted:
		t.patches.clear()
		err := t.redact(e, f)
		t.breakOff()
		return err
	case event.Imported:
		t.Imports = append(t.Imports, Import{f, e.Revision, e.Author, e.Time})
	case event.Version:
		t.Versions = append(t.Versions, Version{f.Name, f.Revision, e.Revision, e.Author, e.Time})
	default:
		return t.fault(e.Revision, "not a fact of a thread")
	}
	return nil
}

func (t *Thread) fault(at eventlog.Revision, format string, args ...any) error {
	return fmt.Errorf("%s revision %d: %s: %w", t.Stream, at, fmt.Sprintf(format, args...), eventlog.ErrDamaged)
}

func (t *Thread) number(id *eventlog.AuthorID) uint32 {
	if int(t.lastNumber) < len(t.authors) && t.authors[t.lastNumber] == *id {
		return t.lastNumber
	}
	n, ok := t.numbers[*id]
	if !ok {
		n = uint32(len(t.authors))
		t.authors = append(t.authors, *id)
		t.numbers[*id] = n
	}
	t.lastNumber = n
	return n
}

func (t *Thread) remember(author eventlog.AuthorID, client eventlog.ClientID, seq uint64) {
	if t.last == nil || t.lastClient != client {
		c, ok := t.clients[client]
		if !ok {
			c = &Client{Author: author}
			t.clients[client] = c
		}
		t.lastClient, t.last = client, c
	}
	if seq > 0 {
		t.last.Seq = seq
	}
}

// Client returns a client's author and sequence number, and whether the client
// ever made a record here.
func (t *Thread) Client(id eventlog.ClientID) (Client, bool) {
	if c, ok := t.clients[id]; ok {
		return *c, true
	}
	return Client{}, false
}

// Moment returns when the newest record was made, and by whom. There must be one.
func (t *Thread) Moment() Moment { return Moment{t.Revision, int(t.number(&t.UpdatedBy)), t.UpdatedAt} }

// AuthorIndex returns the index of an author in Authors, and whether there is
// one: without one, the author made no record here yet.
func (t *Thread) AuthorIndex(id eventlog.AuthorID) (int, bool) {
	n, ok := t.numbers[id]
	return int(n), ok
}

// Authors returns the authors of the thread's records, in order of appearance.
// Authors in Span, Moment and others are indices into it. It must not be modified.
func (t *Thread) Authors() []eventlog.AuthorID { return t.authors }
