package load

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/cmd/parodywave/typist"
	"parodywave/eventlog"
	"parodywave/server"

	"github.com/gorilla/websocket"
)

func serve(t *testing.T) string {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Log: eventlog.NewMemory(), Listen: "127.0.0.1:0", Version: "test",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return web.URL
}

func TestRunLosesNothing(t *testing.T) {
	r, err := Run(t.Context(), Plan{URL: serve(t), Threads: 3, Writers: 2, Readers: 1, Rate: 50, Duration: time.Second}, t.Logf)
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
	if r.Typed < 300 || r.Delivered != 3*r.Typed || r.Latency.Count == 0 || r.Ack.Count == 0 || r.Latency.P50 > r.Latency.P99 || r.Latency.P99 > r.Latency.Max {
		t.Errorf("%+v", r)
	}
}

// thief passes everything on, but for one update to the first client that
// gets one with a needle in it.
func thief(t *testing.T, to, needle string) (address string, stolen *atomic.Int32) {
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	stolen = new(atomic.Int32)
	up := websocket.Upgrader{}
	plain := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !websocket.IsWebSocketUpgrade(r) {
			plain.ServeHTTP(w, r)
			return
		}
		client, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer client.Close()
		server, _, err := websocket.DefaultDialer.Dial(typist.Endpoint(to), nil)
		if err != nil {
			return
		}
		go func() {
			defer server.Close()
			for {
				kind, frame, err := client.ReadMessage()
				if err != nil || server.WriteMessage(kind, frame) != nil {
					return
				}
			}
		}()
		for {
			kind, frame, err := server.ReadMessage()
			if err != nil {
				return
			}
			if strings.Contains(string(frame), needle) && stolen.CompareAndSwap(0, 1) {
				continue
			}
			if client.WriteMessage(kind, frame) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, stolen
}

func TestRunSeesALostEdit(t *testing.T) {
	address, stolen := thief(t, serve(t), `"seq":7,`)
	r, err := Run(t.Context(), Plan{URL: address, Threads: 1, Writers: 1, Readers: 2, Rate: 50, Duration: time.Second}, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	if stolen.Load() == 0 || r.OK() || r.Lost == 0 || len(r.Problems) == 0 {
		t.Errorf("an edit was kept from a client, and the report says %+v", r)
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
	} {
		bad := good
		change(&bad)
		if err := bad.Check(); !errors.Is(err, ErrPlan) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestTallyTellsLossFromDisorder(t *testing.T) {
	var y tally
	for _, seq := range []uint64{1, 2, 5, 3, 3, 70} {
		y.add(seq)
	}
	var c Count
	if c.of(&y, 70); c != (Count{Lost: 65, Duplicated: 1, Reordered: 1}) {
		t.Errorf("%+v", c)
	}
}

func TestHistogramQuantilesAreClose(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var h histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(r.ExpFloat64() * float64(3*time.Millisecond)).Truncate(time.Microsecond)
		h.add(d)
		all = append(all, d)
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[int(q*float64(len(all)))-1]
		if got := h.quantile(q); got < want || got > want+want/31+time.Microsecond {
			t.Errorf("seed %d: quantile %g is %v, want %v", seed, q, got, want)
		}
	}
}
