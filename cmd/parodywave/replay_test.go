package main

import (
	"bufio"
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"parodywave/cmd/parodywave/player"
	"parodywave/eventlog"
	"parodywave/projection"
)

func historyOf(t testing.TB, log eventlog.AuditLog) *player.History {
	t.Helper()
	r, err := player.ReadHistory(t.Context(), log, testThread, 0, func(id eventlog.AuthorID) string { return idString(id) }, burstPause)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// framesAt returns where the frames end that are printed where there is no
// terminal.
func framesAt(t testing.TB, log eventlog.AuditLog, every string, from eventlog.Revision) (ends []eventlog.Revision) {
	t.Helper()
	a := &app{ctx: context.Background(), out: bufio.NewWriter(t.Output())}
	s := sourceOf(log)
	err := s.steps(a, testThread, 0, &stepper{every: every, from: from, do: func(r *eventRow, _ *projection.Thread) error {
		ends = append(ends, r.Revision)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return ends
}

// TestPlayerStepsWhereFramesArePrinted: the player and the plain frames cut a
// history in the same places.
func TestPlayerStepsWhereFramesArePrinted(t *testing.T) {
	tr := sequential(t, filepath.Join(traces(t), "automerge-paper.json.gz"), 3).cut(3000)
	log, _ := logOf(t, tr)
	r := historyOf(t, log)
	for _, every := range []string{"edit", "burst", "submit"} {
		for _, from := range []eventlog.Revision{1, 777} {
			want := framesAt(t, log, every, from)
			if got := r.Ends(player.Unit(every), from); !slices.Equal(got, want) {
				t.Errorf("%s from %d: %d steps and %d frames", every, from, len(got), len(want))
			}
		}
	}
}

// TestPlayerGoesAnywhereInALongHistory of 260,000 recorded keystrokes.
func TestPlayerGoesAnywhereInALongHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("260,000 keystrokes")
	}
	log, thread := logOf(t, sequential(t, filepath.Join(traces(t), "automerge-paper.json.gz"), 3))
	clock := func(what string, f func()) {
		start := time.Now()
		f()
		t.Logf("%s: %v", what, time.Since(start).Round(10*time.Microsecond))
	}
	var r *player.History
	clock("reading the history", func() { r = historyOf(t, log) })
	head, ends, p := r.Head(), r.Ends(player.Edit, 1), player.NewCursor(r)
	frame := func(at eventlog.Revision) *player.Frame {
		f, err := p.Frame(ends, 1, at)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	clock("to the end", func() { frame(head) })
	clock("to the beginning", func() { frame(1) })
	clock("to the middle", func() { frame(head / 2) })
	clock("back by one", func() { frame(head/2 - 1) })
	clock("back by 60 more, one by one", func() {
		for i := range eventlog.Revision(60) {
			frame(head/2 - 2 - i)
		}
	})
	clock("forth by 60", func() {
		for i := range eventlog.Revision(60) {
			frame(head/2 - 60 + i)
		}
	})
	whole := r.Ends(player.Submit, 1) // nothing is submitted: one step
	clock("all of it as one step", func() {
		f, err := player.NewCursor(r).Frame(whole, 1, head)
		if err != nil || f.Text() != thread.Text() {
			t.Errorf("the text at the end is another: %v", err)
		}
	})
	for _, expr := range []string{"line:12", "/(?i)crdt/", "author:" + idString(r.AuthorID(1))} {
		b, err := player.ParseBreak(expr)
		if err != nil {
			t.Fatal(err)
		}
		clock("all hits of "+expr, func() {
			hits, err := r.Scan(t.Context(), b, 1)
			if err != nil || len(hits) == 0 {
				t.Errorf("%d hits, %v", len(hits), err)
			}
			t.Logf("%d hits", len(hits))
		})
	}
	row := thread.Row(20)
	clock("all hits of a watch", func() {
		hits, err := r.Scan(t.Context(), player.NewWatch(row.ID, 21, head), 1)
		if err != nil || len(hits) == 0 {
			t.Errorf("%d hits, %v", len(hits), err)
		}
	})
}
