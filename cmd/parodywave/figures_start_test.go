package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/seeds"

	"github.com/gorilla/websocket"
)

// ready starts a server and returns how long it took from the beginning of the
// process until it says that it is ready.
func ready(b *testing.B, s *process) time.Duration {
	b.Helper()
	start := time.Now()
	s.start()
	for {
		resp, err := http.Get(s.url() + "/readyz")
		if err == nil {
			resp.Body.Close()
		}
		switch {
		case err == nil && resp.StatusCode == http.StatusOK:
			return time.Since(start)
		case time.Since(start) > 2*time.Minute:
			b.Fatalf("not ready after %v: %v\n%s", time.Since(start), err, &s.stderr)
		}
		time.Sleep(time.Millisecond)
	}
}

// starts measures starts with ten million events, with and without cache.db, the
// file in memory. The started server must know every thread.
func starts(b *testing.B, l *lab) {
	start := func(b *testing.B, cached bool) {
		data := l.tenMillion(b)
		var took []time.Duration
		for range 3 {
			if !cached {
				caches, _ := filepath.Glob(filepath.Join(data, "cache*"))
				for _, path := range caches {
					if err := os.RemoveAll(path); err != nil {
						b.Fatal(err)
					}
				}
			} else if _, err := os.Stat(filepath.Join(data, "cache.db")); err != nil {
				b.Skip("a server that was stopped leaves no cache.db")
			}
			s := newServer(b, l.built(b), data)
			took = append(took, ready(b, s))
			b.ReportMetric(float64(resident(b, s))/1024, "MiB")
			total(b, s, 1000)
			if thread := string(streamOf("M", 7)); head(b, s.url(), thread) != uint64(scaled(10_000)) {
				b.Errorf("thread %s does not end with revision %d", thread, scaled(10_000))
			}
			if err := s.stop(); err != nil {
				b.Fatalf("the server ended with %v", err)
			}
		}
		b.ReportMetric(quantile(took, 0.5).Seconds(), "s")
	}
	measure(b, "log", func(b *testing.B) { start(b, false) })
	measure(b, "cache", func(b *testing.B) { start(b, true) })
}

// total fails unless the server knows at least want threads.
func total(b *testing.B, s *process, want int) {
	b.Helper()
	c, _, err := websocket.DefaultDialer.Dial(client.Endpoint(s.url()), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if err := c.WriteMessage(websocket.TextMessage, []byte(`{"type":"list"}`)); err != nil {
		b.Fatal(err)
	}
	for {
		var f struct {
			Type  string
			Total int
		}
		_, data, err := c.ReadMessage()
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil {
			b.Fatal(err)
		}
		if f.Type == "list" {
			if f.Total < want {
				b.Errorf("the server knows %d threads of %d", f.Total, want)
			}
			return
		}
	}
}

// joins measures what the server takes to open a long thread that nobody has
// opened since it started, and its blame at any revision.
func joins(b *testing.B, l *lab) {
	p := l.papered(b)
	s := newServer(b, l.built(b), p.data)
	ready(b, s)
	measure(b, "cold", func(b *testing.B) {
		first := joinOf(b, s, string(p.threads[0]), p.end) // what a first join of all costs
		var took []time.Duration
		for _, thread := range p.threads[1:] {
			took = append(took, joinOf(b, s, string(thread), p.end))
		}
		b.ReportMetric(milliseconds(first), "ms-first")
		b.ReportMetric(milliseconds(quantile(took, 0.5)), "ms-p50")
		b.ReportMetric(milliseconds(quantile(took, 1)), "ms-max")
	})
	measure(b, "blame", func(b *testing.B) {
		seed := seeds.For(b)
		r := rand.New(rand.NewPCG(seed, 0))
		var took []time.Duration
		for i := range 60 {
			at := 2 + r.IntN(p.keystrokes)
			start := time.Now()
			body, err := fetch(b.Context(), fmt.Sprintf("%s/api/threads/%s/blame?at=%d", s.url(), p.threads[i%papers], at))
			if took = append(took, time.Since(start)); err != nil || len(body) < 2 {
				b.Fatalf("seed %d: blame at %d: %v", seed, at, err)
			}
		}
		b.ReportMetric(milliseconds(quantile(took, 0.5)), "ms-p50")
		b.ReportMetric(milliseconds(quantile(took, 1)), "ms-max")
	})
	if err := s.stop(); err != nil {
		b.Fatalf("the server ended with %v", err)
	}
}

// joinOf returns how long the answer to a join takes until all of it is here.
func joinOf(b *testing.B, s *process, thread, text string) time.Duration {
	b.Helper()
	c, _, err := websocket.DefaultDialer.Dial(client.Endpoint(s.url()), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	ask := fmt.Sprintf(`{"type":"join","user":"Cold","id":"%s","mode":"text","client":"01J9Z4%020d"}`, thread, rand.IntN(1e9))
	start := time.Now()
	err = c.WriteMessage(websocket.TextMessage, []byte(ask))
	for err == nil {
		var data []byte
		if _, data, err = c.ReadMessage(); err != nil || !strings.HasPrefix(string(data[:min(len(data), 40)]), `{"type":"join"`) {
			continue
		}
		took := time.Since(start)
		var f struct{ Text string }
		if err := json.Unmarshal(data, &f); err != nil || f.Text != text {
			b.Fatalf("the text of %s is not what was typed: %v", thread, err)
		}
		return took
	}
	b.Fatal(err)
	return 0
}

// opens measures from the beginning of the server's process until a client holds
// the text of the long thread, in a log that has nothing else.
func opens(b *testing.B, l *lab) {
	measure(b, "text", func(b *testing.B) {
		tr, data := recorded(b), l.dir(b)
		thread := typedLog(b, data, tr, 1)[0]
		l.rested(b, data)
		var took []time.Duration
		for range 7 {
			s := newServer(b, l.built(b), data)
			start := time.Now()
			s.start()
			c, err := client.Dial(context.Background(), client.Options{URL: s.url(), User: "Early", Thread: string(thread)})
			if took = append(took, time.Since(start)); err != nil || c.String() != tr.end {
				b.Fatalf("the text is not what was typed: %v", err)
			}
			_ = c.Close()
			if err := s.stop(); err != nil {
				b.Fatalf("the server ended with %v", err)
			}
		}
		b.ReportMetric(milliseconds(quantile(took, 0.5)), "ms")
		b.ReportMetric(milliseconds(quantile(took, 1)), "ms-max")
	})
}
