package projection

import (
	"fmt"
	"time"

	"parodywave/eventlog"
)

// Now returns the moment from which a time like -15m counts back in a stream: now
// or, if the newest record has a later time, that one. A record gets the time of the
// one before it while the clock is behind that.
func Now(head eventlog.Head, now time.Time) time.Time {
	if newest := time.UnixMilli(head.Time); newest.After(now) {
		return newest
	}
	return now
}

// aheadLeast is how far ahead times must run to be worth a word: the clocks of two
// machines often differ by seconds.
const aheadLeast = time.Minute

// Ahead says that the clock of a log runs ahead, if the newest time of its records,
// in Unix milliseconds, is at least a minute after now. Otherwise it is empty.
func Ahead(newest int64, now time.Time) string {
	by := AheadBy(newest, now)
	if by == 0 {
		return ""
	}
	return fmt.Sprintf("the clock of this log runs %s ahead: its newest record is of %s, and new ones get this time until the clock has caught up",
		minutes(by), time.UnixMilli(newest).UTC().Format("2006-01-02T15:04:05.000Z"))
}

// AheadBy returns how far the clock of a log runs ahead, 0 if Ahead is empty.
func AheadBy(newest int64, now time.Time) time.Duration {
	if by := time.UnixMilli(newest).Sub(now); by >= aheadLeast {
		return by
	}
	return 0
}

// minutes returns d in minutes, or in days if it is long.
func minutes(d time.Duration) string {
	n, unit := int64(d/time.Minute), "minute"
	if days := n / (24 * 60); days > 1 {
		n, unit = days, "day"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}
