//go:build unix

package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// examined returns the output of doctor for a directory on a disk with a number of free
// bytes.
func examined(t *testing.T, data string, free uint64) string {
	t.Helper()
	asCommand(t)
	var out, said bytes.Buffer
	a := &app{ctx: t.Context(), out: bufio.NewWriter(&out), err: &said}
	a.Data = data
	d := &doctor{app: a, free: func(string) (uint64, bool) { return free, true }}
	if err := d.examine(); err != nil {
		t.Fatal(err)
	}
	a.out.Flush()
	return out.String()
}

// oneThread makes a log of one thread, opened at a time, with a number of long changes.
func oneThread(t *testing.T, data string, at time.Time, changes int) {
	t.Helper()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, NoSync: true, NoSeal: true})
	if err != nil {
		t.Fatal(err)
	}
	head := eventlog.Head{Stream: "01ARZ3NDEKTSV4RRFFQ69G5FAV"}
	text, _ := ot.Units(strings.Repeat("a long line ", 300_000))
	put := func(f event.Payload) {
		r := event.Encode(f)
		r.Author, r.Time = eventlog.AuthorID{1}, at.UnixMilli()
		if head, err = log.Append(t.Context(), head.Stream, head.Revision, r); err != nil {
			t.Fatal(err)
		}
	}
	put(event.Opened{Title: "T"})
	for i := range changes {
		if i%2 == 0 {
			put(event.Changed{Change: ot.Replace(0, 0, 0, text)})
		} else {
			put(event.Changed{Change: ot.Replace(len(text), 0, len(text), nil)})
		}
	}
	if err := log.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDoctorSaysWhatToDo about a clock that ran ahead, a disk without room, an old
// format, and a log that is mostly free pages; and nothing about any of them otherwise.
func TestDoctorSaysWhatToDo(t *testing.T) {
	const room = 1 << 40
	absent := []string{"clock", "space", "format"}
	for _, c := range []struct {
		name   string
		free   uint64
		make   func(data string)
		states map[string]string // by check
		says   []string
	}{
		{name: "all is well", free: room, make: func(data string) { oneThread(t, data, time.Now(), 0) }},
		{
			name: "a clock ahead", free: room, make: func(data string) { oneThread(t, data, time.Now().Add(time.Hour), 0) },
			states: map[string]string{"clock": "problem"}, says: []string{"1 streams have records of the future, the latest of ", "to do: check the clock"},
		},
		{
			name: "a clock ahead by less than clocks differ", free: room, make: func(data string) { oneThread(t, data, time.Now().Add(clockSlack/2*time.Millisecond), 0) },
		},
		{
			name: "a full disk", free: 1 << 20, make: func(data string) { oneThread(t, data, time.Now(), 0) },
			states: map[string]string{"space": "problem"}, says: []string{"1024 KiB free on the disk, and the log has ", "to do: free some space"},
		},
		{
			name: "format 1", free: room, make: func(data string) {
				thaw(t, filepath.Join("..", "..", "migrations", "testdata", "v1", "log.db.gz"), filepath.Join(data, "log.db"))
			},
			states: map[string]string{"format": "problem"}, says: []string{"the log has format 1; this program writes 3", "to do: parodywave migrate"},
		},
		{
			name: "free pages", free: room, make: func(data string) { oneThread(t, data, time.Now(), 44) },
			states: map[string]string{"space": "note"}, says: []string{" MiB are free pages", "to do: parodywave compact, while no server runs"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "free pages" && testing.Short() {
				t.Skip("writes 70 MB")
			}
			data := t.TempDir()
			if err := os.Chmod(data, 0o700); err != nil {
				t.Fatal(err)
			}
			c.make(data)
			out := examined(t, data, c.free)
			for _, check := range absent {
				state := ""
				for line := range strings.Lines(out) {
					if f := strings.Fields(line); len(f) > 2 && f[1] == check {
						state = f[0]
					}
				}
				if state != c.states[check] {
					t.Errorf("%s is %q, want %q:\n%s", check, state, c.states[check], out)
				}
			}
			for _, s := range c.says {
				if !strings.Contains(out, s) {
					t.Errorf("it does not say %q:\n%s", s, out)
				}
			}
		})
	}
}
