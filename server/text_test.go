package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/snapshot"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
)

const clientA = "01J9Z40000000000000000000A"

func TestTextModeStreamsEntriesAndResumes(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	deck, ed := dial(t, u, "/"), dial(t, u, "/ws")
	deck.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := deck.want("join")["thread"].(string)
	ed.send(`{"type":"join","user":"소라","id":"` + id + `","mode":"text","client":"` + clientA + `"}`)
	j := ed.want("join")
	if j["text"] != "" || j["rev"] != 1.0 || j["readonly"] != false {
		t.Fatalf("join %v", j)
	}
	chain := j["chain"].(string)
	ed.send(`{"type":"update","client":"` + clientA + `","seq":1,"rev":1,"changes":[[[0,"one","two😀"]],[9,[0,"!"]]]}`)
	up := ed.want("update")
	list := up["updates"].([]any)
	if len(list) != 2 || up["rev"] != 3.0 {
		t.Fatalf("update %v", up)
	}
	first := list[0].(map[string]any)
	if first["client"] != clientA || first["seq"] != 1.0 || first["user"] != "소라" {
		t.Fatalf("entry %v", first)
	}
	if u := deck.want("update"); u["value"] != "one" {
		t.Fatalf("line update %v", u)
	}
	deck.send(`{"type":"update","line":1,"rev":3,"value":"two😀!?"}`)
	deck.want("update")
	up = ed.want("update")
	if e := up["updates"].([]any)[0].(map[string]any); fmt.Sprint(e["changes"]) != fmt.Sprint([]any{10.0, []any{0.0, "?"}}) {
		t.Fatalf("entry %v", e)
	}
	// Resume from revision 1 by another connection of the same client.
	again := dial(t, u, "/ws")
	again.send(fmt.Sprintf(`{"type":"join","user":"소라","id":"%s","mode":"text","client":"%s","since":1,"chain":"%s"}`, id, clientA, chain))
	if j := again.want("join"); j["rev"] != 1.0 || j["head"] != 4.0 || j["text"] != nil {
		t.Fatalf("resume %v", j)
	}
	if up := again.want("update"); up["rev"] != 4.0 || len(up["updates"].([]any)) != 3 {
		t.Fatalf("catch-up %v", up)
	}
	other := dial(t, u, "/ws")
	other.send(fmt.Sprintf(`{"type":"join","user":"Ben","id":"%s","mode":"text","client":"01J9Z40000000000000000000B","since":1,"chain":"%s"}`, id, strings.Repeat("0", 64)))
	if j := other.want("join"); j["reset"] != true || j["text"] != "one\ntwo😀!?" {
		t.Fatalf("reset %v", j)
	}
	// The author of a submitted line, and a rename, come as entries without changes.
	again.send(`{"type":"submit","rev":4,"lines":[0,0]}`)
	up = again.want("update")
	if e := up["updates"].([]any)[0].(map[string]any); e["kind"] != "submitted" || e["length"] != 11.0 || e["changes"] != nil || e["client"] != nil {
		t.Fatalf("entry %v", e)
	}
	again.send(`{"type":"cursor","rev":5,"ranges":[[1,2]]}`)
	if c := other.want("cursor"); c["user"] != "소라" || c["client"] != clientA {
		t.Fatalf("cursor %v", c)
	}
}

// TestFarBehindClientGetsEveryEntry resumes from a revision that is not in memory
// any more: the entries are read from the log, and sent in frames of bounded size.
func TestFarBehindClientGetsEveryEntry(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	ed := dial(t, u, "/ws")
	ed.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := ed.want("join")["thread"].(string)
	join := `{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"` + clientA + `"`
	ed.send(join + `}`)
	chain := ed.want("join")["chain"].(string)
	const n = 12_000
	for seq := 1; seq <= n; seq += 1000 {
		var changes []string
		for i := range 1000 {
			changes = append(changes, fmt.Sprintf(`[%d,[0,"x"]]`, seq+i-1))
		}
		changes[0] = strings.Replace(changes[0], "[0,[0,", "[[0,", 1)
		ed.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":%d,"rev":%d,"changes":[%s]}`, clientA, seq, seq, strings.Join(changes, ",")))
		for got := 0; got < 1000; {
			got += len(ed.want("update")["updates"].([]any))
		}
	}
	back := dial(t, u, "/ws")
	back.send(join + fmt.Sprintf(`,"since":1,"chain":"%s"}`, chain))
	if j := back.want("join"); j["head"] != float64(n+1) {
		t.Fatalf("resume %v", j)
	}
	for next := 2.0; next <= n+1; {
		up := back.want("update")
		for _, e := range up["updates"].([]any) {
			if rev := e.(map[string]any)["rev"]; rev != next {
				t.Fatalf("revision %v, want %v", rev, next)
			}
			next++
		}
		if up["rev"] != next-1 {
			t.Fatalf("frame of revision %v ends at %v", up["rev"], next-1)
		}
	}
	back.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":%d,"rev":%d,"changes":[[%d,[0,"y"]]]}`, clientA, n+1, n+1, n))
	if up := back.want("update"); up["rev"] != float64(n+2) {
		t.Fatalf("after catching up: %v", up)
	}
}

