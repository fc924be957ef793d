package live

import (
	"crypto/rand"
	"sync"
	"time"

	"parodywave/eventlog"

	"github.com/oklog/ulid/v2"
)

// An ids gives each connection an id that is greater than those before it, also when
// the clock is set back: of two connections of one client the authority keeps the one
// with the greater id.
type ids struct {
	now func() time.Time

	mu      sync.Mutex
	last    uint64 // Unix milliseconds
	entropy *ulid.MonotonicEntropy
}

func (s *ids) next() eventlog.ClientID {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.entropy == nil {
		s.entropy = ulid.Monotonic(rand.Reader, 0)
	}
	s.last = max(s.last, ulid.Timestamp(s.now()))
	return eventlog.ClientID(ulid.MustNew(s.last, s.entropy))
}
