package main

import (
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"parodywave/cmd/parodywave/loadgen/client"
)

// opener is a client that opens a thread. It counts the edits that are acknowledged.
func opener(t *testing.T, s *process, acked *atomic.Int64) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), client.Options{URL: s.url(), User: "Ann", Title: "Disk", OnUpdate: func(u client.Update) {
		if u.Own {
			acked.Add(1)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// agrees starts the server again, lets the client resend, and checks that each of its
// edits is in the log, once.
func agrees(t *testing.T, program, data string, s *process, c *client.Client) {
	t.Helper()
	s.start()
	if err := c.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := fetch(t.Context(), s.url()+"/api/threads/"+c.Thread()+"/text")
	if err != nil || got != c.String() {
		t.Fatalf("the thread has %d bytes and the client %d: %v", len(got), len(c.String()), err)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	output(t, program, "verify", "--data", data)
}

// TestAFullDiskLetsPeopleReadAndTheServerStop: the file must not grow, as on a full disk.
// A person whom the server does not know joins and reads. On SIGTERM the server ends with
// status 0, and after a start with room every edit is there.
func TestAFullDiskLetsPeopleReadAndTheServerStop(t *testing.T) {
	t.Parallel()
	program, data := build(t), filepath.Join(t.TempDir(), "data")
	s := newServer(t, program, data)
	s.start()
	var acked atomic.Int64
	ann := opener(t, s, &acked)
	if err := ann.Splice(0, 0, "begin\n"); err != nil {
		t.Fatal(err)
	}
	if err := ann.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(data, "log.db"))
	if err == nil {
		err = unix.Prlimit(s.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(info.Size()), Max: math.MaxUint64}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	full := func() bool {
		resp, err := http.Get(s.url() + "/readyz")
		if err != nil {
			t.Fatal(err, &s.stderr)
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	}
	piece := strings.Repeat("한글 and words\n", 1000)
	for i := 0; !full(); i++ {
		if i > 500 {
			t.Fatal("the disk never is full")
		}
		if err := ann.Splice(0, 0, piece); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	ben, err := client.Dial(t.Context(), client.Options{URL: s.url(), User: "Newcomer", Thread: ann.Thread()})
	if err != nil {
		t.Fatalf("a newcomer cannot join: %v\n%s", err, &s.stderr)
	}
	if got, err := fetch(t.Context(), s.url()+"/api/threads/"+ann.Thread()+"/text"); err != nil || got != ben.String() || !strings.HasSuffix(got, "begin\n") {
		t.Errorf("a newcomer reads %d bytes, and the API says %d: %v", len(ben.String()), len(got), err)
	}
	_ = ben.Close()
	if err := s.stop(); err != nil {
		t.Errorf("on a full disk the server ends with %v\n%s", err, &s.stderr)
	}
	if acked.Load() == 0 {
		t.Error("nothing was acknowledged before")
	}
	agrees(t, program, data, s, ann)
}

// TestAServerStopsOnAStalledDisk: every sync takes a second and a half, by strace. On
// SIGTERM in the middle of one the server writes what it has accepted and ends with
// status 0.
func TestAServerStopsOnAStalledDisk(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	program, data := build(t), filepath.Join(t.TempDir(), "data")
	s := newServer(t, program, data)
	s.start()
	var acked atomic.Int64
	ann := opener(t, s, &acked)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	plain := s.command
	s.command = append([]string{strace, "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "signal=none", "-e", "inject=fdatasync:delay_enter=1500000"}, plain...)
	s.start()
	for i := range 20 { // the first sync is under way when the others arrive
		if err := ann.Splice(0, 0, "word "); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			time.Sleep(200 * time.Millisecond)
		}
	}
	if err := s.stop(); err != nil {
		t.Errorf("on a stalled disk the server ends with %v\n%s", err, &s.stderr)
	}
	s.command = plain
	agrees(t, program, data, s, ann)
}
