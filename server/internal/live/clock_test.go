package live

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"

	"github.com/gorilla/websocket"
)

// TestAClockThatIsBehindIsLoggedOnceAMinute, over all threads, with the number of
// records.
func TestAClockThatIsBehindIsLoggedOnceAMinute(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		var said bytes.Buffer
		l := newLive(t)
		l.hub.logger = slog.New(slog.NewTextHandler(&said, nil))
		rooms := []*room{{hub: l.hub}, {hub: l.hub}}
		for i := range 130 {
			rooms[i%2].Behind(5000)
			time.Sleep(time.Second)
		}
		var records []string
		for line := range strings.Lines(said.String()) {
			_, n, _ := strings.Cut(line, "records=")
			records = append(records, strings.TrimSpace(n))
		}
		if got := strings.Join(records, " "); got != "1 60 60" {
			t.Errorf("it counted %s\n%s", got, said.String())
		}
	})
}

// TestASetClockDisturbsNobody sets the clock back and forwards while people write and
// read: nobody is disconnected or refused, a client that connects again replaces its
// older connection, and records never go back in time.
func TestASetClockDisturbsNobody(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		if got := setClock(t, &settable{}); got != "" {
			t.Error(got)
		}
	})
}

// TestPausesByTheClockWouldDisturb is the twin: pauses, rates and timeouts follow the
// clock that is set.
func TestPausesByTheClockWouldDisturb(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		c := &settable{}
		if got := setClock(t, c, func(l *Live) { *l.stats = stats{now: c.now, began: c.now().Add(-time.Hour)} }); got == "" {
			t.Error("nobody was disturbed")
		}
	})
}

// TestConnectionIdsByTheClockWouldDisturb is the twin for ids that follow the clock.
func TestConnectionIdsByTheClockWouldDisturb(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		c := &settable{}
		got := setClock(t, c, func(l *Live) {
			c.onSet = func() {
				l.ids.mu.Lock()
				l.ids.last = 0
				l.ids.mu.Unlock()
			}
		})
		if !strings.Contains(got, "the newer connection was closed") {
			t.Errorf("the disturbance was %q", got)
		}
	})
}

// A settable clock is time.Now, set forwards or back.
type settable struct {
	by    atomic.Int64
	onSet func()
}

func (c *settable) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

func (c *settable) set(by time.Duration) {
	c.by.Add(int64(by))
	if c.onSet != nil {
		c.onSet()
	}
}

// setClock returns the first disturbance; empty if there was none.
func setClock(t *testing.T, c *settable, change ...func(*Live)) string {
	const day = 24 * time.Hour
	log := eventlog.NewMemory()
	l := newLiveOn(t, log, c.now, change...)
	ann, id := opened(t, l)
	sora := joinText(t, l, id, "소라", clientA)
	var times []int64 // of the edits
	for i, by := range []time.Duration{-3 * time.Hour, 5 * 365 * day, -2 * day, time.Minute, -4 * 365 * day} {
		c.set(by)
		time.Sleep(3 * pingInterval) // both are idle, but answer pings
		for k := range 3 {
			_ = ann.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"new","value":"%d %d"}`, i, k))
			_ = sora.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"status"}`))
			times = append(times, c.now().UnixMilli())
		}
		synctest.Wait()
		for name, x := range map[string]*listener{"Ann": ann, "소라": sora} {
			if errs := x.all("error"); len(errs) > 0 {
				return fmt.Sprintf("set by %v: %s got %s", by, name, errs[0].Raw)
			}
		}
		if receipts, answers := len(ann.all("update")), len(sora.all("status")); receipts != 3*(i+1) || answers < 3 {
			return fmt.Sprintf("set by %v: %d receipts of %d, %d answers of 3", by, receipts, 3*(i+1), answers)
		}
		sora = joinText(t, l, id, "소라", clientA) // the older connection is still there
		if len(sora.all("join")) == 0 {
			return fmt.Sprintf("set by %v: the newer connection was closed", by)
		}
	}
	newest, i := int64(0), -1 // the first record opens the thread
	for r, err := range log.Read(t.Context(), eventlog.Stream(id), 0) {
		if err != nil {
			return err.Error()
		}
		if i >= 0 && r.Time != max(newest, times[i]) {
			return fmt.Sprintf("record %d has time %d; the one before it %d, and the clock said %d", r.Revision, r.Time, newest, times[i])
		}
		newest, i = r.Time, i+1
	}
	if i != len(times) {
		return fmt.Sprintf("%d records of edits, want %d", i, len(times))
	}
	return ""
}
