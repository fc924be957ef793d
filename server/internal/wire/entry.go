package wire

import (
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/ot"
)

// An Entry is one record of a thread as text mode streams it.
type Entry struct {
	Rev    eventlog.Revision
	User   string // the author's name
	Author eventlog.AuthorID
	At     int64 // Unix milliseconds

	// Kind is empty for a change of the text and the record's kind for all
	// others. Client, Seq and Changes are sent for a change; Changes alone for
	// KindRedacted; Length for every other kind.
	Kind    string
	Client  eventlog.ClientID
	Seq     uint64 // 0 where no client numbered it
	Changes ot.Change
	Length  int // UTF-16 code units of the text at Rev

	// Rows is sent where it is not empty: see "The rows of a text" in the package
	// comment.
	Rows []Splice

	Title string  // sent where it is not empty: what the thread is called from here
	Lines *[2]int // sent where it is not nil: what was submitted, as of Rev-1

	Name string            // sent where it is not empty: what the revision Of is called
	Of   eventlog.Revision // sent with Name

	// Chain is C of Rev. It is not sent with the entry but with a frame that
	// ends in it, and zero where it is not known: no frame ends there.
	Chain chain.Digest
}

// KindRedacted is the one kind beside a plain change whose entries carry
// changes: the black text in place of what was erased.
const KindRedacted = "redacted"

// AppendJSON appends the entry, as it stands in an update.
func (e *Entry) AppendJSON(dst []byte) []byte {
	dst = appendRev(dst, `{"rev":`, e.Rev)
	dst = appendText(dst, `,"user":`, e.User)
	dst = appendID(dst, `,"author":`, e.Author)
	if e.Kind == "" {
		dst = appendID(dst, `,"client":`, e.Client)
		dst = strconv.AppendUint(append(dst, `,"seq":`...), e.Seq, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"at":`...), e.At, 10)
	if e.Kind != "" {
		dst = appendText(dst, `,"kind":`, e.Kind)
	}
	if e.Kind == "" || e.Kind == KindRedacted {
		dst = e.Changes.AppendJSON(append(dst, `,"changes":`...))
	} else {
		dst = appendInt(dst, `,"length":`, e.Length)
	}
	if len(e.Rows) > 0 {
		dst = appendList(dst, `,"rows":`, e.Rows, func(dst []byte, s *Splice) []byte { return s.appendJSON(dst) })
	}
	if e.Title != "" {
		dst = appendText(dst, `,"title":`, e.Title)
	}
	if e.Lines != nil {
		dst = appendTuple(append(dst, `,"lines":`...), int64(e.Lines[0]), int64(e.Lines[1]))
	}
	if e.Name != "" {
		dst = appendText(dst, `,"name":`, e.Name)
		dst = appendRev(dst, `,"of":`, e.Of)
	}
	return append(dst, '}')
}
