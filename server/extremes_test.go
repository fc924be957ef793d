package server

import (
	"encoding/json"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection/scripts"
)

// TestAnyStoredEventIsServed: a log that has what nobody may write any more still opens,
// and every answer about each of its threads is JSON.
func TestAnyStoredEventIsServed(t *testing.T) {
	log := eventlog.NewMemory()
	invalid := 0
	for stream, records := range scripts.Extremes() {
		if _, err := log.Append(t.Context(), stream, 0, records...); err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if e, err := event.Decode(r); err != nil || e.Valid() != nil {
				invalid++
			}
		}
	}
	if invalid < 30 {
		t.Fatalf("only %d records are invalid: the test shows nothing", invalid)
	}
	_, base := start(t, log)
	status, _, body := asker{t, base, ""}.do("GET", "/api/threads?cursor=", "", "")
	var list struct {
		Threads []struct{ ID eventlog.Stream }
	}
	if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list.Threads) != len(scripts.Extremes())-1 {
		t.Fatalf("%d %.300s, %v", status, body, err)
	}
	for _, th := range list.Threads {
		a := asker{t, base, th.ID}
		for _, path := range []string{"", "/blame", "/moment", "/moment?since=1", "/timeline", "/lines?words=true", "/deletions?since=1", "/log?every=edit&deletions=true", "/log", "/grep?pattern=w", "/diff?from=1", "/versions"} {
			status, _, body := a.do("GET", path, "", "")
			if status != 200 || !json.Valid([]byte(body)) {
				t.Errorf("%s%s: %d %.300s", th.ID, path, status, body)
			}
		}
		if strings.HasSuffix(string(th.ID), "9F") {
			for _, version := range []string{"twice", "TWICE", "a%0Ab", "@"} { // no digits: they are a revision
				a.want("/moment?at="+version, "rev", "2")
			}
		}
		if status, _, body := a.do("PUT", "/text?base=head", "Ben", "new text"); status != 200 {
			t.Errorf("%s cannot be written to: %d %s", th.ID, status, body)
		}
	}
}
