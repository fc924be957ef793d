package server

import (
	"context"
	"runtime/debug"
	"time"
)

const (
	// tidyAfter is how many connections have to come or go before it is worth
	// to tidy up behind them.
	tidyAfter = 200
	// tidyQuiet is how long nobody may have come or gone then, and tidyPause
	// how long the last time must lie behind.
	tidyQuiet = 2 * time.Second
	tidyPause = 30 * time.Second
)

// tidy gives memory back after a crowd has come or gone. A handshake and a join
// leave several times as much garbage as an idle connection keeps, and when
// nothing happens afterwards, nothing collects it for minutes.
func (ps *peerSet) tidy(ctx context.Context) {
	tick := time.NewTicker(tidyQuiet)
	defer tick.Stop()
	var last, tidied uint64
	var at time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n := ps.moved()
		if n == last && n-tidied >= tidyAfter && time.Since(at) > tidyPause {
			debug.FreeOSMemory()
			tidied, at = n, time.Now()
		}
		last = n
	}
}
