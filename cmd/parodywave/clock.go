package main

import (
	"time"

	"parodywave/projection"
)

// stamp formats a time in Unix milliseconds as all commands print it.
func stamp(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// parseTime parses a time as requests do.
func parseTime(s string) (time.Time, bool) { return projection.ParseTime(s, time.Now()) }
