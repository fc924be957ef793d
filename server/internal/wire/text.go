package wire

import (
	"slices"
	"strconv"

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
	Reset    bool // the log does not have what the client saw: the client offers a merge
	// Ahead is how far the time of the newest record is ahead of the server's clock, in
	// milliseconds; 0 if that is less than a minute.
	Ahead int64
}

// Blame says who wrote what in a text. Authors are given by their index.
type Blame struct {
	Authors []BlameAuthor
	Runs    []BlameRun  // from the start of the text to its end
	Lines   []BlameLine // one for each line, an empty last one included
}

// A BlameAuthor is an author of a part of the text.
type BlameAuthor struct {
	ID   eventlog.AuthorID
	Name string
	Kind string // the author's kind in the log
}

// A BlameRun is a run of text by one author. All of it was inserted by one
// revision or, if Typed, each unit by the revision after its left neighbour's.
// The frame has one span for each revision.
type BlameRun struct {
	Revision eventlog.Revision // of the first unit
	Length   int               // UTF-16 code units, line breaks counted
	Author   int               // index in Authors
	Typed    bool
}

// A BlameLine is the last change of one line.
type BlameLine struct {
	Revision  eventlog.Revision
	Author    int   // index in Authors
	At        int64 // Unix milliseconds
	Submitted bool
}

// AppendJSON appends b as a join has it.
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

// size estimates the bytes that the runs and lines of b take.
func (b *Blame) size() int {
	return spansSize(b.Runs) + len(b.Lines)*len("[4294967296,9,1700000000000,false],")
}

// AppendJSON appends the frame `join` of text mode.
func (m *TextJoin) AppendJSON(dst []byte) []byte {
	dst = slices.Grow(dst, 2048+len(m.Text)+len(m.Text)/16+m.Blame.size()) // so that a megabyte is not copied as it grows
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
	return append(appendAhead(dst, m.Ahead), '}')
}

func appendAhead(dst []byte, ahead int64) []byte {
	if ahead > 0 {
		dst = strconv.AppendInt(append(dst, `,"ahead":`...), ahead, 10)
	}
	return dst
}

// ResumeJoin is the answer to a Join that resumes. The entries from Rev+1 to
// Head follow in further frames.
type ResumeJoin struct {
	Thread   eventlog.Stream
	Title    string
	Rev      eventlog.Revision // what the client has
	Head     eventlog.Revision
	Limits   Limits
	ReadOnly bool
	Ahead    int64 // as TextJoin has it
}

// AppendJSON appends the frame `join` that answers a resume.
func (m *ResumeJoin) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"join","thread":`, string(m.Thread))
	dst = appendText(dst, `,"title":`, m.Title)
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendRev(dst, `,"head":`, m.Head)
	dst = m.Limits.AppendJSON(append(dst, `,"limits":`...))
	dst = appendBool(dst, `,"readonly":`, m.ReadOnly)
	return append(appendAhead(dst, m.Ahead), '}')
}
