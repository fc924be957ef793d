package wire

import (
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
	Spans   []BlameSpan // from the start of the text to its end
	Lines   []BlameLine // one for each piece, a last empty one included
}

// A BlameAuthor is someone with a part in the text.
type BlameAuthor struct {
	ID   eventlog.AuthorID
	Name string
	Kind string // what the author is, as the log has it
}

// A BlameSpan is a run of text that one revision inserted.
type BlameSpan struct {
	Length   int // UTF-16 code units, line breaks counted
	Revision eventlog.Revision
	Author   int // index in Authors
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
	dst = appendList(dst, `,"spans":`, b.Spans, func(dst []byte, s *BlameSpan) []byte {
		return appendTuple(dst, int64(s.Length), int64(s.Revision), int64(s.Author))
	})
	dst = appendList(dst, `,"lines":`, b.Lines, func(dst []byte, l *BlameLine) []byte {
		dst = appendTuple(dst, int64(l.Revision), int64(l.Author), l.At)
		dst = appendBool(dst[:len(dst)-1], `,`, l.Submitted)
		return append(dst, ']')
	})
	return append(dst, '}')
}

// AppendJSON appends the frame `join` of text mode.
func (m *TextJoin) AppendJSON(dst []byte) []byte {
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
