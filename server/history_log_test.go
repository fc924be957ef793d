package server

import (
	"strings"
	"testing"
)

func TestALogTellsWhatHappened(t *testing.T) {
	a := minutes(t)
	const row = `{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","revision":`
	status, h, body := a.do("GET", "/log", "", "")
	if status != 200 || h.Get("ETag") != `"8"` || strings.Count(body, row) != 7 {
		t.Fatalf("%d %v %s", status, h, body)
	}
	for _, want := range []string{
		`"kind":"changed","first":3,"edits":2,"inserted":1,"deleted":2,"text":"!","lines":[2,2],"revisions":[]}`,
		`"kind":"version","first":7,"edits":0,"inserted":0,"deleted":0,"text":"초안","lines":[],"revisions":[3]}`,
		`"kind":"submitted","first":6,"edits":0,"inserted":0,"deleted":0,"text":"","lines":[1,1],"revisions":[]}`,
		`"kind":"opened","first":1,"edits":0,"inserted":0,"deleted":0,"text":"회의록","lines":[],"revisions":[]}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	// The pages are the whole.
	var all []string
	for before := "0"; before != "null"; {
		page := a.get("/log?limit=2&before="+before, "rows", "next")
		i := strings.LastIndex(page, " ")
		all, before = append(all, strings.Trim(page[:i], "[]")), page[i+1:]
	}
	if joined := "[" + strings.Join(all, ",") + "]"; !strings.Contains(body, `"rows":`+joined) || len(all) != 4 {
		t.Errorf("pages %s\nof %s", joined, body)
	}
	a.want("/log?author=Ben&every=edit&at=3", "rev next rows", `3 null [`+row+`3,"position":6,"id":"00000008S8FJYBG1GGCSGK10NF","time":"1970-01-01T00:00:09.000Z","author":"Ben",`+
		`"author_id":"00000000000000000000000002","kind":"changed","first":3,"edits":1,"inserted":1,"deleted":0,"text":"!","lines":[1,1],"revisions":[]}]`)
	a.want("/log?since=1970-01-01T00:01:02Z", "next rows", `null `+a.get("/log?limit=1", "rows"))
	a.want("/log?author=00000000000000000000000002", "rows", a.get("/log?author=Ben", "rows"))
	a.want("/log?author=Cem&until=1970-01-01", "rows", "[]")
	a.want("/log?author=bEN", "rows", a.get("/log?author=Ben", "rows")) // nobody else is called so
	a.refused("GET", "/log?author=Dan", "", "", 404, "not_found")
	a.refused("GET", "/log?author=Cem&at=3", "", "", 404, "not_found")
	a.refused("GET", "/log?since=-15x", "", "", 400, "bad_value")
	a.refused("GET", "/log?limit=0", "", "", 400, "bad_value")
	a.refused("GET", "/log?limit=1001", "", "", 400, "bad_value")
	a.refused("GET", "/log?at=9", "", "", 404, "not_found")
}

func TestALogTellsOfDeletions(t *testing.T) {
	a := minutes(t)
	const tail = `"edits":1,"inserted":0,"deleted":2,"text":"","lines":`
	status, _, body := a.do("GET", "/log?deletions=true", "", "")
	for _, want := range []string{
		`"kind":"changed","first":5,` + tail + `[1,1],"revisions":[],"removed":[{"text":"안녕","author":"소라","author_id":"00000000000000000000000001","first":2,"last":2}]}`,
		`"kind":"changed","first":4,` + tail + `[2,2],"revisions":[],"removed":[{"text":"둘\n","author":"소라","author_id":"00000000000000000000000001","first":2,"last":2}]}`,
	} {
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if n := strings.Count(body, `"removed"`); n != 2 {
		t.Errorf("%d rows: %s", n, body)
	}
	a.want("/log?deletions=true&author=Cem&limit=1", "next rows", `null [`+body[strings.Index(body, `{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","revision":5`):strings.Index(body, `,{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","revision":4`)]+`]`)
	a.want("/log?deletions=true&limit=1", "next", `5`)
	a.want("/log?deletions=true&at=3", "rows", `[]`)
	a.refused("GET", "/log?deletions=true&author=Dan", "", "", 404, "not_found")
}

func TestGrepFindsWhatIsGone(t *testing.T) {
	a := minutes(t)
	const gone = `"gone":true,"gone_revision":4,"gone_time":"1970-01-01T00:00:09.500Z","gone_author":"Ben","gone_author_id":"00000000000000000000000002","now":0}`
	a.want("/grep?pattern=%EB%91%98", "rev more rows", `8 false [{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","revision":2,"time":"1970-01-01T00:00:01.100Z","author":"소라",`+
		`"author_id":"00000000000000000000000001","line":2,"line_id":"2.1","text":"둘","matches":[[1,1]],"full":"둘",`+gone+`]`)
	a.want("/grep?pattern=%EB%91%98&at=3&gone=true", "rows", `[]`)
	if rows := a.get("/grep?pattern=!&ignore_case=true", "rows"); !strings.Contains(rows, `"text":"안녕 😀!","matches":[[5,5]]`) || !strings.Contains(rows, `"gone":false,"gone_revision":0,"gone_time":"","gone_author":"","gone_author_id":"","now":1}`) {
		t.Error(rows) // a smile is one character
	}
	a.want("/grep?pattern=.&regexp=true&limit=1", "more", `true`)
	if rows := a.get("/grep?pattern=HI&ignore_case=true", "rows"); strings.Count(rows, `"thread"`) != 1 {
		t.Error(rows)
	}
	a.want("/grep?pattern=HI", "rows", `[]`)
	for _, q := range []string{"", "?pattern=", "?pattern=x&limit=0", "?pattern=(&regexp=true", "?pattern=.*&regexp=true", "?pattern=a%0Ab", "?pattern=" + strings.Repeat("x", 1001)} {
		a.refused("GET", "/grep"+q, "", "", 400, "bad_value")
	}
	all := asker{t, a.url + "/api/grep?pattern=", ""}
	if rows, own := all.get("%EB%91%98", "rows"), a.get("/grep?pattern=%EB%91%98", "rows"); rows != own {
		t.Errorf("all threads: %s\none: %s", rows, own)
	}
	all.refused("GET", "x&at=3", "", "", 400, "bad_value")
}

