package main

import (
	"time"

	"parodywave/projection"
	"parodywave/server/jsonrow"
)

// stamp formats a time in Unix milliseconds as all commands print it.
func stamp(ms int64) string { return jsonrow.Time(ms) }

// parseTime parses a time as requests do.
func parseTime(s string) (time.Time, bool) { return projection.ParseTime(s, time.Now()) }
