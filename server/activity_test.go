package server

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

// A listener reads all that comes on a connection.
type listener struct {
	*client
	mu     sync.Mutex
	frames []frame
}

// A frame is as much of one as the tests look at.
type frame struct {
	Type, Code, ID, Thread    string
	At                        int64
	Connections, Threads      int
	Edits, Deliveries, Pushes uint64
	Ack                       *struct{ P50, P99, N float64 }
	Busiest, People           []map[string]any
	Total                     int
	Raw                       string `json:"-"`
	came                      time.Time
}

func listen(c *client) *listener {
	l := &listener{client: c}
	_ = c.conn.SetReadDeadline(time.Time{})
	go func() {
		for {
			_, b, err := c.conn.ReadMessage()
			if err != nil {
				return
			}
			f := frame{Raw: string(b), came: time.Now()}
			_ = json.Unmarshal(b, &f)
			l.mu.Lock()
			l.frames = append(l.frames, f)
			l.mu.Unlock()
		}
	}()
	return l
}

// all returns the frames of a type that have come, of any if it is empty.
func (l *listener) all(kind string) (out []frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.frames {
		if f.Type == kind || kind == "" {
			out = append(out, f)
		}
	}
	return out
}

// until waits for something to become true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}

func TestActivityComesTwentyTimesASecond(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	c := dial(t, url, "/ws")
	began := time.Now()
	c.send(`{"type":"activity"}`)
	l := listen(c)
	until(t, "61 frames", func() bool { return len(l.all("activity")) > 60 })
	got, took := l.all("activity"), time.Since(began)
	most := int(took*wire.ActivityPerSecond/time.Second) + 1 // a busy machine may drop ticks, never add
	if len(got) > most {
		t.Errorf("%d frames in %v, want at most %d", len(got), took, most)
	}
	detailed := 0
	for _, f := range got {
		if f.Ack != nil {
			detailed++
		}
		if f.Connections != 1 || f.Threads != 0 {
			t.Errorf("%d connections, %d threads: %s", f.Connections, f.Threads, f.Raw)
		}
	}
	if got[0].Ack == nil || detailed < 3 || detailed > most/wire.ActivityPerSecond+2 {
		t.Errorf("%d of %d frames have detail, the first %v", detailed, len(got), got[0].Ack != nil)
	}
	other := dial(t, url, "/ws")
	other.send(`{"type":"activity","on":true}`)
	if f := other.want("activity"); f["ack"] == nil {
		t.Errorf("the first frame of one who comes later has no detail: %v", f)
	}
	c.send(`{"type":"activity","on":false}`)
	c.send(`{"type":"status"}`)
	until(t, "an answer", func() bool { f := l.all(""); return f[len(f)-1].Type == "status" })
	n := len(l.all("activity"))
	time.Sleep(200 * time.Millisecond)
	if more := len(l.all("activity")); more > n+1 { // one may have been on its way
		t.Errorf("%d frames came after it was switched off", more-n)
	}
}

