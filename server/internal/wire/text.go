package wire

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// TextJoin is the answer to Join in text mode: the whole thread.
type TextJoin struct {
	Thread   eventlog.Stream
	Title    string
	Rev      eventlog.Revision
	Chain    chain.Digest // C of Rev
	Text     string       // lines joined by \n
	Blame    Blame
	Limits   Limits
	ReadOnly bool
	Reset    bool // the client's own past is not the log's: it offers a merge
}

// Blame tells who wrote what in a text. Authors are told by their index.
type Blame struct {
	Authors []BlameAuthor
	Runs    []BlameRun  // from the start of the text to its end
	Lines   []BlameLine // one for each piece, a last empty one included
}

// A BlameAuthor is someone with a part in the text.
type BlameAuthor struct {
	ID   eventlog.AuthorID
	Name string
	Kind string // what the author is, as the log has it
}

// A BlameRun is a run of text by one author: all inserted by one revision or,
// where it was typed, each unit by the revision after its left neighbour's. The
// frame has a span for each revision.
type BlameRun struct {
	Revision eventlog.Revision // of the first unit
	Length   int               // UTF-16 code units, line breaks counted
	Author   int               // index in Authors
	Typed    bool
}

// A BlameLine tells of one line's last change.
type BlameLine struct {
	Revision  eventlog.Revision
	Author    int   // index in Authors
	At        int64 // Unix milliseconds
	Submitted bool
}

// AppendJSON appends b as it stands in a join.
func (b *Blame) AppendJSON(dst []byte) []byte {
	dst = appendList(dst, `{"authors":`, b.Authors, func(dst []byte, a *BlameAuthor) []byte {
		dst = appendID(dst, `{"id":`, a.ID)
		dst = appendText(dst, `,"name":`, a.Name)
		dst = appendText(dst, `,"kind":`, a.Kind)
		return append(dst, '}')
	})
	dst = appendSpans(append(dst, `,"spans":[`...), b.Runs)
	dst = appendList(dst, `],"lines":`, b.Lines, func(dst []byte, l *BlameLine) []byte {
		dst = appendTuple(dst, int64(l.Revision), int64(l.Author), l.At)
		dst = appendBool(dst[:len(dst)-1], `,`, l.Submitted)
		return append(dst, ']')
	})
	return append(dst, '}')
}

// size returns about how many bytes the runs and lines of b take.
func (b *Blame) size() int {
	return spansSize(b.Runs) + len(b.Lines)*len("[4294967296,9,1700000000000,false],")
}

// AppendJSON appends the frame `join` of text mode.
func (m *TextJoin) AppendJSON(dst []byte) []byte {
	dst = slices.Grow(dst, 2048+len(m.Text)+len(m.Text)/16+m.Blame.size()) // a megabyte is not to be copied as it grows
	dst = appendText(dst, `{"type":"join","thread":`, string(m.Thread))
	dst = appendText(dst, `,"title":`, m.Title)
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendDigest(dst, `,"chain":`, m.Chain)
	dst = appendText(dst, `,"text":`, m.Text)
	dst = m.Blame.AppendJSON(append(dst, `,"blame":`...))
	dst = m.Limits.AppendJSON(append(dst, `,"limits":`...))
	dst = appendBool(dst, `,"readonly":`, m.ReadOnly)
	if m.Reset {
		dst = append(dst, `,"reset":true`...)
	}
	return append(dst, '}')
}

// ResumeJoin is the answer to a Join that resumes. The entries of Rev+1 to Head
// follow it in frames of their own.
type ResumeJoin struct {
	Thread   eventlog.Stream
	Title    string
	Rev      eventlog.Revision // what the client has
	Head     eventlog.Revision
	Limits   Limits
	ReadOnly bool
}

// AppendJSON appends the frame `join` that answers a resume.
func (m *ResumeJoin) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"join","thread":`, string(m.Thread))
	dst = appendText(dst, `,"title":`, m.Title)
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendRev(dst, `,"head":`, m.Head)
	dst = m.Limits.AppendJSON(append(dst, `,"limits":`...))
	dst = appendBool(dst, `,"readonly":`, m.ReadOnly)
	return append(dst, '}')
}
