package live

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

func TestActivityComesTwentyTimesASecond(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		c := listen(pipe(t, l))
		c.send(`{"type":"activity"}`)
		synctest.Wait()
		time.Sleep(3*time.Second + time.Millisecond)
		synctest.Wait()
		got, detailed := c.all("activity"), 0
		for _, f := range got {
			if f.Ack != nil {
				detailed++
			}
			if f.Connections != 1 || f.Threads != 0 {
				t.Errorf("%d connections, %d threads: %s", f.Connections, f.Threads, f.Raw)
			}
		}
		if len(got) != 3*wire.ActivityPerSecond || got[0].Ack == nil || detailed != 3 {
			t.Errorf("%d of %d frames in three seconds have detail, the first %v", detailed, len(got), got[0].Ack != nil)
		}
		other := pipe(t, l)
		other.send(`{"type":"activity","on":true}`)
		if f := other.want("activity"); f["ack"] == nil {
			t.Errorf("the first frame of a later watcher has no detail: %v", f)
		}
		other.send(`{"type":"activity","on":false}`)
		c.send(`{"type":"activity","on":false}`)
		synctest.Wait()
		n := len(c.all("activity"))
		time.Sleep(time.Second)
		synctest.Wait()
		if more := len(c.all("activity")); more != n {
			t.Errorf("%d frames arrived after it was switched off", more-n)
		}
	})
}

// A slow log takes a while for an append.
type slowLog struct {
	eventlog.AuditLog
	wait time.Duration
}

func (l slowLog) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	time.Sleep(l.wait)
	return l.AuditLog.Append(ctx, s, expected, r...)
}

// TestActivityCountsWhatIsDone has one person write in each mode, and one watch.
func TestActivityCountsWhatIsDone(t *testing.T) {
	fakeTime(t, testActivityCounts)
}

func testActivityCounts(t *testing.T) {
	const wait = 5 * time.Millisecond
	l := newLiveOn(t, slowLog{eventlog.NewMemory(), wait}, time.Now)
	watcher := listen(pipe(t, l))
	until(t, "a status", func() bool { return len(watcher.all("status")) == 1 && l.stats.sent.Load() == 1 })
	watcher.send(`{"type":"activity"}`)
	until(t, "a first frame", func() bool { return len(watcher.all("activity")) > 0 })
	ann, sora := listen(pipe(t, l)), listen(pipe(t, l))
	ann.send(`{"type":"open","user":"Ann","title":"Counted"}`)
	until(t, "a thread", func() bool { return len(ann.all("join")) == 1 })
	id := ann.all("join")[0].Thread
	sora.send(`{"type":"join","user":"소라","id":"` + id + `","mode":"text","client":"` + clientA + `"}`)
	until(t, "an editor", func() bool { return len(sora.all("join")) == 1 })
	l.open(t, "Ben", "Quiet", "nobody is here")
	const lines, pushes = 12, 10 // few: all within the ten seconds that are counted
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
		until(t, "an entry", func() bool { return l.stats.edits.Load() >= lines+1+n })
	}
	sora.send(`{"type":"update","client":"` + clientA + `","seq":9999,"rev":1,"changes":[[[0,"x"]]]}`) // a gap: stale
	until(t, "an error", func() bool { return len(sora.all("error")) == 1 })

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
	for _, ms := range []float64{last.Ack.P50, last.Ack.P99} { // within the sixteenth that the meter may err
		if want := float64(wait.Milliseconds()); ms < want*15/16 || ms > want*17/16 {
			t.Errorf("ack %+v, want %v ms", *last.Ack, want)
		}
	}
	if len(last.Busiest) != 2 || last.Busiest[0]["id"] != id || last.Busiest[0]["title"] != "Counted" ||
		last.Busiest[0]["edits"] != float64(edits-1) || last.Busiest[0]["connections"] != 2.0 {
		t.Errorf("busiest %v", last.Busiest)
	}
	if fmt.Sprint(last.People) != fmt.Sprintf("[map[edits:%d user:소라] map[edits:%d user:Ann] map[edits:1 user:Ben]]", 2*pushes, lines) {
		t.Errorf("people %v", last.People)
	}
}

// TestNothingTicksWhenNobodyWatches: one loop serves all watchers, and ends with
// the last of them. A loop that is left fails the test, since the bubble of fake
// time waits for it.
func TestNothingTicksWhenNobodyWatches(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		a, b := listen(pipe(t, l)), listen(pipe(t, l))
		second := func(wantA, wantB int) {
			t.Helper()
			synctest.Wait()
			n, m := len(a.all("activity")), len(b.all("activity"))
			time.Sleep(time.Second)
			synctest.Wait()
			if n, m = len(a.all("activity"))-n, len(b.all("activity"))-m; n != wantA || m != wantB {
				t.Errorf("%d and %d frames in a second, want %d and %d", n, m, wantA, wantB)
			}
		}
		second(0, 0)
		for _, c := range []*listener{a, b, a} {
			c.send(`{"type":"activity"}`)
		}
		second(wire.ActivityPerSecond, wire.ActivityPerSecond)
		a.send(`{"type":"activity","on":false}`)
		second(0, wire.ActivityPerSecond)
		_ = b.conn.Close()
		a.send(`{"type":"activity","on":false}`) // once too often
		for range 50 {
			a.send(`{"type":"activity","on":true}`)
			a.send(`{"type":"activity","on":false}`)
		}
		second(0, 0)
		l.feed.mu.Lock()
		defer l.feed.mu.Unlock()
		if len(l.feed.watchers) != 0 || l.feed.stop != nil {
			t.Errorf("%d watchers are left", len(l.feed.watchers))
		}
	})
}

func TestActivityRefusesWhatIsNeitherOnNorOff(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		c := listen(pipe(t, l))
		for i, on := range []string{`1`, `"true"`, `[]`, `{}`, `0`} {
			c.send(`{"type":"activity","on":` + on + `}`)
			synctest.Wait()
			if errs := c.all("error"); len(errs) != i+1 || errs[i].Code != "bad_message" {
				t.Errorf("on %s: %+v", on, errs)
			}
		}
		l.feed.mu.Lock()
		defer l.feed.mu.Unlock()
		if len(l.feed.watchers) != 0 {
			t.Error("a refused message began to watch")
		}
	})
}
