package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/typist"

	"github.com/gorilla/websocket"
)

// The floors are what the machine itself takes, to hold the other figures
// against: they are taken in the same run.

func reportQuantiles(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	at := func(q float64) float64 { return float64(all[int(q*float64(len(all)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "ms-p50")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFloorDisk writes two pages and syncs them, fifty times a second, as
// a commit of the log at least must.
func BenchmarkFloorDisk(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "floor"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	if err := f.Truncate(1 << 20); err != nil {
		b.Fatal(err)
	}
	var all []time.Duration
	for b.Loop() {
		for i := range 250 {
			time.Sleep(20 * time.Millisecond)
			start := time.Now()
			_, err1 := f.WriteAt(page, int64(i%200+2)*4096)
			_, err2 := f.WriteAt(page, int64(i%2)*4096)
			if err1 != nil || err2 != nil || f.Sync() != nil {
				b.Fatal(err1, err2)
			}
			all = append(all, time.Since(start))
		}
	}
	reportQuantiles(b, all)
}

// BenchmarkFloorRelay passes frames on to four others in each of ten rooms,
// fifty a second in all, and keeps nothing: what WebSockets cost by themselves.
func BenchmarkFloorRelay(b *testing.B) {
	url := relay(b)
	var mu sync.Mutex
	var all []time.Duration
	for b.Loop() {
		var rooms sync.WaitGroup
		for room := range 10 {
			conns := make([]*websocket.Conn, 5)
			for i := range conns {
				c, _, err := websocket.DefaultDialer.Dial(typist.Endpoint(url)+"?room="+strconv.Itoa(room), nil)
				if err != nil {
					b.Fatal(err)
				}
				defer c.Close()
				conns[i] = c
			}
			for _, c := range conns[1:] {
				go func() {
					for {
						_, frame, err := c.ReadMessage()
						if err != nil {
							return
						}
						sent, _ := strconv.ParseInt(string(frame), 10, 64)
						mu.Lock()
						all = append(all, time.Duration(time.Now().UnixNano()-sent))
						mu.Unlock()
					}
				}()
			}
			rooms.Go(func() {
				for range 30 {
					time.Sleep(200 * time.Millisecond)
					_ = conns[0].WriteMessage(websocket.TextMessage, strconv.AppendInt(nil, time.Now().UnixNano(), 10))
				}
			})
		}
		rooms.Wait()
		time.Sleep(100 * time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	reportQuantiles(b, all)
}

func relay(b *testing.B) string {
	var mu sync.Mutex
	rooms := map[string][]*websocket.Conn{}
	up := websocket.Upgrader{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		room := r.URL.Query().Get("room")
		mu.Lock()
		rooms[room] = append(rooms[room], c)
		mu.Unlock()
		for {
			kind, frame, err := c.ReadMessage()
			if err != nil {
				return
			}
			mu.Lock()
			for _, o := range rooms[room] {
				if o != c {
					_ = o.WriteMessage(kind, frame)
				}
			}
			mu.Unlock()
		}
	}))
	b.Cleanup(s.Close)
	return s.URL
}
