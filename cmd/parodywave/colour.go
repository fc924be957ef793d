package main

import "os"

// Escape sequences.
const (
	bold      = "\x1b[1m"
	boldRed   = "\x1b[1;31m"
	red       = "\x1b[31m"
	green     = "\x1b[32m"
	cyan      = "\x1b[36m"
	faint     = "\x1b[2m"
	backwards = "\x1b[7m"
	normal    = "\x1b[0m"
)

// colours reports whether stdout is a terminal and colours are not turned off.
func (a *app) colours() bool {
	f, ok := a.stdout.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
