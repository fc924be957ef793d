package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"

	"github.com/oklog/ulid/v2"
)

// stopWait is how long a server that has hardly begun may take to end. It is
// well below lockWait, and above what a busy machine needs to start a process.
const stopWait = 2 * time.Second

// TestServeStopsWhileItWaitsForTheLock: a signal ends the wait at once, and
// that is no failure.
func TestServeStopsWhileItWaitsForTheLock(t *testing.T) {
	program, data := build(t), t.TempDir()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		p := newServer(t, program, data)
		p.begin()
		time.Sleep(500 * time.Millisecond) // into the wait
		endsAtOnce(t, p, sent)
	}

	// The negative control: without a signal it waits, and then fails.
	p := newServer(t, program, data)
	start := time.Now()
	p.begin()
	err = p.cmd.Wait()
	p.cmd = nil
	if took := time.Since(start); err == nil || took < stopWait {
		t.Errorf("with the log locked it ended after %v with %v", took, err)
	}
}

// TestServeStopsWhileItRebuilds: a signal ends the reading of a long log, too.
func TestServeStopsWhileItRebuilds(t *testing.T) {
	program, data := build(t), t.TempDir()
	fill(t, filepath.Join(data, "log.db"))
	p := newServer(t, program, data)
	start := time.Now()
	p.start()
	whole := time.Since(start)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	for _, part := range []time.Duration{5, 3, 2} {
		p := newServer(t, program, data)
		out := p.begin()
		time.Sleep(whole / part)
		endsAtOnce(t, p, syscall.SIGTERM)
		if line, _ := out.ReadString('\n'); line != "" {
			t.Logf("at 1/%d of %v it served already", part, whole)
		}
	}
}

func endsAtOnce(t *testing.T, p *process, sent syscall.Signal) {
	t.Helper()
	start := time.Now()
	if err := p.cmd.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	err := p.cmd.Wait()
	p.cmd = nil
	if took := time.Since(start); err != nil || took > stopWait {
		t.Errorf("%v: ended after %v with %v, want at once and status 0\n%s", sent, took, err, &p.stderr)
	}
}

// fill makes a log that takes a while to fold.
func fill(t *testing.T, path string) {
	t.Helper()
	log, err := boltlog.Open(path, boltlog.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	stream := eventlog.Stream(ulid.Make().String())
	records := []eventlog.Record{event.Encode(event.Opened{Title: "long"})}
	for i := range 200_000 {
		records = append(records, event.Encode(event.Renamed{Title: strings.Repeat("x", 1+i%50)}))
	}
	head := eventlog.Head{}
	for len(records) > 0 {
		n := min(len(records), 10_000)
		if head, err = log.Append(t.Context(), stream, head.Revision, records[:n]...); err != nil {
			t.Fatal(err)
		}
		records = records[n:]
	}
}
