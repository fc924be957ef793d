package loadgen

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/server"
)

func serve(t *testing.T) string {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Log: eventlog.Store{AuditLog: eventlog.NewMemory()}, Listen: "127.0.0.1:0", Version: "test",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return web.URL
}

func TestRunLosesNothing(t *testing.T) {
	t.Parallel()
	r, err := Run(t.Context(), Plan{URL: serve(t), Threads: 3, Writers: 2, Readers: 1, Rate: 50, Duration: time.Second / 2}, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := r.Table(&table); err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", table.String())
	if !r.OK() {
		t.Error("something was lost")
	}
	if r.Held != (r.Reason == "") || r.Last.Count == 0 || r.Last.Count > r.Latency.Count/2 || r.Last.P99 < r.Latency.P50 || r.EditsPerSecond == 0 || r.DeliveriesPerSecond == 0 {
		t.Errorf("%+v", r.Step)
	}
	if r.Typed == 0 || r.Delivered != 3*r.Typed || r.Latency.Count == 0 || r.Ack.Count == 0 || r.Latency.P50 > r.Latency.P99 || r.Latency.P99 > r.Latency.Max {
		t.Errorf("%+v", r)
	}
}

func TestRunRefusesPlansWithoutBounds(t *testing.T) {
	good := Plan{Threads: 1, Writers: 1, Rate: 1, Duration: time.Second}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*Plan){
		func(p *Plan) { p.Threads = 0 }, func(p *Plan) { p.Writers = -1 }, func(p *Plan) { p.Writers = 0 },
		func(p *Plan) { p.Rate = 0 }, func(p *Plan) { p.Duration = 2 * MaxDuration },
		func(p *Plan) { p.Readers = MaxConnections }, func(p *Plan) { p.Rate, p.Duration, p.Threads = 9000, time.Hour, 10 },
		func(p *Plan) { p.UntilP99 = -1 }, func(p *Plan) { p.Readers, p.UntilP99, p.Step, p.Tries = 1, time.Second, 1, 1 },
		func(p *Plan) { p.Readers, p.UntilP99, p.Step, p.Tries = 1, time.Second, 2, 0 }, func(p *Plan) { p.UntilP99, p.Step, p.Tries = time.Second, 2, 1 },
	} {
		bad := good
		change(&bad)
		if err := bad.Check(); !errors.Is(err, ErrPlan) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestRateIsRaisedUntilItNoLongerHolds: the first rate is too low to fall behind,
// however busy the machine is. A fast machine holds the second, too.
func TestRateIsRaisedUntilItNoLongerHolds(t *testing.T) {
	t.Parallel()
	said := 0
	p := Plan{URL: serve(t), Threads: 2, Writers: 1, Readers: 1, Rate: 20, Duration: time.Second / 4, UntilP99: time.Minute, Step: 100, Tries: 2}
	r, err := Run(t.Context(), p, func(string, ...any) { said++ })
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || len(r.Steps) < 2 || said < 2+len(r.Steps) || r.Rate != r.Steps[0].Rate && r.Rate != 100*r.Steps[0].Rate {
		t.Errorf("%+v", r)
	}
	if !r.Held && !strings.HasPrefix(r.Reason, "writers typed") { // on a machine that is too busy for 200 edits a second
		t.Errorf("the first step failed: %s", r.Reason)
	}
	p.Rate, p.UntilP99 = 20, time.Nanosecond // which no network keeps
	if r, err = Run(t.Context(), p, t.Logf); err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Held || r.Reason == "" || len(r.Steps) != p.Tries || r.Typed == 0 {
		t.Errorf("no rate can have held: %+v", r)
	}
}
