package loadgen

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"

	"github.com/gorilla/websocket"
)

// A frame of the stream, as far as it is lied about.
type frame struct {
	Type    string            `json:"type"`
	ID      string            `json:"id"`
	Rev     uint64            `json:"rev"`
	Chain   string            `json:"chain"`
	Updates []json.RawMessage `json:"updates"`
}

// A liar stands before a server and passes everything on. It first gathers
// the entries for one client into frames of several; lie changes such frames until
// it has lied.
type liar struct {
	t      *testing.T
	to     string
	victim int // which connection is lied to, from 0
	lie    func(f *frame) (instead []*frame, lied bool)

	mu    sync.Mutex
	conns int
	lied  bool
}

// batch is how long entries are gathered for one frame.
const batch = 60 * time.Millisecond

func (l *liar) serve() string {
	target, err := url.Parse(l.to)
	if err != nil {
		l.t.Fatal(err)
	}
	up := websocket.Upgrader{}
	plain := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !websocket.IsWebSocketUpgrade(r) {
			plain.ServeHTTP(w, r)
			return
		}
		peer, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer peer.Close()
		l.mu.Lock()
		chosen := l.conns == l.victim
		l.conns++
		l.mu.Unlock()
		server, _, err := websocket.DefaultDialer.Dial(client.Endpoint(l.to), nil)
		if err != nil {
			return
		}
		go func() {
			defer server.Close()
			for {
				kind, data, err := peer.ReadMessage()
				if err != nil || server.WriteMessage(kind, data) != nil {
					return
				}
			}
		}()
		l.pass(server, peer, chosen)
	}))
	l.t.Cleanup(s.Close)
	return s.URL
}

// pass hands on what the server says until one of the two is gone.
func (l *liar) pass(server, peer *websocket.Conn, chosen bool) {
	frames := make(chan []byte, 1000)
	go func() {
		defer close(frames)
		for {
			_, data, err := server.ReadMessage()
			if err != nil {
				return
			}
			frames <- data
		}
	}()
	var waiting *frame
	tick := time.NewTicker(batch)
	defer tick.Stop()
	for {
		var out [][]byte
		select {
		case data, ok := <-frames:
			if !ok {
				return
			}
			f := new(frame)
			if json.Unmarshal(data, f) != nil || f.Type != "update" || !chosen {
				out = [][]byte{data}
			} else if waiting == nil {
				waiting = f
			} else {
				f.Updates = append(waiting.Updates, f.Updates...)
				waiting = f
			}
		case <-tick.C:
			out, waiting = l.tell(waiting), nil
		}
		for _, data := range out {
			if peer.WriteMessage(websocket.TextMessage, data) != nil {
				return
			}
		}
	}
}

// tell returns what is sent of a frame.
func (l *liar) tell(f *frame) (out [][]byte) {
	if f == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	frames := []*frame{f}
	if l.lie != nil && !l.lied {
		frames, l.lied = l.lie(f)
	}
	for _, f := range frames {
		data, err := json.Marshal(f)
		if err != nil {
			l.t.Error(err)
		}
		out = append(out, data)
	}
	return out
}

// TestRunSeesEveryLie has one of three clients lied to, the one that writes or
// one that reads, in frames of several entries each.
func TestRunSeesEveryLie(t *testing.T) {
	several := func(f *frame) bool { return len(f.Updates) > 2 && f.Rev > 10 }
	for name, test := range map[string]struct {
		lie  func(f *frame) ([]*frame, bool)
		seen func(r *Report) bool // by a reader
	}{
		"an entry is left out": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			f.Updates = slices.Delete(f.Updates, 1, 2)
			return []*frame{f}, true
		}, func(r *Report) bool { return r.Count == Count{Lost: 1} }},
		"a frame is left out": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			return nil, true
		},
			func(r *Report) bool { return r.Lost > 2 && r.Duplicated+r.Reordered == 0 }},
		"an entry comes twice": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			f.Updates = slices.Insert(f.Updates, 1, f.Updates[0])
			return []*frame{f}, true
		}, func(r *Report) bool { return r.Count == Count{Duplicated: 1} }},
		"a frame comes twice": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			return []*frame{f, f}, true
		},
			func(r *Report) bool { return r.Lost+r.Reordered == 0 && r.Duplicated > 2 }},
		"two entries change places": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			f.Updates[0], f.Updates[1] = f.Updates[1], f.Updates[0]
			return []*frame{f}, true
		}, func(r *Report) bool { return r.Count == Count{Reordered: 1} }},
		"an entry says something else": {func(f *frame) ([]*frame, bool) {
			if !several(f) {
				return []*frame{f}, false
			}
			var e map[string]any
			_ = json.Unmarshal(f.Updates[1], &e)
			e["seq"] = e["seq"].(float64) - 1
			f.Updates[1], _ = json.Marshal(e)
			return []*frame{f}, true
		}, func(r *Report) bool { return r.Count == Count{} && r.Differing == 1 }},
	} {
		for who, victim := range map[string]int{"writer": 0, "reader": 1} {
			t.Run(name+" to a "+who, func(t *testing.T) {
				t.Parallel()
				// An entry that is left out is waited for in vain. On a busy machine
				// others may be missing by then, too.
				var r *Report
				for _, patience := range []time.Duration{time.Second / 4, 10 * time.Second, time.Minute} {
					l := &liar{t: t, to: serve(t), victim: victim, lie: test.lie}
					var err error
					r, err = Run(t.Context(), Plan{URL: l.serve(), Threads: 1, Writers: 1, Readers: 2, Rate: 100, Duration: time.Second / 5, Patience: patience}, t.Logf)
					if err != nil {
						t.Fatal(err)
					}
					if l.lied && !r.OK() && (who == "writer" || test.seen(r) && r.Log == Count{}) {
						return
					}
				}
				t.Errorf("the report does not show the lie: %+v", r)
			})
		}
	}
}

// TestRunBelievesWhoTellsTheTruth is the control: the same, without a lie.
func TestRunBelievesWhoTellsTheTruth(t *testing.T) {
	t.Parallel()
	for victim := range 2 {
		l := &liar{t: t, to: serve(t), victim: victim}
		r, err := Run(t.Context(), Plan{URL: l.serve(), Threads: 1, Writers: 1, Readers: 2, Rate: 100, Duration: time.Second / 5}, t.Logf)
		if err != nil || !r.OK() || r.Delivered != 3*r.Typed {
			t.Errorf("%+v, %v", r, err)
		}
	}
}
