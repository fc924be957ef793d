package load

import "sync/atomic"

// A sheet is what a writer notes of the edits of one step.
type sheet struct {
	before  uint64 // edits of earlier steps
	strokes []stroke
}

// A stroke is one edit.
type stroke struct {
	typed   atomic.Int64  // Unix nanoseconds; 0: not yet
	arrived atomic.Uint32 // at so many others
}

// of returns the stroke of a seq, nil if it is none of this sheet's.
func (s *sheet) of(seq uint64) *stroke {
	if s == nil || seq <= s.before || seq-s.before > uint64(len(s.strokes)) {
		return nil
	}
	return &s.strokes[seq-s.before-1]
}
