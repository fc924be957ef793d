//go:build page

package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog/boltlog"
	"parodywave/server"
)

// TestPageDeck has people use the reference client of line mode in a real
// browser, against the real server on a log in a file.
func TestPageDeck(t *testing.T) {
	log, err := boltlog.Open(filepath.Join(t.TempDir(), "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s, err := server.New(context.Background(), server.Config{Log: log.Store(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	defer s.Shutdown(context.Background())

	browse(t, "test/deck/page.mjs", append(os.Environ(), "PARODYWAVE_URL="+web.URL))
}

// TestPages has people use all pages in real browsers, against the program
// itself, which the stories kill and start again. The stories are in
// web/test/browser/stories.
func TestPages(t *testing.T) {
	env := append(environ(), "PARODYWAVE_SEED="+os.Getenv("PARODYWAVE_SEED"))
	browse(t, "test/browser/run.mjs", append(env, "PARODYWAVE_BIN="+build(t), "DATA="+t.TempDir()))
}

// browse runs a script of web/ that drives browsers, and fails the test where it
// fails. The time it has is for a machine that is slow, or busy otherwise.
func browse(t *testing.T, script string, env []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Dir = "../../web"
	cmd.Env = env
	// Servers and browsers are to end with the run, also where it hangs.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
