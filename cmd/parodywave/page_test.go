//go:build page

package main

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"parodywave/eventlog/boltlog"
	"parodywave/server"
)

// TestPage has people use the page in a real browser, against the real server
// on a log in a file.
func TestPage(t *testing.T) {
	log, err := boltlog.Open(filepath.Join(t.TempDir(), "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s, err := server.New(context.Background(), server.Config{Log: log, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	defer s.Shutdown(context.Background())

	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "test/deck/page.mjs")
	cmd.Dir = "../../web"
	cmd.Env = append(os.Environ(), "PARODYWAVE_URL="+web.URL)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
