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

	// Kind is empty for a change of the text, and the record's kind for any
	// other record. A change is sent with Client, Seq and Changes, KindRedacted
	// with Changes, every other kind with Length.
	Kind    string
	Client  eventlog.ClientID
	Seq     uint64 // 0 if no client numbered it
	Changes ot.Change
	Length  int // UTF-16 code units of the text at Rev

	// Rows is sent if it is not empty: see "The rows of a text" in the package
	// comment.
	Rows []Splice

	// Origins is sent if it is not empty: the first authors of the inserted units of
	// a change, in order. Units beyond them are new.
	Origins []Origin

	Title string  // sent if not empty: the thread's title from here on
	Lines *[2]int // sent if not nil: the lines that were submitted, as of Rev-1

	Name string            // sent if not empty: the name of revision Of
	Of   eventlog.Revision // sent with Name

	// Chain is C of Rev. It is sent with a frame that ends in this entry, not
	// with the entry. If it is zero no frame ends here.
	Chain chain.Digest
}

// KindRedacted is the only kind whose entries carry changes: the replacement of
// the redacted text.
const KindRedacted = "redacted"

// AppendJSON appends the entry as an update has it.
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
	if len(e.Origins) > 0 {
		dst = appendList(dst, `,"origins":`, e.Origins, func(dst []byte, o *Origin) []byte { return o.appendJSON(dst) })
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
