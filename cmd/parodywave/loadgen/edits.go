package loadgen

import "sync/atomic"

// A stepEdits has the edits that a writer types in one step.
type stepEdits struct {
	before uint64 // edits of earlier steps
	edits  []edit
}

// An edit has what is measured of one edit.
type edit struct {
	typed   atomic.Int64  // Unix nanoseconds; 0: not typed yet
	arrived atomic.Uint32 // how many other connections have received it
}

// of returns the edit with a seq, or nil if another step typed it.
func (s *stepEdits) of(seq uint64) *edit {
	if s == nil || seq <= s.before || seq-s.before > uint64(len(s.edits)) {
		return nil
	}
	return &s.edits[seq-s.before-1]
}
