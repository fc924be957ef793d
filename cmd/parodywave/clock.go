package main

import (
	"time"

	"parodywave/projection"
)

// stamp writes a time in Unix milliseconds as all commands do.
func stamp(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// parseTime reads a time, as requests do.
func parseTime(s string) (time.Time, bool) { return projection.ParseTime(s, time.Now()) }