// TestActivityCountsWhatIsDone has one person write in each mode while one
// looks on and one watches.
func TestActivityCountsWhatIsDone(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	watcher := listen(dial(t, url, "/ws"))
	until(t, "a status", func() bool { return len(watcher.all("status")) == 1 && s.activity.sent.Load() == 1 })
	watcher.send(`{"type":"activity"}`)
	until(t, "a first frame", func() bool { return len(watcher.all("activity")) > 0 })
	ann, sora := listen(dial(t, url, "/")), listen(dial(t, url, "/ws"))
	ann.send(`{"type":"open","user":"Ann","title":"Counted"}`)
	until(t, "a thread", func() bool { return len(ann.all("join")) == 1 })
	id := ann.all("join")[0].Thread
	sora.send(`{"type":"join","user":"소라","id":"` + id + `","mode":"text","client":"` + clientA + `"}`)
	until(t, "an editor", func() bool { return len(sora.all("join")) == 1 })
	if _, err := s.api.NewThread(context.Background(), "Quiet", "nobody is here", people.Identity{Name: "Ben", Kind: "cli"}); err != nil {
		t.Fatal(err)
	}
	const lines, pushes = 12, 10 // few: all within the ten seconds that are counted, on a busy machine, too
	for i := range lines {
		ann.send(fmt.Sprintf(`{"type":"new","value":"line %d"}`, i))
		n := i + 1
		until(t, "a receipt", func() bool { return len(ann.all("update")) == n })
	}
	var head struct{ Rev, Length int }
	until(t, "all lines", func() bool {
		got := sora.all("update")
		if len(got) == 0 {
			return false
		}
		_ = json.Unmarshal([]byte(got[len(got)-1].Raw), &head)
		return head.Rev == 1+lines
	})
	text := len("line 0\n")*10 + len("line 10\n")*2 - 1
	for i := range pushes { // each of two changes
		sora.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":%d,"rev":%d,"changes":[[[0,"a"],%d],[[0,"b"],%d]]}`,
			clientA, 2*i+1, head.Rev+2*i, text+2*i, text+2*i+1))
		n := uint64(2*i + 2)
		until(t, "an entry", func() bool { return s.activity.edits.Load() >= lines+1+n })
	}
	sora.send(`{"type":"update","client":"` + clientA + `","seq":9999,"rev":1,"changes":[[[0,"x"]]]}`) // a gap: stale
	until(t, "a refusal", func() bool { return len(sora.all("error")) == 1 })

	const edits = lines + 2*pushes + 1 // one when the quiet thread got its text
	var last frame
	var sum counts
	read := 0
	defer func() {
		if t.Failed() {
			t.Logf("%+v, frames read %d, %+v", sum, read, last.Ack)
		}
	}()
	until(t, "counts that agree", func() bool {
		sum = counts{}
		for _, f := range watcher.all("activity") {
			sum.edits, sum.pushes, sum.sent = sum.edits+f.Edits, sum.pushes+f.Pushes, sum.sent+f.Deliveries
			if f.Ack != nil {
				last = f
			}
		}
		read = len(ann.all("")) + len(sora.all("")) + len(watcher.all("")) - len(watcher.all("activity")) - 1
		return sum.edits == edits && sum.pushes == lines+pushes+1 && int(sum.sent) == read &&
			last.Ack.N == lines+pushes
	})
	if last.Ack.P50 <= 0 || last.Ack.P99 < last.Ack.P50 || last.Ack.P99 > 10_000 {
		t.Errorf("ack %+v", *last.Ack)
	}
	if len(last.Busiest) != 2 || last.Busiest[0]["id"] != id || last.Busiest[0]["title"] != "Counted" ||
		last.Busiest[0]["edits"] != float64(edits-1) || last.Busiest[0]["connections"] != 2.0 {
		t.Errorf("busiest %v", last.Busiest)
	}
	if fmt.Sprint(last.People) != fmt.Sprintf("[map[edits:%d user:소라] map[edits:%d user:Ann] map[edits:1 user:Ben]]", 2*pushes, lines) {
		t.Errorf("people %v", last.People)
	}
}

func TestNothingTicksWhenNobodyWatches(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	const loop = "(*activity).loop("
	ticking := func(n int) func() bool {
		return func() bool { return running(loop) == n }
	}
	until(t, "no loop at first", ticking(0))
	a, b := dial(t, url, "/ws"), dial(t, url, "/ws")
	for _, c := range []*client{a, b, a} {
		c.send(`{"type":"activity"}`)
		c.want("activity")
		until(t, "one loop for all", ticking(1))
	}
	a.send(`{"type":"activity","on":false}`)
	b.want("activity")
	until(t, "one loop for who is left", ticking(1))
	_ = b.conn.Close()
	until(t, "no loop when the last has closed", ticking(0))
	a.send(`{"type":"activity","on":false}`) // once too often
	for range 50 {
		a.send(`{"type":"activity","on":true}`)
		a.send(`{"type":"activity","on":false}`)
	}
	a.send(`{"type":"status"}`)
	a.want("status")
	until(t, "no loop after much switching", ticking(0))
	s.activity.mu.Lock()
	defer s.activity.mu.Unlock()
	if len(s.activity.watchers) != 0 || s.activity.stop != nil {
		t.Errorf("%d watchers are left", len(s.activity.watchers))
	}
}

func TestActivityRefusesWhatIsNeitherOnNorOff(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	c := dial(t, url, "/ws")
	for _, on := range []string{`1`, `"true"`, `[]`, `{}`, `0`} {
		c.send(`{"type":"activity","on":` + on + `}`)
		if code := c.code(t); code != "bad_message" {
			t.Errorf("on %s: %s", on, code)
		}
	}
	s.activity.mu.Lock()
	defer s.activity.mu.Unlock()
	if len(s.activity.watchers) != 0 {
		t.Error("a refused message began to watch")
	}
}
