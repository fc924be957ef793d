//go:build page

package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection/scripts"
	"parodywave/server"
)

// TestPagesShowAnyStoredEvent opens every page about the threads of a log that has what no
// server accepts any more. Dates alone, as the pages wrote them, threw at a time of 2^53-1
// and left the inbox blank (web/test/times.test.ts has that twin).
func TestPagesShowAnyStoredEvent(t *testing.T) {
	log, err := boltlog.Open(filepath.Join(t.TempDir(), "log.db"), boltlog.Options{Packer: event.Packer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for stream, records := range scripts.Extremes() {
		if _, err := log.Append(t.Context(), stream, 0, records...); err != nil {
			t.Fatal(err)
		}
	}
	s, err := server.New(context.Background(), server.Config{Log: log.Store(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	defer s.Shutdown(context.Background())
	browse(t, "test/browser/extremes.mjs", append(os.Environ(), "PARODYWAVE_URL="+web.URL))
}
