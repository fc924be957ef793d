package main

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"

	"github.com/gorilla/websocket"
)

// relayed passes frames on to four others in each of ten rooms, fifty a second
// in all, and keeps nothing: what WebSockets cost by themselves.
func relayed(b *testing.B) {
	url := relay(b)
	var mu sync.Mutex
	var all []time.Duration
	var rooms sync.WaitGroup
	for room := range 10 {
		conns := make([]*websocket.Conn, 5)
		for i := range conns {
			c, _, err := websocket.DefaultDialer.Dial(client.Endpoint(url)+"?room="+strconv.Itoa(room), nil)
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
	mu.Lock()
	defer mu.Unlock()
	b.ReportMetric(milliseconds(quantile(all, 0.5)), "ms-p50")
	b.ReportMetric(milliseconds(quantile(all, 0.99)), "ms-p99")
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