func TestDiffTellsWhoDidIt(t *testing.T) {
	a := minutes(t)
	a.want("/diff?from=3", "from to rows", `3 8 [`+
		`{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","from":3,"to":8,"op":"-","old":1,"new":0,"text":"안녕 😀!","break":true,"how":"changed","revision":5,"time":"1970-01-01T00:01:00.000Z","author":"Cem","author_id":"00000000000000000000000003","pair":1,"words":[]},`+
		`{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","from":3,"to":8,"op":"-","old":2,"new":0,"text":"둘","break":true,"how":"deleted","revision":4,"time":"1970-01-01T00:00:09.500Z","author":"Ben","author_id":"00000000000000000000000002","pair":0,"words":[]},`+
		`{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","from":3,"to":8,"op":"+","old":0,"new":1,"text":"Hi 😀!","break":true,"how":"changed","revision":5,"time":"1970-01-01T00:01:00.000Z","author":"Cem","author_id":"00000000000000000000000003","pair":1,"words":[["안녕",-1],["Hi",1],[" 😀!",0]]},`+
		`{"thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","from":3,"to":8,"op":" ","old":3,"new":2,"text":"셋","break":false,"how":"kept","revision":2,"time":"1970-01-01T00:00:01.100Z","author":"소라","author_id":"00000000000000000000000001","pair":0,"words":[]}]`)
	if rows := a.get("/diff?from=3&context=0", "rows"); strings.Contains(rows, "셋") || strings.Count(rows, `"op"`) != 3 {
		t.Error(rows)
	}
	a.want("/diff?from=8&to=%EC%B4%88%EC%95%88", "from to", "8 3")
	a.want("/diff?from=8", "rows", "[]")
	a.want("/diff?from=1&to=1", "rows", "[]")
	for path, want := range map[string]string{"/diff?from=1&to=3": "private, max-age=3600", "/diff?from=1": "no-cache", "/diff?from=8&to=3": "no-cache"} {
		if _, h, _ := a.do("GET", path, "", ""); h.Get("Cache-Control") != want {
			t.Errorf("%s: %s", path, h.Get("Cache-Control"))
		}
	}
	a.refused("GET", "/diff", "", "", 400, "bad_value")
	a.refused("GET", "/diff?from=9", "", "", 404, "not_found")
	a.refused("GET", "/diff?from=1&to=0", "", "", 400, "bad_value")
	a.refused("GET", "/diff?from=1&context=-1", "", "", 400, "bad_value")
}
