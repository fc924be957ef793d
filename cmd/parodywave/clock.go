package main

import (
	"strconv"
	"strings"
	"time"

	"parodywave/projection"
)

// stamp writes a time in Unix milliseconds as all commands do.
func stamp(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// parseTime reads a moment: RFC 3339, the beginning of it (in UTC), or how long
// ago as in -15m, -2h, -3d.
func parseTime(s string) (time.Time, bool) {
	if t, ok := projection.ParseTime(s); ok {
		return t, true
	}
	ago, ok := strings.CutPrefix(s, "-")
	if !ok || strings.HasPrefix(ago, "-") || strings.HasPrefix(ago, "+") {
		return time.Time{}, false
	}
	if days, ok := strings.CutSuffix(ago, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Now().AddDate(0, 0, -int(n)), err == nil
	}
	d, err := time.ParseDuration(ago)
	return time.Now().Add(-d), err == nil
}
