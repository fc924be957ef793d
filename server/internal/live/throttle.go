package live

import (
	"sync"
	"time"
)

// A throttle calls f once for all marks since the last call, in a goroutine of
// its own: at once if the last call is long enough ago, and else as soon as it
// is. Calls do not overlap.
type throttle struct {
	f func() // set before the first mark

	calling sync.Mutex // held during f
	mu      sync.Mutex
	due     bool      // a call is scheduled
	last    time.Time // of the last call
}

// mark schedules a call, not sooner than pause after the last one.
func (t *throttle) mark(pause time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.due {
		t.due = true
		time.AfterFunc(time.Until(t.last.Add(pause)), t.call)
	}
}

func (t *throttle) call() {
	t.calling.Lock()
	defer t.calling.Unlock()
	t.mu.Lock()
	t.due, t.last = false, time.Now()
	t.mu.Unlock()
	t.f()
}
