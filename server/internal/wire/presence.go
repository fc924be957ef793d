package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// CursorOut passes a client's Cursor on to the others. It is never logged.
type CursorOut struct {
	ID     eventlog.Stream
	Client eventlog.ClientID
	User   string
	Author eventlog.AuthorID
	Rev    eventlog.Revision
	Ranges [][2]int // anchor and head in UTF-16 code units; none: it left
}

// AppendJSON appends the frame `cursor`.
func (m *CursorOut) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"cursor","id":`, string(m.ID))
	dst = appendID(dst, `,"client":`, m.Client)
	dst = appendText(dst, `,"user":`, m.User)
	dst = appendID(dst, `,"author":`, m.Author)
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendList(dst, `,"ranges":`, m.Ranges, func(dst []byte, r *[2]int) []byte {
		return appendTuple(dst, int64(r[0]), int64(r[1]))
	})
	return append(dst, '}')
}

// People lists who is in a thread, for text mode. It is never logged.
type People struct {
	ID     eventlog.Stream
	People []Person // in order of arrival, at most PeopleInFrame
	Total  int      // how many there are
}

// PeopleInFrame is the most rows that a People frame has.
const PeopleInFrame = 100

// A Person is an author who is in a thread, once for each mode.
type Person struct {
	User   string
	Author eventlog.AuthorID
	Text   bool // text mode, not line mode
}

// AppendJSON appends the frame `people`.
func (m *People) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"people","id":`, string(m.ID))
	dst = appendList(dst, `,"people":`, m.People, func(dst []byte, p *Person) []byte {
		dst = appendText(dst, `{"user":`, p.User)
		dst = appendID(dst, `,"author":`, p.Author)
		if p.Text {
			return append(dst, `,"mode":"text"}`...)
		}
		return append(dst, `,"mode":"line"}`...)
	})
	dst = appendInt(dst, `,"total":`, m.Total)
	return append(dst, '}')
}

// Beacon describes the text at Rev, for clients to compare theirs with.
type Beacon struct {
	ID     eventlog.Stream
	Rev    eventlog.Revision
	Length int          // UTF-16 code units
	SHA256 [32]byte     // of the text's UTF-8
	Chain  chain.Digest // C of Rev
}

// AppendJSON appends the frame `beacon`.
func (m *Beacon) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"beacon","id":`, string(m.ID))
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendInt(dst, `,"length":`, m.Length)
	dst = appendDigest(dst, `,"sha256":`, m.SHA256)
	dst = appendDigest(dst, `,"chain":`, m.Chain)
	return append(dst, '}')
}
