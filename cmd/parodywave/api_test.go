package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

// onDisk makes a data directory of a log, whose authors are named.
func onDisk(t testing.TB, log eventlog.AuditLog, names ...string) string {
	t.Helper()
	data := t.TempDir()
	disk, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	var people, records []eventlog.Record
	for i, name := range names {
		r := event.Encode(event.Named{Name: name, Kind: event.Person})
		r.Author[15] = byte(i + 1)
		people = append(people, r)
	}
	for r, err := range log.Read(t.Context(), testThread, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Author == (eventlog.AuthorID{}) { // opened it
			r.Author[15] = 1
		}
		records = append(records, eventlog.Record{Kind: r.Kind, Schema: r.Schema, Shape: r.Shape, Text: r.Text, Author: r.Author, Time: r.Time})
	}
	if _, err = disk.Append(t.Context(), eventlog.Authors, 0, people...); err == nil {
		_, err = disk.Append(t.Context(), testThread, 0, records...)
	}
	if err == nil {
		err = disk.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rowsOf returns the rows of an answer as the command line prints them: an
// object a line.
func rowsOf(t testing.TB, body, field string) string {
	t.Helper()
	var answer map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(answer[field], &rows); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.Write(r)
		b.WriteByte('\n')
	}
	return b.String()
}

// TestTheAPIAnswersWhatTheCommandsPrint asks the same of a paper that three
// people typed, over HTTP and by command, and takes the time.
func TestTheAPIAnswersWhatTheCommandsPrint(t *testing.T) {
	t.Parallel()
	paper := sequential(t, filepath.Join(traces(t), "automerge-paper.json.gz"), 3)
	if testing.Short() {
		paper = paper.cut(6000)
	}
	log, _ := logOf(t, paper)
	program := build(t)
	s := newServer(t, program, onDisk(t, log, "소라", "Ben", "Cleo"))
	s.start()
	data := s.command[3]
	thread := string(testThread)
	half, most := fmt.Sprint(len(paper.keystrokes)/2), fmt.Sprint(len(paper.keystrokes))
	for _, tc := range []struct {
		path, field string
		args        []string
	}{
		{"/blame", "lines", []string{"blame", thread}},
		{"/log?limit=1000", "rows", []string{"log", thread, "-n", "1000"}},
		{"/log?limit=1000&every=edit&author=Ben", "rows", []string{"log", thread, "-n", "1000", "--every", "edit", "--author", "Ben"}},
		{"/log?limit=1000&until=1970-01-01T00:20:00Z", "rows", []string{"log", thread, "-n", "1000", "--until", "1970-01-01T00:20:00Z"}},
		{"/log?limit=1000&deletions=true&at=" + half, "rows", []string{"log", thread + "@" + half, "-n", "1000", "--deletions"}},
		{"/grep?pattern=CRDT&limit=10000", "rows", []string{"grep", "CRDT", thread}},
		{"/grep?pattern=t%5Ba-z%5D%2Bing&regexp=true&limit=10000", "rows", []string{"grep", "-E", "t[a-z]+ing", thread}},
		{"/grep?pattern=THE&ignore_case=true&gone=true&limit=10000&at=" + half, "rows", []string{"grep", "-i", "--gone", "THE", thread + "@" + half}},
		{"/diff?from=" + half, "rows", []string{"diff", thread + "@" + half}},
		{"/diff?from=" + most + "&to=" + half + "&context=0", "rows", []string{"diff", thread + "@" + most, "@" + half, "-U", "0"}},
	} {
		begin := time.Now()
		body, err := fetch(t.Context(), s.url()+"/api/threads/"+thread+tc.path)
		if err != nil {
			t.Error(err)
			continue
		}
		asked := time.Since(begin)
		begin = time.Now()
		printed := output(t, program, append(tc.args, "--json", "--data", data)...)
		commanded := time.Since(begin)
		rows := rowsOf(t, body, tc.field)
		t.Logf("%s: %d rows, %d ms over HTTP, %d ms by command", tc.path, strings.Count(rows, "\n"), asked.Milliseconds(), commanded.Milliseconds())
		if rows != printed {
			at := 0
			for at < len(rows) && at < len(printed) && rows[at] == printed[at] {
				at++
			}
			at = max(0, at-200)
			t.Errorf("%s differs:\nHTTP    %.500s\ncommand %.500s", tc.path, rows[at:], printed[at:])
		}
		if rows == "" {
			t.Errorf("%s answers nothing", tc.path)
		}
	}
}
