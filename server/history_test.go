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
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An asker is an HTTP client of a server.
type asker struct {
	t      testing.TB
	url    string
	thread eventlog.Stream
}

// path returns the address of a path of the thread; of the server without one.
func (a asker) path(path string) string {
	if a.thread == "" {
		return a.url + path
	}
	return a.url + "/api/threads/" + string(a.thread) + path
}

// do returns the status, the headers and the body, which must be JSON.
func (a asker) do(method, path, user, body string) (int, http.Header, string) {
	a.t.Helper()
	req, err := http.NewRequest(method, a.path(path), strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if user != "" {
		req.Header.Set("Parodywave-User", user)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || !json.Valid(b) {
		a.t.Fatalf("%s %s: %v %q", method, path, err, b)
	}
	return resp.StatusCode, resp.Header, strings.TrimSpace(string(b))
}

// get returns the values of fields of the answer, as JSON.
func (a asker) get(path string, fields ...string) string {
	a.t.Helper()
	status, _, body := a.do("GET", path, "", "")
	if status != http.StatusOK {
		a.t.Fatalf("%s: %d %s", path, status, body)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		a.t.Fatal(err)
	}
	var out []string
	for _, f := range fields {
		raw, ok := all[f]
		if !ok {
			raw = json.RawMessage("-")
		}
		out = append(out, string(raw))
	}
	return strings.Join(out, " ")
}

func (a asker) want(path, fields, want string) {
	a.t.Helper()
	if got := a.get(path, strings.Fields(fields)...); got != want {
		a.t.Errorf("%s of %s:\n got %s\nwant %s", fields, path, got, want)
	}
}

func (a asker) refused(method, path, user, body string, status int, code string) {
	a.t.Helper()
	got, _, answer := a.do(method, path, user, body)
	var e struct{ Error struct{ Code, Text string } }
	if err := json.Unmarshal([]byte(answer), &e); err != nil || got != status || e.Error.Code != code || e.Error.Text == "" {
		a.t.Errorf("%s %s %s: %d %s, want %d %s", method, path, body, got, answer, status, code)
	}
}

const testThread eventlog.Stream = "01J9Z3N8QJ7C0V5R2K4M6T8W9X"

// A deed is an event by an author, who has a number, at a time.
type deed struct {
	author byte
	at     int64
	fact   event.Payload
}

// logged returns a log with one thread, by the authors 소라 (1), Ben (2) and Cem
// (3).
func logged(t testing.TB, deeds ...deed) eventlog.AuditLog {
	t.Helper()
	ctx, log := context.Background(), eventlog.NewMemory()
	var names, records []eventlog.Record
	for i, name := range []string{"소라", "Ben", "Cem"} {
		r := event.Encode(event.Named{Name: name, Kind: event.Person})
		r.Author[15] = byte(i + 1)
		names = append(names, r)
	}
	for _, d := range deeds {
		r := event.Encode(d.fact)
		r.Author[15], r.Time = d.author, d.at
		records = append(records, r)
	}
	if _, err := log.Append(ctx, eventlog.Authors, 0, names...); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(ctx, testThread, 0, records...); err != nil {
		t.Fatal(err)
	}
	return log
}

func changed(t testing.TB, s string) event.Payload {
	t.Helper()
	c, err := ot.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return event.Changed{Change: c}
}

// minutes is a small thread with an event of every kind.
func minutes(t testing.TB) asker {
	_, u := start(t, minutesLog(t))
	return asker{t, u, testThread}
}

func minutesLog(t testing.TB) eventlog.AuditLog {
	return logged(t,
		deed{1, 1000, event.Opened{Title: "회의록"}},
		deed{1, 1100, changed(t, `[[0,"안녕 😀","둘","셋"]]`)},
		deed{2, 9000, changed(t, `[5,[0,"!"],4]`)},              // 안녕 😀!
		deed{2, 9500, changed(t, `[7,[2],1]`)},                  // without 둘
		deed{3, 60_000, changed(t, `[[2,"Hi"],6]`)},             // Hi 😀!
		deed{3, 60_100, event.Submitted{From: 0, To: 0}},        //
		deed{1, 61_000, event.Version{Revision: 3, Name: "초안"}}, //
		deed{1, 62_000, event.Renamed{Title: "Minutes"}},
	)
}

func TestAMomentIsTheTextAndItsBlameAsTheyWere(t *testing.T) {
	a := minutes(t)
	a.want("/moment", "thread title rev head at author text", `"`+string(testThread)+`" "Minutes" 8 8 62000 0 "Hi 😀!\n셋"`)
	const people = `"authors":[{"id":"00000000000000000000000001","name":"소라","kind":"person"},{"id":"00000000000000000000000002","name":"Ben","kind":"person"}`
	a.want("/moment?at=3", "title rev head at author text blame deleted", `"회의록" 3 8 9000 1 "안녕 😀!\n둘\n셋" `+
		`{`+people+`],"spans":[[5,2,0],[1,3,1],[4,2,0]],"lines":[[3,1,9000,false],[2,0,1100,false],[2,0,1100,false]]} -`)
	a.want("/moment?at=8&since=3", "text deleted blame", `"Hi 😀!\n셋" [[0,"안녕",5,2],[7,"둘\n",4,1]] `+
		`{`+people+`,{"id":"00000000000000000000000003","name":"Cem","kind":"person"}],"spans":[[2,5,2],[3,2,0],[1,3,1],[2,2,0]],"lines":[[5,2,60000,true],[2,0,1100,false]]}`)
	a.want("/moment?since=4", "rev deleted", `8 [[0,"안녕",5,2]]`)
	a.want("/moment?since=0", "deleted", `[]`)
	a.want("/moment?since=8", "deleted", `[]`)
	a.want("/moment?at=1", "rev text at author", `1 "" 1000 0`)
	a.want("/moment?at=1&since=1", "text deleted", `"" []`)
	a.want("/moment?at=1970-01-01T00:00:09.2Z", "rev", "3")
	a.want("/moment?at=%EC%B4%88%EC%95%88", "rev title", `3 "회의록"`)
	a.want("/moment?at=%E1%84%8E%E1%85%A9%E1%84%8B%E1%85%A1%E1%86%AB", "rev", "3") // decomposed
	for path, want := range map[string][2]string{
		"/moment?at=3":                  {`"3"`, "private, max-age=3600"},
		"/moment?at=3&since=2":          {`"3"`, "private, max-age=3600"},
		"/moment?at=8":                  {`"8"`, "no-cache"},
		"/moment":                       {`"8"`, "no-cache"},
		"/moment?at=%EC%B4%88%EC%95%88": {`"3"`, "no-cache"},
		"/moment?at=1970-01-01T01:00Z":  {``, ""},
	} {
		status, h, _ := a.do("GET", path, "", "")
		if want[0] == "" && status == http.StatusBadRequest {
			continue
		}
		if h.Get("ETag") != want[0] || h.Get("Cache-Control") != want[1] {
			t.Errorf("%s: ETag %s, Cache-Control %s", path, h.Get("ETag"), h.Get("Cache-Control"))
		}
	}
	a.refused("GET", "/moment?at=9", "", "", 404, "not_found")
	a.refused("GET", "/moment?at=0", "", "", 400, "bad_value")
	a.refused("GET", "/moment?at=%EB%8B%A4%EB%A5%B8", "", "", 404, "not_found")
	a.refused("GET", "/moment?at=a@b", "", "", 400, "bad_value")
	a.refused("GET", "/moment?at=-5x", "", "", 400, "bad_value")
	a.refused("GET", "/moment?at=1969-01-01", "", "", 404, "not_found")
	a.refused("GET", "/moment?at=3&since=4", "", "", 400, "bad_value")
	a.refused("GET", "/moment?since=x", "", "", 400, "bad_value")
	a.refused("GET", "/text?at=%EB%8B%A4%EB%A5%B8", "", "", 404, "not_found")
	asker{t, a.url, "01J9Z3N8QJ7C0V5R2K4M6T8W9Y"}.refused("GET", "/moment", "", "", 404, "not_found")
}

func TestATimelineTellsStepsAndVersions(t *testing.T) {
	a := minutes(t)
	a.want("/timeline", "title head opened_at steps versions", `"Minutes" 8 1000 `+
		`[[1,2,0,1000,1100,9,0],[3,4,1,9000,9500,1,2],[5,6,2,60000,60100,2,2],[7,8,0,61000,62000,0,0]] [{"name":"초안","rev":3,"by":"소라","at":61000}]`)
	a.want("/versions", "versions", `[{"name":"초안","rev":3,"by":"소라","at":61000}]`)
	a.want("/versions?at=6", "versions", `[]`)
	asker{t, a.url, "01J9Z3N8QJ7C0V5R2K4M6T8W9Y"}.refused("GET", "/timeline", "", "", 404, "not_found")
}

func TestLinesTellIdsAndWords(t *testing.T) {
	a := minutes(t)
	a.want("/lines", "rev total lines words", `8 2 [[5,2,60000,true,"2.0"],[2,0,1100,false,"2.2"]] -`)
	a.want("/lines?words=true", "words", `[[[2,5,2,60000],[3,2,0,1100],[1,3,1,9000]],[[1,2,0,1100]]]`)
	a.want("/lines?words=true&from=1&to=2&at=3", "rev total lines words", `3 3 [[2,0,1100,false,"2.1"]] [[[1,2,0,1100]]]`)
	a.want("/lines?from=1&to=900", "lines", `[[2,0,1100,false,"2.2"]]`)
	a.want("/lines?from=2&words=true", "lines words", `[] []`)
	a.want("/lines?from=900", "lines", `[]`)
	a.want("/lines?at=1&words=true", "total lines words", `0 [] []`)
	a.refused("GET", "/lines?from=2&to=1", "", "", 400, "bad_value")
	a.refused("GET", "/lines?from=-1", "", "", 400, "bad_value")
}

func TestAHistoryOfALineIsTold(t *testing.T) {
	a := minutes(t)
	const full = `{"line":"2.0","from":5,"to":6,"start":60000,"end":60100,"author":2,"kinds":["edited","submitted"],"parts":[["안녕",-1],["Hi",1],[" 😀!",0]]},` +
		`{"line":"2.0","from":3,"to":3,"start":9000,"end":9000,"author":1,"kinds":["edited"],"parts":[["안녕 😀",0],["!",1]]},` +
		`{"line":"2.0","from":2,"to":2,"start":1100,"end":1100,"author":0,"kinds":["born"],"parts":[["안녕 😀",1]]}`
	a.want("/lines/2.0/history", "line rev next entries", `"2.0" 8 null [`+full+`]`)
	a.want("/lines/2.0/history?limit=1&before=5", "next entries", `3 [{"line":"2.0","from":3,"to":3,"start":9000,"end":9000,"author":1,"kinds":["edited"],"parts":[["안녕 😀",0],["!",1]]}]`)
	a.want("/lines/2.0/history?at=2", "rev next", "2 null")
	a.want("/lines/2.1/history?limit=1", "next entries", `4 [{"line":"2.1","from":4,"to":4,"start":9500,"end":9500,"author":1,"kinds":["deleted"],"parts":[["둘",-1]]}]`)
	a.refused("GET", "/lines/2.9/history", "", "", 404, "not_found")
	a.refused("GET", "/lines/9.0/history", "", "", 404, "not_found")
	a.refused("GET", "/lines/2.0/history?at=1", "", "", 404, "not_found")
	a.refused("GET", "/lines/02.0/history", "", "", 400, "bad_value")
	a.refused("GET", "/lines/x/history", "", "", 400, "bad_value")
	a.refused("GET", "/lines/2.0/history?limit=0", "", "", 400, "bad_value")
	a.refused("GET", "/lines/2.0/history?limit=201", "", "", 400, "bad_value")
}

func TestMissingLinesAreTold(t *testing.T) {
	a := minutes(t)
	a.want("/deletions?since=2", "rev lines", `8 [[1,1,4,1,9500,"둘"]]`)
	a.want("/deletions?since=4", "lines", `[]`)
	a.want("/deletions?since=2&at=3", "lines", `[]`)
	a.want("/deletions", "lines", `[]`)
	a.refused("GET", "/deletions?since=9", "", "", 400, "bad_value")
}

func TestRestoringIsOneChangeOnTop(t *testing.T) {
	a := minutes(t)
	a.refused("POST", "/restore", "", `{"at":3}`, 400, "bad_message")
	a.refused("POST", "/restore", "Ben", `{"rev":8}`, 400, "bad_message")
	a.refused("POST", "/restore", "Ben", `{"at":true}`, 400, "bad_message")
	a.refused("POST", "/restore", "Ben", `[]`, 400, "bad_json")
	a.refused("POST", "/restore", "Ben", `{"at":99}`, 404, "not_found")
	a.refused("POST", "/restore", "Ben", `{"at":"3","rev":7}`, 412, "stale")
	a.refused("POST", "/restore", "Ben", `{"at":"3","rev":"7"}`, 400, "bad_value")
	a.want("/moment", "rev", "8")
	for _, tc := range []struct{ body, answer, text string }{
		{`{"at":"초안","rev":8}`, `{"rev":9,"thread":"` + string(testThread) + `"}`, `"안녕 😀!\n둘\n셋"`},
		{`{"at":1}`, `{"rev":10,"thread":"` + string(testThread) + `"}`, `""`},
		{`{"at":"8","rev":10}`, `{"rev":11,"thread":"` + string(testThread) + `"}`, `"Hi 😀!\n셋"`},
		{`{"at":11}`, `{"rev":11,"thread":"` + string(testThread) + `"}`, `"Hi 😀!\n셋"`}, // nothing to do
	} {
		status, _, body := a.do("POST", "/restore", "%EC%86%8C%EB%9D%BC", tc.body)
		if status != http.StatusOK || body != tc.answer {
			t.Errorf("%s: %d %s", tc.body, status, body)
		}
		a.want("/moment", "text", tc.text)
	}
	a.want("/moment?at=9", "author", "0") // 소라, who was percent-encoded
	a.want("/moment?at=3", "text", `"안녕 😀!\n둘\n셋"`)
}

// TestTheLiveHeadIsWhatReplayTells asks for every revision by its number while it
// is the head, and again when it no longer is.
func TestTheLiveHeadIsWhatReplayTells(t *testing.T) {
	a := minutes(t)
	ask := func(rev int) (all []string) {
		for _, path := range []string{"/moment?at=%d&since=2", "/moment?at=%d", "/lines?words=true&at=%d", "/versions?at=%d"} {
			status, _, body := a.do("GET", fmt.Sprintf(path, rev), "", "")
			if status != http.StatusOK {
				t.Fatalf("%s: %d %s", fmt.Sprintf(path, rev), status, body)
			}
			head, rest, ok := strings.Cut(body, `"head":`)
			if ok { // which is another by then
				_, rest, _ = strings.Cut(rest, ",")
			}
			all = append(all, head+rest)
		}
		return all
	}
	seen := map[int][]string{}
	for rev := 8; rev < 20; rev++ {
		seen[rev] = ask(rev)
		if status, _, body := a.do("POST", "/versions", "Ben", fmt.Sprintf(`{"name":"at %d","rev":%d}`, rev, rev)); status != http.StatusCreated {
			t.Fatalf("%d %s", status, body)
		}
	}
	for rev, want := range seen {
		if got := ask(rev); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("revision %d:\n live %s\nafter %s", rev, want, got)
		}
	}
}

func TestVersionsAreNamedOverBothWays(t *testing.T) {
	a := minutes(t)
	for _, tc := range []struct {
		body   string
		status int
		code   string
	}{
		{`{"name":"초안","rev":2}`, 400, "bad_value"},
		{`{"name":"12","rev":2}`, 400, "bad_value"},
		{`{"name":"2026-11-22","rev":2}`, 400, "bad_value"},
		{`{"name":"","rev":2}`, 400, "bad_value"},
		{`{"name":"` + strings.Repeat("가", 65) + `","rev":2}`, 400, "bad_value"},
		{`{"name":"x","rev":0}`, 400, "bad_value"},
		{`{"name":"x","rev":9}`, 412, "stale"},
		{`{"name":"x"}`, 400, "bad_message"},
		{`{"rev":2}`, 400, "bad_message"},
		{`{"name":7,"rev":2}`, 400, "bad_message"},
		{`{`, 400, "bad_json"},
	} {
		a.refused("POST", "/versions", "Ben", tc.body, tc.status, tc.code)
	}
	a.refused("POST", "/versions", "", `{"name":"x","rev":2}`, 400, "bad_message")
	ed := dial(t, a.url, "/ws")
	ed.send(`{"type":"join","user":"Ben","id":"` + string(testThread) + `","mode":"text","client":"` + clientA + `"}`)
	ed.want("join")
	if status, _, body := a.do("POST", "/versions", "100%", `{"name":" v1 ","rev":2}`); status != http.StatusCreated || body != `{"name":"v1","rev":2}` {
		t.Errorf("%d %s", status, body)
	}
	entry := func() string {
		return fmt.Sprint(ed.want("update")["updates"])
	}
	if e := entry(); !strings.Contains(e, "kind:version") || !strings.Contains(e, "name:v1") || !strings.Contains(e, "of:2") || !strings.Contains(e, "user:100%") {
		t.Errorf("entry %s", e)
	}
	ed.send(`{"type":"version","rev":9,"name":"둘째"}`)
	if e := entry(); !strings.Contains(e, "name:둘째") || !strings.Contains(e, "of:9") || !strings.Contains(e, "user:Ben") {
		t.Errorf("entry %s", e)
	}
	a.want("/moment?at=%EB%91%98%EC%A7%B8", "rev", "9")
	a.want("/moment?at=v1", "rev", "2")
	ed.send(`{"type":"version","rev":9,"name":"v1"}`)
	if e := ed.failure(); e["code"] != "bad_value" || e["re"] != "version" {
		t.Errorf("%v", e)
	}
	deck := dial(t, a.url, "/ws")
	deck.send(`{"type":"version","rev":1,"name":"q"}`)
	if e := deck.failure(); e["code"] != "not_joined" {
		t.Errorf("%v", e)
	}
}

// TestAnEmptyThreadHasAPast, too.
func TestAnEmptyThreadHasAPast(t *testing.T) {
	_, u := start(t, logged(t, deed{1, 1000, event.Opened{Title: "T"}}))
	a := asker{t, u, testThread}
	a.want("/moment?since=0", "rev at author text deleted", `1 1000 0 "" []`)
	a.want("/moment?at=1&since=1", "text", `""`)
	a.want("/timeline", "steps versions", `[[1,1,0,1000,1000,0,0]] []`)
	a.want("/lines?words=true", "total lines words", `0 [] []`)
	a.want("/deletions?since=0", "lines", `[]`)
	a.want("/versions", "versions", `[]`)
	a.refused("GET", "/lines/1.0/history", "", "", 404, "not_found")
	status, _, body := a.do("POST", "/restore", "Ben", `{"at":1}`)
	if status != http.StatusOK || !strings.Contains(body, `"rev":1`) {
		t.Errorf("%d %s", status, body)
	}
}

// TestRedactedTextIsBlackInThePast looks at a log after a redaction, as an export
// has it: each redacted character is replaced in its place.
func TestRedactedTextIsBlackInThePast(t *testing.T) {
	_, u := start(t, logged(t,
		deed{1, 1000, event.Opened{Title: "T"}},
		deed{1, 1100, changed(t, `[[0,"a ██████ b","██"]]`)},
		deed{2, 1200, changed(t, `[2,[2],9]`)},
		deed{3, 1300, event.Redacted{
			Commitments: []event.Commitment{{Revision: 2}}, Ranges: [][2]int{{2, 6}},
			Change: changed(t, `[2,[4,"████"],5]`).(event.Changed).Change, Reason: "a key",
		}},
		deed{3, 1400, event.Imported{Revisions: 4}},
	))
	a := asker{t, u, testThread}
	a.want("/moment?since=2", "rev text deleted", `5 "a ████ b\n██" [[2,"██",3,1]]`)
	a.want("/moment?at=2", "text", `"a ██████ b\n██"`)
	a.want("/timeline", "steps", `[[1,2,0,1000,1100,13,0],[3,3,1,1200,1200,0,2],[4,5,2,1300,1400,0,0]]`)
	a.want("/lines/2.0/history", "entries", `[`+
		`{"line":"2.0","from":4,"to":4,"start":1300,"end":1300,"author":2,"kinds":["redacted"],"parts":[["a ████ b",0]]},`+
		`{"line":"2.0","from":3,"to":3,"start":1200,"end":1200,"author":1,"kinds":["edited"],"parts":[["a ",0],["██",-1],["████ b",0]]},`+
		`{"line":"2.0","from":2,"to":2,"start":1100,"end":1100,"author":0,"kinds":["born"],"parts":[["a ██████ b",1]]}]`)
	a.want("/lines", "lines", `[[3,1,1200,false,"2.0"],[2,0,1100,false,"2.1"]]`)
}
