package live

import (
	"log/slog"
	"sync"
	"time"
)

// clockPause is how long the server logs nothing more about its clock: while the
// clock is behind, every keystroke has cause to.
const clockPause = time.Minute

// A clockWarning logs, once a minute for all threads, that the clock is behind the
// newest records.
type clockWarning struct {
	mu      sync.Mutex
	records int       // since the last warning
	quiet   time.Time // before which nothing is logged
}

// behind counts a record that got a later time than the clock's.
func (c *clockWarning) behind(logger *slog.Logger, ms int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.records++
	if now := time.Now(); !now.Before(c.quiet) {
		logger.Warn("the clock is behind the newest record: records get its time until the clock has caught up", "ms", ms, "records", c.records)
		c.records, c.quiet = 0, now.Add(clockPause)
	}
}
