package crowd

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"

	"parodywave/eventlog"
	"parodywave/server"
)

// serve serves an empty log in memory.
func serve(t *testing.T) *httptest.Server {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Log: eventlog.Store{AuditLog: eventlog.NewMemory()}, Listen: "127.0.0.1:0", Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		_ = s.Shutdown(context.WithoutCancel(t.Context()))
		web.Close()
	})
	return web
}

func TestLineClientReadsItsReceipts(t *testing.T) {
	web := serve(t)
	quiet := func(*LineFrame) {}
	ann, err := DialLine(t.Context(), web.URL, "Ann", "", "Lines", quiet)
	if err != nil {
		t.Fatal(err)
	}
	ben, err := DialLine(t.Context(), web.URL, "Ben", ann.Thread(), "", quiet)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := ann.Create("mi"); err != nil || r.Value != "mi" || r.Rev != 2 || !r.Mine {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	if _, err := ben.Create("bread"); err != nil {
		t.Fatal(err)
	}
	if r, err := ann.Submit("milk"); err != nil || r.Value != "milk" || !r.Submitted {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	_, rev, err := ben.Until(func(l []LineText) bool { return len(l) == 2 && l[0] == LineText{"milk", "Ann", true} })
	if err != nil {
		t.Fatal(err)
	}
	if r, err := ben.ChangeAt(0, rev, "milk!"); err != nil || r.User != "Ben" || *r.Line != 0 {
		t.Fatalf("receipt %+v, %v", r, err)
	}
	for _, c := range []*LineClient{ann, ben} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
