package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// randomRecords returns a log with a random script as testThread, without the lines of
// some kinds.
func randomRecords(t *testing.T, draw scripts.Source, n int, without ...string) (eventlog.AuditLog, *projection.Thread) {
	t.Helper()
	log, thread := eventlog.NewMemory(), projection.NewThread(testThread)
	for i := range n {
		line := ""
		for line == "" || slices.ContainsFunc(without, func(kind string) bool { return strings.Contains(line, " "+kind) }) {
			line = scripts.NextLine(draw, thread.Units(0, thread.Len()), thread.Written)
		}
		e, err := scripts.Event(i+1, line, thread.Units(0, thread.Len()))
		if err == nil {
			e.Stream = testThread
			_, err = thread.Apply(e)
		}
		r := event.Encode(e.Payload)
		r.Time, r.Author = e.Time, e.Author
		if err == nil {
			_, err = log.Append(context.Background(), testThread, eventlog.Revision(i), r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return log, thread
}

// readings returns what every line read after each revision, and which line each was
// split from.
func readings(t *testing.T, log eventlog.AuditLog) (all []map[projection.LineID]string, from map[projection.LineID]projection.LineID) {
	t.Helper()
	all, from = append(all, nil), map[projection.LineID]projection.LineID{}
	err := sourceOf(log).play(&app{ctx: context.Background()}, testThread, func(_ event.Event, t *projection.Thread, _ *projection.Effect) error {
		now := map[projection.LineID]string{}
		for row := range t.Rows() {
			now[row.ID] = t.Content(row)
			if _, known := from[row.ID]; !known {
				from[row.ID] = row.SplitFrom
			}
		}
		all = append(all, now)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, from
}

// told checks each row of a line's history against what lines read: before its first
// event and after its last one. A split begins with the line that it was split from, as
// that read last.
func told(rows []*lineRow, read []map[projection.LineID]string, from map[projection.LineID]projection.LineID) string {
	last := func(id projection.LineID, at eventlog.Revision) string {
		for ; at > 0; at-- {
			if text, ok := read[at][id]; ok {
				return text
			}
		}
		return ""
	}
	for _, r := range rows {
		id := r.id
		if r.Action == "split" {
			id = from[id]
		}
		if want := last(id, r.First-1); r.Action != "born" && r.Before != want {
			return fmt.Sprintf("%v: before it read %q", r, want)
		}
		if want, ok := read[r.Revision][r.id]; ok && r.After != want {
			return fmt.Sprintf("%v: after it reads %q", r, want)
		}
	}
	return ""
}

// TestRowsTellWhatLinesRead holds log -L against every text of a thread, and the rows of
// each author against those of all: a row of one author shows nothing that another one
// did. Folding over another author's edit, as a filter before the fold does, is seen.
func TestRowsTellWhatLinesRead(t *testing.T) {
	t.Parallel()
	draw := scripts.Seeded(seeds.For(t))
	rows, overOthers := 0, 0
	for range seeds.Rounds(300) {
		log, thread := randomRecords(t, draw, 25)
		read, from := readings(t, log)
		for i := range thread.LineCount() {
			all := lineRows(t, log, thread, i, false)
			rows += len(all)
			if bad := told(all, read, from); bad != "" {
				t.Fatalf("line %d of %q: %s\n%v", i+1, thread.Text(), bad, all)
			}
			for _, id := range thread.Authors() {
				own := rowsKept(t, log, thread, i, false, func(e event.Event) bool { return e.Author == id })
				want := slices.DeleteFunc(slices.Clone(all), func(r *lineRow) bool { return r.author != id })
				if got := fmt.Sprint(own); got != fmt.Sprint(want) {
					t.Fatalf("line %d of %q: author %s has\n%v, want\n%v", i+1, thread.Text(), idString(id), got, want)
				}
				over := newLineHistory(sourceOf(log), nil)
				for _, r := range rowsKept(t, log, thread, i, true, func(e event.Event) bool { return e.Author == id }) {
					over.add(r)
				}
				if fmt.Sprint(over.rows) != fmt.Sprint(want) {
					overOthers++
				}
			}
		}
	}
	t.Logf("%d rows", rows)
	if overOthers == 0 {
		t.Error("no fold went over another author's edit")
	}
}
