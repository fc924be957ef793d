package server

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/eventlog"
)

// TestOneClockDecidesAllTimes gives the server a clock of another year: the times of all
// records, the times that requests name, and what is said of a clock that was set back
// come from it.
func TestOneClockDecidesAllTimes(t *testing.T) {
	log := eventlog.NewMemory()
	at := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	var clock atomic.Int64
	clock.Store(at.UnixMilli())
	s, url := start(t, log, func(c *Config) { c.Now = func() time.Time { return time.UnixMilli(clock.Load()) } })
	ann := dial(t, url, "/ws")
	ann.send(`{"type":"open","user":"Ann","title":"Times"}`)
	id := ann.want("join")["thread"].(string)
	for i, minutes := range []int{0, 30, 60} {
		clock.Store(at.Add(time.Duration(minutes) * time.Minute).UnixMilli())
		ann.send(fmt.Sprintf(`{"type":"new","value":"%d"}`, i))
		ann.want("update")
	}
	ann.send(`{"type":"activity"}`)
	if got := int64(ann.want("activity")["at"].(float64)); got != clock.Load() {
		t.Errorf("the stats are of %d, want %d", got, clock.Load())
	}
	threads := url + "/api/threads/" + id
	for at, want := range map[string]string{"-0m": "0\n1\n2", "-15m": "0\n1", "-45m": "0", "2031-05-06T07:40": "0\n1"} {
		if got := body(t, threads+"/text?at="+at); got != want {
			t.Errorf("at %s the text is %q, want %q", at, got, want)
		}
	}
	if got := strings.Count(body(t, threads+"/log?every=edit&since=-45m"), `"text"`); got == 0 {
		t.Error("nothing in the last 45 minutes")
	}
	if got := body(t, url+"/readyz"); got != "ready\n" {
		t.Errorf("readyz says %q", got)
	}
	for _, set := range []time.Duration{0, 59 * time.Minute} {
		clock.Store(at.Add(time.Hour - set).UnixMilli())
		want := set.Milliseconds()
		ben := dial(t, url, "/ws")
		ben.send(`{"type":"join","user":"Ben","id":"` + id + `","mode":"text","client":"01J9Z40000000000000000000A"}`)
		whole := ben.want("join")
		ben.send(fmt.Sprintf(`{"type":"join","user":"Ben","id":"%s","mode":"text","client":"01J9Z40000000000000000000A","since":%.0f,"chain":"%s"}`,
			id, whole["rev"], whole["chain"]))
		resumed := ben.want("join")
		if _, ok := resumed["head"]; !ok {
			t.Fatalf("the second join does not resume: %v", resumed)
		}
		for name, join := range map[string]map[string]any{"join": whole, "resume": resumed} {
			if got, ok := join["ahead"].(float64); int64(got) != want || ok != (want > 0) {
				t.Errorf("with a clock set back by %v, the %s says %v", set, name, got)
			}
		}
		if got := strings.Contains(body(t, threads+"/timeline"), fmt.Sprintf(`"ahead":%d`, want)); got != (want > 0) {
			t.Errorf("with a clock set back by %v, the timeline is %s", set, body(t, threads+"/timeline"))
		}
	}
	clock.Store(at.UnixMilli())
	if got := body(t, url+"/readyz"); !strings.Contains(got, "the clock of this log runs 60 minutes ahead") {
		t.Errorf("with a clock that was set back an hour, readyz says %q", got)
	}
	if got := body(t, threads+"/text?at=-15m"); got != "0\n1" {
		t.Errorf("with a clock that was set back an hour, the text of -15m is %q: it counts from the newest record", got)
	}
	if err := s.Shutdown(t.Context()); err != nil { // so that the connection records are there
		t.Fatal(err)
	}
	for r, err := range log.Scan(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if when := time.UnixMilli(r.Time).UTC(); when.Before(at) || when.After(at.Add(time.Hour)) {
			t.Errorf("a record %s of %s has the time %v", r.Kind, r.Stream, when)
		}
	}
}

func body(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v: %s", url, resp.Status, b)
	}
	return string(b)
}

// TestNothingIsMeasuredByTheTimeOfDay: what the server logs or answers gets its time from
// the clock of the Config, and a duration is the difference of two time.Now, which a
// clock that is set does not change. Unix times of time.Now would be neither.
func TestNothingIsMeasuredByTheTimeOfDay(t *testing.T) {
	files := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if files++; strings.Contains(string(source), "time.Now().Unix") {
			t.Errorf("%s reads the time of day", path)
		}
		return err
	})
	if err != nil || files < 50 {
		t.Errorf("%d files: %v", files, err)
	}
}
