package warn

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestAClientCannotFillTheLog: a kind is logged once a minute, cut and on one line.
func TestAClientCannotFillTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		w := New(slog.New(slog.NewTextHandler(&out, nil)))
		for range 1000 {
			w.Warn("refused a host", "host", "evil\nlevel=ERROR msg=\"it is on fire\"\x1b[2J"+strings.Repeat("한", 1000))
		}
		w.Warn("something else")
		if n := strings.Count(out.String(), "\n"); n != 2 {
			t.Errorf("%d lines: %s", n, &out)
		}
		if s := out.String(); strings.Contains(s, "\x1b") || len(s) > 600 || strings.Contains(s, "\ufffd") {
			t.Errorf("%d bytes: %q", len(s), s)
		}
		time.Sleep(pause)
		out.Reset()
		w.Warn("refused a host", "host", "again")
		if !strings.Contains(out.String(), "times=1000") {
			t.Errorf("after a minute: %s", &out)
		}
		for i := range 1000 { // kinds that a client could choose
			w.Warn(strings.Repeat("x", i))
		}
		if len(w.seen) > kinds+1 {
			t.Errorf("%d kinds are remembered", len(w.seen))
		}
	})
}
