package main

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
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

// TestServeStopsWhileItWaitsForTheLock: a signal ends the wait, and that is no
// failure, as it is one to have waited in vain.
func TestServeStopsWhileItWaitsForTheLock(t *testing.T) {
	t.Parallel()
	program, data := build(t), t.TempDir()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for _, sent := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		for {
			p := newServer(t, program, data)
			start := time.Now()
			out := p.begin()
			p.listens()
			_, err := ends(t, p, out, sent)
			if err == nil {
				break
			}
			if time.Since(start) < lockWait/2 { // otherwise it may have waited in vain before the signal came
				t.Fatalf("%v: ended with %v, want status 0\n%s", sent, err, &p.stderr)
			}
		}
	}

	// The negative control: without a signal it waits, and then fails.
	p := newServer(t, program, data)
	start := time.Now()
	p.begin()
	err = p.cmd.Wait()
	p.cmd = nil
	if took := time.Since(start); err == nil || took < lockWait/2 { // bbolt ends a try early
		t.Errorf("with the log locked it ended after %v with %v", took, err)
	}
}

// TestServeStopsWhileItRebuilds: a signal ends the reading of a long log, too.
func TestServeStopsWhileItRebuilds(t *testing.T) {
	t.Parallel()
	program, data := build(t), t.TempDir()
	fill(t, filepath.Join(data, "log.db"))
	p := newServer(t, program, data)
	start := time.Now()
	p.start()
	whole := time.Since(start)
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	for i, stopped := 0, 0; i < 4 || stopped == 0; i++ {
		if i == 50 {
			t.Fatalf("in %d tries the server, which reads for %v, always printed its address before the signal", i, whole)
		}
		if err := os.Remove(filepath.Join(data, "cache.db")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err) // with it there is nothing to rebuild
		}
		p := newServer(t, program, data)
		out := p.begin()
		p.listens()
		time.Sleep(whole * time.Duration(i%4) / 5)
		printed, err := ends(t, p, out, syscall.SIGTERM)
		if err != nil {
			t.Errorf("ended with %v, want status 0\n%s", err, &p.stderr)
		}
		if printed == "" {
			stopped++ // it had not printed its address yet
		}
	}
}

// listens waits until a server has its port, which it takes before it opens the
// log, and after it began to listen to signals.
func (p *process) listens() {
	p.t.Helper()
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", p.address)
		if err == nil {
			_ = c.Close()
			return
		}
		if time.Since(begin) > time.Minute {
			p.t.Fatalf("the server does not listen: %v\n%s", err, &p.stderr)
		}
	}
}

// ends sends a signal to a server, and returns its output and how it ended.
func ends(t *testing.T, p *process, out io.Reader, sent syscall.Signal) (string, error) {
	t.Helper()
	if err := p.cmd.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	printed, _ := io.ReadAll(out) // before Wait closes it
	err := p.cmd.Wait()
	p.cmd = nil
	return string(printed), err
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
	most := 200_000
	if testing.Short() {
		most = 20_000
	}
	for i := range most {
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
