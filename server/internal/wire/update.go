package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// TextUpdate streams entries to clients in text mode. The frame's "rev" and
// "chain" are those of the last entry: a client that has applied the whole
// frame may resume from them.
type TextUpdate struct {
	ID      eventlog.Stream
	Updates []Entry // at least one, of consecutive revisions; the last with its Chain
}

// AppendJSON appends the frame `update` of text mode, whatever its length.
func (m *TextUpdate) AppendJSON(dst []byte) []byte {
	dst = appendUpdateHead(dst, m.ID, &m.Updates[len(m.Updates)-1])
	dst = appendList(dst, "", m.Updates,
		func(dst []byte, e *Entry) []byte { return e.AppendJSON(dst) })
	return append(dst, '}')
}

func appendUpdateHead(dst []byte, id eventlog.Stream, last *Entry) []byte {
	dst = appendText(dst, `{"type":"update","id":`, string(id))
	dst = appendRev(dst, `,"rev":`, last.Rev)
	dst = appendDigest(dst, `,"chain":`, last.Chain)
	return append(dst, `,"updates":`...)
}

// A Run is entries that are encoded once, for frames that hold all or the last
// of them.
type Run struct {
	id     eventlog.Stream
	last   Entry
	body   []byte // a comma before each entry
	starts []int  // where in body each begins
}

// NewRun encodes entries.
func NewRun(m *TextUpdate) *Run {
	r := &Run{id: m.ID, last: m.Updates[len(m.Updates)-1], starts: make([]int, len(m.Updates))}
	for i := range m.Updates {
		r.starts[i] = len(r.body)
		r.body = m.Updates[i].AppendJSON(append(r.body, ','))
	}
	return r
}

// Entries returns the revisions of the first and the last entry.
func (r *Run) Entries() (first, last eventlog.Revision) {
	return r.last.Rev + 1 - eventlog.Revision(len(r.starts)), r.last.Rev
}

// Frame returns a frame with the run's entries from a revision on.
func (r *Run) Frame(from eventlog.Revision) []byte {
	first, _ := r.Entries()
	return frameOf(r.id, r.body[r.starts[from-first]:], &r.last)
}

// updateHeadBytes is more than the head and tail of a frame take: a stream name
// with every byte escaped, a revision, a chain value, and the keys.
const updateHeadBytes = 6*eventlog.MaxStreamBytes + 20 + 64 + 80

// Frames returns the entries in order, in as few frames of at most most bytes
// as possible; the protocol promises UpdateFrameBytes. A frame ends only at an
// entry whose Chain is known, or at the last one, so it may be longer than
// most: an entry that inserts more is sent whole.
func (m *TextUpdate) Frames(most int) [][]byte {
	var frames [][]byte
	var body []byte // the entries since the last frame, a comma before each
	cut, last := 0, (*Entry)(nil)
	for i := range m.Updates {
		e := &m.Updates[i]
		body = e.AppendJSON(append(body, ','))
		if len(body)+updateHeadBytes > most && cut > 0 {
			frames = append(frames, frameOf(m.ID, body[:cut], last))
			body = append(body[:0], body[cut:]...)
			cut = 0
		}
		if e.Chain != (chain.Digest{}) {
			cut, last = len(body), e
		}
	}
	if len(body) > 0 {
		frames = append(frames, frameOf(m.ID, body, &m.Updates[len(m.Updates)-1]))
	}
	return frames
}

func frameOf(id eventlog.Stream, body []byte, last *Entry) []byte {
	frame := appendUpdateHead(make([]byte, 0, len(body)+updateHeadBytes), id, last)
	frame = append(append(frame, '['), body[1:]...)
	return append(frame, ']', '}')
}
