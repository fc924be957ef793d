package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog/event"
)

// agoLog is a thread that was opened and edited two hours ago, and edited again
// half an hour ago.
func agoLog(t *testing.T) asker {
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).UnixMilli() }
	_, u := start(t, logged(t,
		deed{1, ago(2 * time.Hour), event.Opened{Title: "T"}},
		deed{1, ago(2 * time.Hour), changed(t, `[[0,"one"]]`)},
		deed{2, ago(30 * time.Minute), changed(t, `[3,[0,"",""]]`)},
	))
	return asker{t, u, testThread}
}

// TestMomentsMayBeSaidAsHowLongAgo: at all endpoints that accept a moment or a
// time. Browsers must keep none of the answers.
func TestMomentsMayBeSaidAsHowLongAgo(t *testing.T) {
	a := agoLog(t)
	for _, tc := range []struct{ path, fields, want string }{
		{"/moment?at=-1h", "rev text", `2 "one"`},
		{"/moment?at=-1s", "rev", "3"},
		{"/blame?at=-1h30m", "rev", "2"},
		{"/timeline?at=-1h", "head", "3"},
		{"/lines?at=-60m", "rev total", "2 1"},
		{"/lines/2.0/history?at=-1h", "rev", "2"},
		{"/deletions?at=-1h", "rev lines", "2 []"},
		{"/log?at=-1h", "rev", "2"},
		{"/log?since=-1h&until=-1m", "rev", "3"},
		{"/grep?pattern=one&at=-1h", "rev", "2"},
		{"/diff?from=-1h&to=-1s", "from to", "2 3"},
		{"/versions?at=-1h", "versions", "[]"},
	} {
		status, h, body := a.do("GET", tc.path, "", "")
		if status != http.StatusOK || strings.Contains(h.Get("Cache-Control"), "max-age") {
			t.Errorf("%s: %d, kept %q: %s", tc.path, status, h.Get("Cache-Control"), body)
		}
		a.want(tc.path, tc.fields, tc.want)
	}
	var log struct{ Rows []struct{ Revision int } }
	if _, _, body := a.do("GET", "/log?since=-1h&until=-1m", "", ""); json.Unmarshal([]byte(body), &log) != nil || len(log.Rows) != 1 || log.Rows[0].Revision != 3 {
		t.Errorf("the last hour was %v", log.Rows)
	}
	a.refused("GET", "/moment?at=-3h", "", "", 404, "not_found")
	if status, _, body := a.do("POST", "/restore", "Ben", `{"at":"-1h"}`); status != http.StatusOK {
		t.Errorf("restore: %d %s", status, body)
	}
	a.want("/moment", "text", `"one"`)
}

// TestAgoInTheLogCountsFromTheNewestRecord: the log's clock ran an hour ahead. Counted
// from the clock, the last five minutes would hold both changes.
func TestAgoInTheLogCountsFromTheNewestRecord(t *testing.T) {
	ahead := func(d time.Duration) int64 { return time.Now().Add(d).UnixMilli() }
	_, u := start(t, logged(t,
		deed{1, ahead(0), event.Opened{Title: "T"}},
		deed{1, ahead(30 * time.Minute), changed(t, `[[0,"one"]]`)},
		deed{2, ahead(time.Hour), changed(t, `[3,[0,"",""]]`)},
	))
	var log struct{ Rows []struct{ Revision int } }
	if _, _, body := (asker{t, u, testThread}).do("GET", "/log?since=-5m", "", ""); json.Unmarshal([]byte(body), &log) != nil || len(log.Rows) != 1 || log.Rows[0].Revision != 3 {
		t.Errorf("the last five minutes were %s", body)
	}
}

// TestQueriesThatSayNothingAreRefused: the error names the parameter, and its
// values.
func TestQueriesThatSayNothingAreRefused(t *testing.T) {
	a := minutes(t)
	for path, says := range map[string]string{
		"/log?deletions=maybe":               `deletions="maybe" is neither true nor false`,
		"/log?deletions":                     `deletions="" is neither`,
		"/log?deletions=true&deletions=1":    `deletions="1" is neither`,
		"/log?every=minute":                  `every="minute" is neither edit nor burst`,
		"/log?limit=many":                    `limit="many" is not a number from 0 to`,
		"/log?since=yesterday":               `since="yesterday" is not a time like 2026-11-22T10:00:00Z or -15m`,
		"/lines?words=yes":                   `words="yes" is neither`,
		"/grep?pattern=a&regexp=TRUE":        `regexp="TRUE" is neither`,
		"/grep?pattern=a&ignore_case=on":     `ignore_case="on" is neither`,
		"/grep?pattern=a&gone=gone":          `gone="gone" is neither`,
		"/events?follow=yes":                 `follow="yes" is neither`,
		"/diff?from=-1x":                     `from: "-1x" is not a revision, a time or the name of a version`,
		"/diff?from=1&to=a@b":                `to: "a@b" is not a revision`,
		"/moment?at=%zz":                     `the query cannot be read: invalid URL escape`,
		"/text?at=3;since=2":                 `the query cannot be read: invalid semicolon`,
		"/log?deletions=false":               "",
		"/grep?pattern=a&gone=false&limit=1": "",
	} {
		status, _, body := a.do("GET", path, "", "")
		var e struct{ Error struct{ Code, Text string } }
		if says == "" {
			if status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, body)
			}
			continue
		}
		if err := json.Unmarshal([]byte(body), &e); err != nil || status != 400 || e.Error.Code != "bad_value" || !strings.Contains(e.Error.Text, says) {
			t.Errorf("%s: %d %s, want %q", path, status, body, says)
		}
	}
	for _, path := range []string{"/text?allow_empty=maybe", "/text?allow_empty"} {
		a.refused("PUT", path, "Ben", "", 400, "bad_value")
	}
	a.want("/moment", "rev", "8")
}
