package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// TestAClockThatRanAheadIsSaid has a log whose last records are of an hour and a half
// from now. Whoever reads its times is notified once, and times like -0m count from
// the newest record.
func TestAClockThatRanAheadIsSaid(t *testing.T) {
	t.Parallel()
	program, data := build(t), t.TempDir()
	thread := string(logAhead(t, data, time.Now()))
	for _, c := range []struct {
		args, out string
		notes     int
	}{
		{"cat T@-0m", "three", 1}, {"cat T@-40m", "two", 1}, {"cat T@-100m", "one", 1}, {"cat T", "three", 0}, {"cat T@2", "one", 0},
		{"log T", "", 1}, {"blame T", "", 1}, {"blame T@-40m", "", 1}, {"log T --since -40m --json -n 9", "", 1},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "T", thread))
		cmd := exec.Command(program, append(args, "--data", data)...)
		cmd.Env = environ()
		var out, said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &said
		err := cmd.Run()
		if n := strings.Count(said.String(), "the clock of this log runs"); err != nil || n != c.notes || c.out != "" && out.String() != c.out {
			t.Errorf("%s: %v, %d notes, want %d\n%s%s", c.args, err, n, c.notes, out.String(), said.String())
		}
		if strings.Contains(c.args, "--since") && strings.Contains(out.String(), "two") {
			t.Errorf("%s has older records:\n%s", c.args, out.String())
		}
	}
}

// logAhead writes a log with a thread that read "one" an hour ago, "two" 30 minutes
// from now, and "three" 90 minutes from now.
func logAhead(t *testing.T, data string, now time.Time) eventlog.Stream {
	t.Helper()
	const stream = eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W9X")
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for i, after := range []time.Duration{-2 * time.Hour, -time.Hour, 30 * time.Minute, 90 * time.Minute} {
		f := event.Payload(event.Opened{Title: "T"})
		if i > 0 {
			next := []string{"", "one", "two", "three"}[i]
			units, err := ot.Units(next)
			if err != nil {
				t.Fatal(err)
			}
			f = event.Changed{Change: ot.Replace(len(text), 0, len(text), units)}
			text = next
		}
		r := event.Encode(f)
		r.Author, r.Time = eventlog.AuthorID{1}, now.Add(after).UnixMilli()
		if _, err := log.Append(t.Context(), stream, eventlog.Revision(i), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return stream
}
