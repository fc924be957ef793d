package names

import (
	"strconv"
	"time"
)

// Moment reads a time: RFC 3339 or, in UTC, the beginning of it, from the day
// on; or how long before now it is, as in -15m, -2h30m or -3d. The units are
// those of time.ParseDuration, and d for whole calendar days, alone.
func Moment(s string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if len(s) < 2 || s[0] != '-' || s[1] == '-' || s[1] == '+' {
		return time.Time{}, false
	}
	ago := s[1:]
	if last := len(ago) - 1; ago[last] == 'd' {
		days, err := strconv.ParseUint(ago[:last], 10, 16)
		return now.AddDate(0, 0, -int(days)), err == nil
	}
	d, err := time.ParseDuration(ago)
	return now.Add(-d), err == nil
}
