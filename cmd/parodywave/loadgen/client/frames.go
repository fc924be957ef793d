package client

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"sync"
)

// A Note is an entry of the stream without its text.
type Note struct {
	Rev    uint64
	Client string // empty for records that are no change
	Seq    uint64
	Kind   string // empty for a change

	// Digest is a hash of the entry's text, author, time and revision, comparable
	// within one process. Equal sums of digests mean equal entries, except with a
	// chance of one in 2^64.
	Digest uint64
}

// A Batch has the entries of one frame. Readers that received the same bytes share
// it, so it must not be modified.
type Batch struct {
	Rev    uint64 // of the last entry
	Chain  string // there
	Notes  []Note // at least one
	Dense  bool   // the revisions have no gaps
	Edits  int    // notes that are changes
	Digest uint64 // sum of all
	Extra  any    // the result of Frames.Extra

	data []byte
}

// keptFrames is how many frames a Frames keeps: the readers of a thread are only
// a few frames apart.
const keptFrames = 64

// Frames decodes the frames of one thread for many readers. A server sends most
// frames to all readers with the same bytes; each such frame is decoded once and
// then only compared, so that a thousand readers use little more time than the
// kernel needs to deliver their bytes. All methods may be called concurrently.
type Frames struct {
	// Extra, if it is set, computes Batch.Extra. It is called once for each
	// batch, before any reader receives it.
	Extra func(*Batch) any

	mu      sync.Mutex
	scanner scanner
	seed    maphash.Seed
	byHash  map[uint64]*Batch
	ring    [keptFrames]uint64 // the keys of byHash, in order of arrival
	next    int
}

// read returns the batch of a frame. It keeps a copy of data.
func (f *Frames) read(data []byte) (*Batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.byHash == nil {
		f.byHash, f.seed = map[uint64]*Batch{}, maphash.MakeSeed()
	}
	hash := maphash.Bytes(f.seed, data)
	if b := f.byHash[hash]; b != nil && bytes.Equal(b.data, data) {
		return b, nil
	}
	b, err := f.parse(data)
	if err != nil {
		return nil, err
	}
	for _, other := range f.byHash {
		if other.Rev == b.Rev && other.Chain != b.Chain {
			return nil, fmt.Errorf("%w: two frames end with revision %d, one with chain %s and one with %s", ErrDiverged, b.Rev, other.Chain, b.Chain)
		}
	}
	if f.Extra != nil {
		b.Extra = f.Extra(b)
	}
	delete(f.byHash, f.ring[f.next])
	f.ring[f.next], f.byHash[hash] = hash, b
	f.next = (f.next + 1) % keptFrames
	return b, nil
}

func (f *Frames) parse(data []byte) (*Batch, error) {
	frame, err := f.scanner.frame(data)
	switch {
	case err != nil:
		return nil, err
	case len(frame.Updates) == 0:
		return nil, fmt.Errorf("%w: an update without entries", ErrDiverged)
	}
	b := &Batch{Rev: frame.Rev, Chain: frame.Chain, Dense: true, Notes: make([]Note, len(frame.Updates)), data: bytes.Clone(data)}
	for i := range frame.Updates {
		e := &frame.Updates[i]
		b.Notes[i] = Note{e.Rev, e.Client, e.Seq, e.Kind, e.digest()}
		b.Digest += b.Notes[i].Digest
		if e.Kind == "" {
			b.Edits++
		}
		if i > 0 && e.Rev != b.Notes[i-1].Rev+1 {
			b.Dense = false
		}
	}
	if last := b.Notes[len(b.Notes)-1].Rev; last != b.Rev {
		return nil, fmt.Errorf("%w: a frame has revision %d and its last entry %d", ErrDiverged, b.Rev, last)
	}
	return b, nil
}