// TestRestartChangesNothing is the first law: every answer follows from the log
// alone.
func TestRestartChangesNothing(t *testing.T) {
	log := eventlog.NewMemory()
	ask := func(u, path string) string {
		resp, err := http.Get(u + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v %s", path, resp.StatusCode, err, b)
		}
		return string(b)
	}
	var id string
	serve := func(work func(*Server, string)) map[string]string {
		got := map[string]string{}
		t.Run("run", func(t *testing.T) {
			s, u := start(t, log)
			work(s, u)
			for _, p := range []string{"/api/threads", "/api/threads/" + id, "/api/threads/" + id + "/text", "/api/threads/" + id + "/blame", "/api/threads/" + id + "/events", "/api/threads/" + id + "/blame?at=3"} {
				got[p] = ask(u, p)
			}
		})
		return got
	}
	before := serve(func(s *Server, u string) {
		stream, err := s.api.NewThread(context.Background(), "회의록", "하나\n둘\n", people.Identity{Name: "소라", Kind: "cli"})
		if err != nil {
			t.Fatal(err)
		}
		id = string(stream)
		c := dial(t, u, "/")
		c.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
		c.want("join")
		c.send(`{"type":"new","value":"셋"}`)
		c.send(`{"type":"submit","value":"셋!"}`)
		c.want("update")
		c.want("update")
		_ = c.conn.Close()
		for n := 1; n > 0; { // the server learns of it later
			n, _, _ = s.live.Hub().Present(stream)
		}
	})
	after := serve(func(*Server, string) {})
	for p, want := range before {
		if after[p] != want {
			t.Errorf("%s\nbefore %s\nafter  %s", p, want, after[p])
		}
	}
	var blame struct {
		Lines []struct{ Text, Author string }
	}
	if err := json.Unmarshal([]byte(after["/api/threads/"+id+"/blame"]), &blame); err != nil {
		t.Fatal(err)
	}
	if len(blame.Lines) != 3 || blame.Lines[2].Text != "셋!" || blame.Lines[2].Author != "Ben" || blame.Lines[0].Author != "소라" {
		t.Errorf("blame %+v", blame)
	}
}

func TestConnectionsAreRebuiltAndAnEarlierRunIsClosed(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	c := dial(t, u, "/")
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	c.want("join")
	rebuild := func() *projection.Connections {
		st := snapshot.NewState()
		if err := st.CatchUp(context.Background(), projection.Plain(log)); err != nil {
			t.Fatal(err)
		}
		return st.Connections
	}
	for rebuild().Open("") != 1 { // the connection log is written later
	}
	// A second run on the same log, as after a kill: open connections are closed.
	if _, err := New(context.Background(), Config{Log: eventlog.Store{AuditLog: log}}); err != nil {
		t.Fatal(err)
	}
	for {
		if c := rebuild(); c.Runs == 2 && c.Open("") == 0 {
			break
		}
	}
}

