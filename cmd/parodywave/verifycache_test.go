package main

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/snapshot"

	"github.com/oklog/ulid/v2"
)

// TestVerifyComparesTheCache: what a server saved is compared with the log, also
// while it runs, and a difference ends with status 4 and says what to delete.
func TestVerifyComparesTheCache(t *testing.T) {
	t.Parallel()
	program, data := build(t), t.TempDir()
	thread := longThread(t, filepath.Join(data, "log.db"))
	p := newServer(t, program, data)
	p.start()
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	const all = "ok  cache.db, 1 snapshots of 1 threads\n"
	if out := output(t, program, "verify", "--data", data); !strings.Contains(out, all) {
		t.Errorf("verify prints %q", out)
	}
	p.start()
	if out := output(t, program, "verify", "--data", data); !strings.Contains(out, all) {
		t.Errorf("verify of the running server prints %q", out)
	}
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}

	spoil(t, data, thread)
	cmd := exec.Command(program, "verify", "--data", data)
	cmd.Env = environ()
	out, err := cmd.CombinedOutput()
	cache := filepath.Join(data, "cache.db")
	if code := cmd.ProcessState.ExitCode(); err == nil || code != exitDamaged {
		t.Errorf("status %d, want %d", code, exitDamaged)
	}
	for _, want := range []string{"damaged  cache.db: thread " + string(thread), "differs from the log", "delete " + cache} {
		if !strings.Contains(string(out), want) {
			t.Errorf("verify says nothing of %q:\n%s", want, out)
		}
	}
	if err := os.Remove(cache); err != nil {
		t.Fatal(err)
	}
	if out := output(t, program, "verify", "--data", data); strings.Contains(out, "cache") {
		t.Errorf("without a cache verify prints %q", out)
	}
}

// longThread makes a log with a thread that is worth saving.
func longThread(t *testing.T, path string) eventlog.Stream {
	t.Helper()
	log, err := boltlog.Open(path, boltlog.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	stream := eventlog.Stream(ulid.Make().String())
	records := []eventlog.Record{event.Encode(event.Opened{Title: "long"})}
	for range 3000 {
		records = append(records, event.Encode(event.Renamed{Title: "another"}))
	}
	if _, err := log.Append(t.Context(), stream, 0, records...); err != nil {
		t.Fatal(err)
	}
	return stream
}

// spoil saves something else than the log gives.
func spoil(t *testing.T, data string, thread eventlog.Stream) {
	t.Helper()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cache := snapshot.Open(t.Context(), filepath.Join(data, "cache.db"), log, slog.New(slog.DiscardHandler))
	th, err := projection.Replay(t.Context(), projection.Plain(log), thread, 0)
	if err != nil {
		t.Fatal(err)
	}
	th.Title = "wrong"
	cache.Save(th)
	if err := cache.Close(); err != nil {
		t.Fatal(err)
	}
}
