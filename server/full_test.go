package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/logtest"
	"parodywave/server/internal/people"
)

// failure returns the next error, and skips other messages.
func (c *client) failure() map[string]any {
	c.t.Helper()
	return c.first("error")
}

func getText(t *testing.T, url, id string) string {
	t.Helper()
	resp, err := http.Get(url + "/api/threads/" + id + "/text")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET text: %s %s, %v", resp.Status, b, err)
	}
	return string(b)
}

// TestNewcomersReadWhileTheDiskRefuses: people whom the log does not know join and
// read while it accepts no appends, and get an error that says why they cannot write. When it
// accepts appends again they write, and their names are in the log before their
// first edits.
func TestNewcomersReadWhileTheDiskRefuses(t *testing.T) {
	for why, said := range map[error]string{
		syscall.ENOSPC: "disk is full", syscall.EROFS: "disk is read-only", syscall.EFBIG: "may not grow",
	} {
		t.Run(why.Error(), func(t *testing.T) { newcomersRead(t, why, said) })
	}
}

func newcomersRead(t *testing.T, why error, said string) {
	disk := logtest.NewDisk(eventlog.NewMemory())
	s, url := start(t, disk)
	ann := dial(t, url, "/")
	ann.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := ann.want("join")["thread"].(string)
	ann.send(`{"type":"new","value":"milk"}`)
	ann.want("update")

	disk.Refuse(why)
	if _, err := s.api.People.Resolve(t.Context(), people.Identity{Name: "Cleo", Kind: event.Person}); err == nil {
		t.Fatal("the disk accepts a name: a join that waits for the name would succeed, too")
	}
	line, text := dial(t, url, "/"), dial(t, url, "/ws")
	line.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
	if data := line.want("join")["data"].([]any); len(data) != 1 || data[0].(map[string]any)["value"] != "milk" {
		t.Errorf("Ben reads %v", data)
	}
	text.send(`{"type":"join","user":"소라","id":"` + id + `","mode":"text","client":"` + clientA + `"}`)
	if j := text.want("join"); j["text"] != "milk" {
		t.Errorf("소라 reads %v", j["text"])
	}
	if got := getText(t, url, id); got != "milk" {
		t.Errorf("GET text: %q", got)
	}

	line.send(`{"type":"new","value":"eggs"}`)
	push := `{"type":"update","client":"` + clientA + `","seq":1,"rev":%v,"changes":[[[0,"oat "],%d]]}`
	text.send(fmt.Sprintf(push, 2, 4))
	for _, c := range []*client{line, text} {
		if e := c.failure(); e["code"] != "unavailable" || !strings.Contains(e["text"].(string), said) {
			t.Errorf("the edit was answered %v, want a text about %q", e, said)
		}
	}

	disk.Refuse(nil)
	line.send(`{"type":"new","value":"eggs"}`)
	if u := line.want("update"); u["value"] != "eggs" || u["mine"] != true {
		t.Errorf("Ben's receipt: %v", u)
	}
	text.send(fmt.Sprintf(push, 2, 4))
	for own := false; !own; {
		for _, e := range text.want("update")["updates"].([]any) {
			own = own || e.(map[string]any)["client"] == clientA
		}
	}
	if got := getText(t, url, id); got != "oat milk\neggs" {
		t.Errorf("the text reads %q", got)
	}
	namedFirst(t, disk)
}

// namedFirst checks that each author has one name, before the author's first edit.
func namedFirst(t *testing.T, log eventlog.AuditLog) {
	t.Helper()
	named := map[eventlog.AuthorID]int{}
	for r, err := range log.Scan(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case r.Stream == eventlog.Authors:
			if named[r.Author]++; named[r.Author] > 1 {
				t.Errorf("an author was named %d times", named[r.Author])
			}
		case r.Stream != eventlog.Connections && named[r.Author] == 0:
			t.Errorf("%s revision %d is by an author without a name", r.Stream, r.Revision)
		}
	}
}

// TestReadyzSaysThatTheClockRanAhead, and stays ready.
func TestReadyzSaysThatTheClockRanAhead(t *testing.T) {
	log := eventlog.NewMemory()
	_, url := start(t, log)
	for _, ahead := range []bool{false, true} {
		if ahead {
			r := event.Encode(event.Opened{Title: "T"})
			r.Time = time.Now().Add(time.Hour).UnixMilli()
			if _, err := log.Append(t.Context(), testThread, 0, r); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := http.Get(url + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		said := strings.Contains(string(b), "\nthe clock of this log runs ")
		if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(b), "ready\n") || said != ahead {
			t.Errorf("%s, %q, %v", resp.Status, b, err)
		}
	}
}