func TestPutIsADiffInOneAppend(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	do := func(method, path, body string, header ...string) (int, string) {
		req, _ := http.NewRequest(method, u+path, strings.NewReader(body))
		req.Header.Set("Parodywave-User", "Robot")
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	status, body := do("POST", "/api/threads", `{"title":"T"}`)
	var th struct{ ID string }
	if err := json.Unmarshal([]byte(body), &th); status != 201 || err != nil {
		t.Fatal(status, body)
	}
	path := "/api/threads/" + th.ID + "/text"
	for _, tc := range []struct {
		body, query, match string
		status, records    int
		says               string
	}{
		{"one\ntwo\n", "?base=1", "", 200, 1, `"rev":2,"merged":0,"overlaps":[]`},
		{"one\n2\n", "", `"2"`, 200, 1, `"rev":3,"merged":0,"overlaps":[]`},
		{"late\n", "", `"2"`, 412, 0, "stale"},
		{"late\n", "?expected=2", "", 412, 0, "stale"},
		{"one\ntwo\nthree\n", "?base=2", "", 200, 1, `"rev":4,"merged":1,"overlaps":[]`},
		{"one\ntwelve\n", "?base=2", "", 200, 1, `"rev":5,"merged":2,"overlaps":[{"lines":[1,1],"text":"2elve","revs":[3,3],"users":["Robot"]}]`},
		{"one\n2elve\nthree\n", "?base=head", "", 200, 0, `"rev":5,"merged":0`},
		{"one\n2elve\nthree\n", "", `"5"`, 200, 0, `"rev":5`},
		{"x", "", "", 428, 0, "base_required"},
		{"x", "", "*", 428, 0, "base_required"},
		{"x", "?base=", "", 428, 0, "base_required"},
		{"one\n2elve\nthree\n", "?base=5", "*", 200, 0, `"rev":5`},
		{"x", "?base=5", `"5"`, 400, 0, "bad_value"},
		{"x", "?base=5&expected=5", "", 400, 0, "bad_value"},
		{"x", "?base=6", "", 412, 0, `"head":5`},
		{"x", "?base=0", "", 400, 0, "bad_value"},
		{"x", "?base=-1", "", 400, 0, "bad_value"},
		{"x", "?base=9007199254740992", "", 400, 0, "bad_value"},
		{"x", "?base=newest", "", 400, 0, "bad_value"},
		{"x", "", `"x"`, 400, 0, "bad_value"},
		{"one\r\n", "?base=5", "", 400, 0, "bad_value"},
		{"\xff", "?base=5", "", 400, 0, "bad_value"},
		{"", "?base=5", "", 400, 0, "bad_value"},
	} {
		before := records(t, log)
		header := []string{}
		if tc.match != "" {
			header = []string{"If-Match", tc.match}
		}
		status, body := do("PUT", path+tc.query, tc.body, header...)
		if got := records(t, log) - before; status != tc.status || got != tc.records || !strings.Contains(body, tc.says) {
			t.Errorf("%q %s %s: %d %s, %d records; want %d with %q, %d", tc.body, tc.query, tc.match, status, body, got, tc.status, tc.says, tc.records)
		}
	}
	thread, err := projection.Replay(context.Background(), projection.Plain(log), eventlog.Stream(th.ID), 0)
	if err != nil || thread.Text() != "one\n2elve\nthree\n" {
		t.Errorf("text %q %v", thread.Text(), err)
	}
}

// TestJoiningAgainEndsACatchUp joins twice, the second time while the first
// catch-up streams: none of its entries may come after the second answer.
func TestJoiningAgainEndsACatchUp(t *testing.T) {
	log := eventlog.NewMemory()
	s, u := start(t, log)
	id, err := s.api.NewThread(context.Background(), "T", "0", people.Identity{Name: "Ann", Kind: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1200 { // 12 MB of entries: more than sockets and the queue hold
		text := fmt.Sprint(i) + strings.Repeat("x", 10_000+i%2)
		if _, err := s.api.Put(context.Background(), id, authority.Write{Text: strings.Repeat(string(rune('a'+i%26)), 1+i%2) + text}, people.Identity{Name: "Ann", Kind: "cli"}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := log.ChainAt(context.Background(), id, 1)
	if err != nil {
		t.Fatal(err)
	}
	ed := dial(t, u, "/ws")
	join := fmt.Sprintf(`{"type":"join","user":"Ann","id":"%s","mode":"text","client":"%s","since":1,"chain":"%s"}`, id, clientA, c)
	ed.send(join)
	ed.send(join)
	ed.want("join")
	answered := false
	for next := 2.0; !answered || next <= 1202; {
		_, frame, err := ed.conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Type    string
			Updates []struct{ Rev float64 }
		}
		if err := json.Unmarshal(frame, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type == "join" {
			answered, next = true, 2
		}
		for _, e := range m.Updates {
			if e.Rev != next {
				t.Fatalf("second answer given %v: revision %v, want %v", answered, e.Rev, next)
			}
			next++
		}
	}
}
