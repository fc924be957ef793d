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

	// Digest stands for everything the entry says, within one process: who
	// wrote what when, and at which revision. Sums of digests are equal where
	// the same entries came, but for a chance of one in 2^64.
	Digest uint64
}

// A Batch is what a frame of the stream brings. Readers that got the same bytes
// share it, so nobody may change it.
type Batch struct {
	Rev    uint64 // of the last entry
	Chain  string // there
	Notes  []Note // at least one
	Dense  bool   // each revision is the one after that before it
	Edits  int    // notes that are changes
	Digest uint64 // sum of all
	Extra  any    // what Frames.Extra made of it

	data []byte
}

// keptFrames is how many frames a Frames keeps: readers of one thread lie
// apart by a few only.
const keptFrames = 64

// Frames reads the frames of one thread's stream for many readers. A server
// sends most of them to all in the same bytes; those are read once and then
// only compared, so that a thousand readers cost little more than what the
// kernel takes to hand over their bytes. All methods may be called concurrently.
type Frames struct {
	// Extra, if it is set, makes something of a batch for those who get it. It
	// is called once for each, before anybody is handed it.
	Extra func(*Batch) any

	mu      sync.Mutex
	scanner scanner
	seed    maphash.Seed
	byHash  map[uint64]*Batch
	ring    [keptFrames]uint64 // the keys of byHash, in order of arrival
	next    int
}

// read returns what a frame of the stream brings. It keeps a copy of data.
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
		return nil, fmt.Errorf("%w: a frame of the stream without entries", ErrDiverged)
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
		return nil, fmt.Errorf("%w: a frame says that it ends with revision %d and its last entry is %d", ErrDiverged, b.Rev, last)
	}
	return b, nil
}
