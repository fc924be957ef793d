package live

import (
	"slices"
	"sync"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// pagesBytes is the most that pages keeps, in bytes. A page that was forgotten is made
// again from the log.
const pagesBytes = 32 << 20

// A page is consecutive entries of a thread, read and encoded once for all peers that
// lack them.
type page struct {
	room          *room
	redactions    int64 // that the room's authority knew before the entries were read
	from, through eventlog.Revision
	entries       []wire.Entry
	frames        [][]byte // of the entries
	bytes         int      // that it takes, about
}

// part returns the frames of the entries after a revision through to, as far as p has
// them, and the revision of the last one.
func (p *page) part(after, to eventlog.Revision) ([][]byte, eventlog.Revision) {
	if to = min(to, p.through); after == p.from && to == p.through {
		return p.frames, to
	}
	return wire.UpdateFrames(p.room.stream, p.entries[after-p.from:to-p.from], wire.UpdateFrameBytes), to
}

// pages keeps the newest pages while anybody is behind. Peers that fell behind together
// lack nearly the same entries.
type pages struct {
	most int // bytes

	mu      sync.Mutex
	streams int
	bytes   int
	all     []*page // the one that was used last is the last
}

func (s *pages) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams++
}

func (s *pages) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams--; s.streams == 0 {
		s.all, s.bytes = nil, 0
	}
}

// get returns a page that has the entry after a revision; nil if there is none. A page
// from before a redaction may have the text that was redacted.
func (s *pages) get(r *room, redactions int64, after eventlog.Revision) *page {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.all, func(p *page) bool {
		return p.room == r && p.redactions == redactions && p.from <= after && after < p.through
	})
	if i < 0 {
		return nil
	}
	p := s.all[i]
	s.all = append(slices.Delete(s.all, i, i+1), p)
	return p
}

// next returns the lowest revision between two at which a page begins, or else to.
func (s *pages) next(r *room, redactions int64, after, to eventlog.Revision) eventlog.Revision {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.all {
		if p.room == r && p.redactions == redactions && p.from > after {
			to = min(to, p.from)
		}
	}
	return to
}

func (s *pages) put(p *page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, p)
	for s.bytes += p.bytes; s.bytes > s.most && len(s.all) > 1; s.all = slices.Delete(s.all, 0, 1) {
		s.bytes -= s.all[0].bytes
	}
}
