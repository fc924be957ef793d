package server

import (
	"encoding/json"
	"net/url"
	"strconv"
	"testing"

	"parodywave/eventlog"
)

// TestPagingHasEachThreadOnceWhilePeopleWrite, by cursor. By offset, the wrong twin, some
// threads are missing.
func TestPagingHasEachThreadOnceWhilePeopleWrite(t *testing.T) {
	_, base := start(t, eventlog.NewMemory())
	root := asker{t, base, ""}
	const n = 12
	for i := range n {
		if status, _, body := root.do("POST", "/api/threads", "Ben", `{"title":"`+strconv.Itoa(i)+`"}`); status != 201 {
			t.Fatalf("%d %s", status, body)
		}
	}
	type page struct {
		Threads []struct{ ID string }
		Next    *int
		Cursor  *string
	}
	// walk reads all pages; the last thread of all is written to after the first page.
	walk := func(first string, next func(page) (string, bool)) map[string]int {
		seen, last := map[string]int{}, ""
		for i, query, more := 0, first, true; more; i++ {
			status, _, body := root.do("GET", "/api/threads?limit=5&"+query, "", "")
			var p page
			if err := json.Unmarshal([]byte(body), &p); err != nil || status != 200 {
				t.Fatalf("%d %s, %v", status, body, err)
			}
			for _, th := range p.Threads {
				seen[th.ID]++
			}
			if i == 0 {
				var all page
				_, _, body := root.do("GET", "/api/threads?limit=1000", "", "")
				if err := json.Unmarshal([]byte(body), &all); err != nil {
					t.Fatal(err)
				}
				last = all.Threads[len(all.Threads)-1].ID
				if status, _, body := root.do("PUT", "/api/threads/"+last+"/text?base=head", "Ann", first); status != 200 {
					t.Fatalf("%d %s", status, body)
				}
			}
			query, more = next(p)
		}
		return seen
	}
	count := func(seen map[string]int) (once int) {
		for _, k := range seen {
			if k == 1 {
				once++
			}
		}
		return once
	}
	if seen := walk("cursor=", func(p page) (string, bool) {
		if p.Cursor == nil {
			return "", false
		}
		return "cursor=" + url.QueryEscape(*p.Cursor), true
	}); len(seen) != n || count(seen) != n {
		t.Errorf("by cursor %d of %d threads came once: %v", count(seen), n, seen)
	}
	if seen := walk("offset=0", func(p page) (string, bool) {
		if p.Next == nil {
			return "", false
		}
		return "offset=" + strconv.Itoa(*p.Next), true
	}); count(seen) == n {
		t.Error("by offset, all came once: the test shows nothing")
	}
}
