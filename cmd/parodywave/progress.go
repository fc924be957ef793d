package main

import (
	"fmt"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
)

// progressAside is progress for a command that prints as it goes: it shows nothing
// if stdout is a terminal, too.
func (a *app) progressAside(what string) func(done, total uint64) {
	show := a.progress(what)
	if show == nil || term.IsTerminal(os.Stdout.Fd()) {
		return func(uint64, uint64) {}
	}
	return show
}

// progress returns a function that shows progress on stderr, or nil if that is not
// a terminal.
func (a *app) progress(what string) func(done, total uint64) {
	f, ok := a.err.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("TERM") == "dumb" {
		return nil
	}
	shown := time.Now()
	return func(done, total uint64) {
		if total == 0 || time.Since(shown) < pollEvery && done < total {
			return
		}
		shown = time.Now()
		fmt.Fprintf(f, "\rparodywave: %s %3d%%", what, done*100/total)
		if done >= total {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}
