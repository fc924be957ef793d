package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Run is entries that are encoded once, for `update` frames of text mode that
// hold all or the last of them. Such a frame's "rev" and "chain" are those of the
// last entry: a client that has applied the whole frame may resume from them.
type Run struct {
	id     eventlog.Stream
	last   Entry
	body   []byte // a comma before each entry
	starts []int  // where in body each begins
}

// NewRun encodes entries: at least one, of consecutive revisions, the last with its
// Chain.
func NewRun(id eventlog.Stream, entries []Entry) *Run {
	r := &Run{id: id, last: entries[len(entries)-1], starts: make([]int, len(entries))}
	for i := range entries {
		r.starts[i] = len(r.body)
		r.body = entries[i].AppendJSON(append(r.body, ','))
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

// UpdateFrames returns entries as NewRun takes them, in as few frames of at most
// most bytes as possible; the protocol promises UpdateFrameBytes. A frame ends only at an
// entry whose Chain is known, or at the last one, so it may be longer than
// most: an entry that inserts more is sent whole.
func UpdateFrames(id eventlog.Stream, entries []Entry, most int) [][]byte {
	var frames [][]byte
	var body []byte // the entries since the last frame, a comma before each
	cut, last := 0, (*Entry)(nil)
	for i := range entries {
		e := &entries[i]
		body = e.AppendJSON(append(body, ','))
		if len(body)+updateHeadBytes > most && cut > 0 {
			frames = append(frames, frameOf(id, body[:cut], last))
			body = append(body[:0], body[cut:]...)
			cut = 0
		}
		if e.Chain != (chain.Digest{}) {
			cut, last = len(body), e
		}
	}
	if len(body) > 0 {
		frames = append(frames, frameOf(id, body, &entries[len(entries)-1]))
	}
	return frames
}

func frameOf(id eventlog.Stream, body []byte, last *Entry) []byte {
	frame := appendText(make([]byte, 0, len(body)+updateHeadBytes), `{"type":"update","id":`, string(id))
	frame = appendRev(frame, `,"rev":`, last.Rev)
	frame = appendDigest(frame, `,"chain":`, last.Chain)
	frame = append(append(frame, `,"updates":[`...), body[1:]...)
	return append(frame, ']', '}')
}
