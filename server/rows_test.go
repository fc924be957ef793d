package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/server/internal/people"
)

// readUpdates reads frames until an entry of revision last came, and returns the
// "rows" of each entry by its revision, and behind them its "origins".
func readUpdates(t *testing.T, c *client, last float64) map[float64]string {
	t.Helper()
	rows := map[float64]string{}
	for {
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Updates []struct {
				Rev           float64
				Rows, Origins json.RawMessage
			}
		}
		if err := json.Unmarshal(frame, &m); err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Updates {
			rows[e.Rev] = string(e.Rows)
			if len(e.Origins) > 0 {
				rows[e.Rev] += " " + string(e.Origins)
			}
			if e.Rev == last {
				return rows
			}
		}
	}
}

// TestRowsAreTheSameLiveAndResumed: what an entry does to the rows of a text comes
// from the authority's memory, from its resume cache after a restart, or from a
// fold of the log beside it.
func TestRowsAreTheSameLiveAndResumed(t *testing.T) {
	log := eventlog.NewMemory()
	s, u := start(t, log)
	id, err := s.api.NewThread(t.Context(), "T", "milk\nbread\neggs", people.Identity{Name: "Ben", Kind: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	ed := dial(t, u, "/ws")
	ed.send(fmt.Sprintf(`{"type":"join","user":"Ann","id":"%s","mode":"text","client":"%s"}`, id, clientA))
	first := ed.want("join")
	const head = 1002
	var changes, claims []string
	for i := range 200 { // a line down, and up again, Enter at the end of the first, a word cut and pasted
		n := 15 + i
		changes = append(changes, fmt.Sprintf(`[[0,"bread",""],4,[6],%d]`, n-10), fmt.Sprintf(`[[6],4,[0,"","bread"],%d]`, n-10),
			fmt.Sprintf(`[4,[0,"",""],%d]`, n-4), fmt.Sprintf(`[[3],%d]`, n-2), fmt.Sprintf(`[[0,"mil"],%d]`, n-2))
		claims = append(claims, fmt.Sprintf(`[%d,{"undoes":[%d,%d]}]`, 5*i+4, 5*i+4, 5*i+4))
	}
	ed.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":1,"rev":2,"changes":[%s],"claims":[%s]}`, clientA, strings.Join(changes, ","), strings.Join(claims, ",")))
	live := readUpdates(t, ed, head)
	if live[3] == "" || !strings.Contains(live[7], " [[3,2,") || len(live) != head-2 {
		t.Fatalf("%d entries came; the first moves a line, with rows %q, another brings a word back, with origins %q", len(live), live[3], live[7])
	}
	resume := func(url string, since int) map[float64]string {
		sum, err := log.ChainAt(t.Context(), id, eventlog.Revision(since))
		if err != nil {
			t.Fatal(err)
		}
		c := dial(t, url, "/ws")
		c.send(fmt.Sprintf(`{"type":"join","user":"Ann","id":"%s","mode":"text","client":"%s","since":%d,"chain":"%s"}`, id, clientA, since, sum))
		return readUpdates(t, c, head)
	}
	_, again := start(t, log) // another server, which has nothing in memory
	for name, got := range map[string]map[float64]string{
		"recent": resume(u, 500), "log": resume(u, 2), "cache": resume(again, 500), "log, restarted": resume(again, 2),
	} {
		for rev, rows := range got {
			if rows != live[rev] {
				t.Errorf("%s: revision %v has rows %s, live %s", name, rev, rows, live[rev])
			}
		}
		if len(got) != head-500 && len(got) != head-2 {
			t.Errorf("%s: %d entries", name, len(got))
		}
	}

	type row [4]any // of first, then spliced
	blame := first["blame"].(map[string]any)
	var have []row
	for _, l := range blame["lines"].([]any) {
		l := l.([]any)
		have = append(have, row{l[0], blame["authors"].([]any)[int(l[1].(float64))].(map[string]any)["id"], l[2], l[3]})
	}
	for rev := 3.0; rev <= head; rev++ {
		var splices [][3]json.RawMessage
		rows, _, _ := strings.Cut(live[rev], " ")
		if rows == "" {
			continue
		}
		if err := json.Unmarshal([]byte(rows), &splices); err != nil {
			t.Fatal(err)
		}
		for _, sp := range splices {
			var line, removed int
			var in []row
			for i, to := range []any{&line, &removed, &in} {
				if err := json.Unmarshal(sp[i], to); err != nil {
					t.Fatal(err)
				}
			}
			have = slices.Replace(have, line, line+removed, in...)
		}
	}
	late := dial(t, u, "/ws")
	late.send(fmt.Sprintf(`{"type":"join","user":"Cleo","id":"%s","mode":"text","client":"01J9Z40000000000000000000B"}`, id))
	last := late.want("join")["blame"].(map[string]any)
	lines := last["lines"].([]any)
	if len(lines) != len(have) {
		t.Fatalf("%d rows after the splices, %d in the join", len(have), len(lines))
	}
	for i, l := range lines {
		l := l.([]any)
		author := last["authors"].([]any)[int(l[1].(float64))].(map[string]any)["id"]
		if want := (row{l[0], author, l[2], l[3]}); have[i] != want {
			t.Errorf("line %d: %v after the splices, %v in the join", i, have[i], want)
		}
	}
}
