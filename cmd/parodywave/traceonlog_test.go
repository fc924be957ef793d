package main

import (
	"context"
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// logOf records a trace as it would have been typed here, ten keystrokes a
// second, and returns the log and the thread.
func logOf(t testing.TB, tr trace) (eventlog.AuditLog, *projection.Thread) {
	t.Helper()
	ctx, log := context.Background(), eventlog.NewMemory()
	records := []eventlog.Record{event.Encode(event.Opened{Title: "trace"})}
	length := 0
	for i, s := range tr.keystrokes {
		insert, err := ot.Units(s.insert)
		if err != nil {
			t.Fatal(err)
		}
		r := event.Encode(event.Changed{Change: ot.Replace(length, s.pos, s.pos+s.del, insert)})
		r.Author[15], r.Time = byte(s.author+1), int64(i)*100
		records, length = append(records, r), length+len(insert)-s.del
	}
	if _, err := log.Append(ctx, testThread, 0, records...); err != nil {
		t.Fatal(err)
	}
	thread, err := projection.Replay(ctx, projection.Plain(log), testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	if thread.Text() != tr.end {
		t.Fatalf("%v gave another text", tr)
	}
	return log, thread
}

// TestGitBlameOnTraces has git blame what people really typed.
func TestGitBlameOnTraces(t *testing.T) {
	t.Parallel()
	dir, most := traces(t), 3000
	if testing.Short() {
		most = 200
	}
	for name, tr := range map[string]trace{
		"automerge-paper": sequential(t, filepath.Join(dir, "automerge-paper.json.gz"), 3).cut(most),
		"friendsforever":  concurrent(t, filepath.Join(dir, "friendsforever.json.gz")).cut(most),
		"sveltecomponent": sequential(t, filepath.Join(dir, "sveltecomponent.json.gz"), 3).cut(most),
	} {
		log, thread := logOf(t, tr)
		repository, _ := imported(t, log, "edit")
		lines, agree := agreement(thread, gitBlame(t, repository))
		t.Logf("%s: git blames the author that blame tells for %d of %d lines", name, agree, lines)
		if agree*100 < lines*90 {
			t.Errorf("%s: git agrees on %d of %d lines only", name, agree, lines)
		}
	}
}
