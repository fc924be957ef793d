package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

const testThread = eventlog.Stream("01JZ0000000000000000000000")

// scramble returns a text that differs from lines by some edits of whole lines
// and words, of the first kinds of them.
func scramble(rnd *rand.Rand, lines []string, kinds int) []string {
	out := append([]string(nil), lines...)
	words := []string{"red", "green", "blue", "소라", ""}
	at := rnd.IntN(len(out))
	switch rnd.IntN(kinds) {
	case 0: // edit
		out[at] += " " + words[rnd.IntN(len(words))]
	case 1: // insert
		out = append(out[:at], append([]string{fmt.Sprint("line ", rnd.IntN(99))}, out[at:]...)...)
	case 2: // delete
		if len(out) > 1 {
			out = append(out[:at], out[at+1:]...)
		}
	case 3: // split
		if n := len(out[at]) / 2; n > 0 && !strings.Contains(out[at], "소") {
			out = append(out[:at], append([]string{out[at][:n], out[at][n:]}, out[at+1:]...)...)
		}
	case 4: // join
		if at+1 < len(out) {
			out[at] += out[at+1]
			out = append(out[:at+1], out[at+2:]...)
		}
	case 5: // swap
		b := rnd.IntN(len(out))
		out[at], out[b] = out[b], out[at]
	}
	return out
}

// Kinds of edits for scramble: withMoves are all of them.
const (
	withoutMoves = 5
	withMoves    = 6
)

// history makes a thread of n random changes; each replaces the lines from the
// first to the last that differ.
func history(t *testing.T, rnd *rand.Rand, n, kinds int) (eventlog.AuditLog, *projection.Thread) {
	t.Helper()
	log := eventlog.NewMemory()
	opened := event.Encode(event.Opened{Title: "T"})
	records := []eventlog.Record{opened}
	lines, text := []string{""}, []uint16{}
	for range n {
		next := scramble(rnd, lines, kinds)
		a, b := 0, 0
		for a < min(len(lines), len(next)) && lines[a] == next[a] {
			a++
		}
		for b < min(len(lines), len(next))-a && lines[len(lines)-1-b] == next[len(next)-1-b] {
			b++
		}
		after, _ := ot.Units(strings.Join(next, "\n"))
		from := 0
		for from < min(len(text), len(after)) && text[from] == after[from] {
			from++
		}
		back := 0
		for back < min(len(text), len(after))-from && text[len(text)-1-back] == after[len(after)-1-back] {
			back++
		}
		c := ot.Replace(len(text), from, len(text)-back, after[from:len(after)-back])
		if rnd.IntN(2) == 0 { // whole lines, as editors swap them
			start := ot.Len(strings.Join(lines[:a], "\n"))
			end := len(text) - ot.Len(strings.Join(lines[len(lines)-b:], "\n"))
			if start <= end && len(after) >= start+len(text)-end {
				c = ot.Replace(len(text), start, end, after[start:len(after)-(len(text)-end)])
			}
		}
		r := event.Encode(event.Changed{Change: c})
		r.Author[15], r.Time = byte(rnd.IntN(3)), records[len(records)-1].Time+rnd.Int64N(40_000)
		records, lines, text = append(records, r), next, after
	}
	if _, err := log.Append(context.Background(), testThread, 0, records...); err != nil {
		t.Fatal(err)
	}
	thread, err := projection.Replay(context.Background(), projection.Plain(log), testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	if thread.Text() != strings.Join(lines, "\n") {
		t.Fatalf("the test's own text went wrong:\n%q\n%q", thread.Text(), lines)
	}
	return log, thread
}

// lineRows returns the history of line n (from 0) of a log, oldest first.
func lineRows(t *testing.T, log eventlog.AuditLog, thread *projection.Thread, n int, each bool) []*lineRow {
	t.Helper()
	return rowsKept(t, log, thread, n, each, nil)
}

func rowsKept(t *testing.T, log eventlog.AuditLog, thread *projection.Thread, n int, each bool, keep func(event.Event) bool) []*lineRow {
	t.Helper()
	s := sourceOf(log)
	a := &app{ctx: context.Background()}
	kin := projection.NewFamily()
	err := s.play(a, testThread, func(e event.Event, t *projection.Thread, effect *projection.Effect) error {
		kin.Add(t, effect)
		return nil
	})
	l := newLineHistory(s, kin.Of(thread.Row(n).ID))
	l.each, l.keep = each, keep
	if err == nil {
		err = s.play(a, testThread, l.take)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l.rows
}

// broken says what of a line's history does not hang together: each identity
// begins with a birth or a split, goes on from where it was or, once it was joined into
// another line, where its author takes that back, and the line's own
// ends with what it reads now, as the revision left it that blame tells.
func broken(rows []*lineRow, thread *projection.Thread, n int) string {
	last := map[projection.LineID]*lineRow{}
	for _, r := range rows {
		before, known := last[r.id]
		switch {
		case r.Action == "born" || r.Action == "split":
			if known {
				return fmt.Sprintf("%v: born again", r)
			}
		case !known:
			return fmt.Sprintf("%v: it was not born", r)
		case before.Action == "joined":
			if r.Action != "returned" || r.Before != before.Before {
				return fmt.Sprintf("%v: it was joined before, when it read %q", r, before.Before)
			}
		case before.After != r.Before:
			return fmt.Sprintf("%v: before that it read %q", r, before.After)
		}
		last[r.id] = r
	}
	row := thread.Row(n)
	end := last[row.ID]
	if end == nil {
		return "it has no rows"
	}
	if end.After != thread.Content(row) {
		return fmt.Sprintf("it ends with %q and reads %q", end.After, thread.Content(row))
	}
	told := slices.ContainsFunc(rows, func(r *lineRow) bool {
		return r.id == row.ID && r.First <= row.Revision && row.Revision <= r.Revision && (r.After == end.After || r.First < r.Revision)
	})
	if !told {
		return fmt.Sprintf("blame tells revision %d, and no row left %q then", row.Revision, end.After)
	}
	return ""
}

func TestHistoryOfALineHangsTogether(t *testing.T) {
	t.Parallel()
	rows, seed := 0, seeds.For(t)
	for i := range uint64(seeds.Rounds(300)) {
		log, thread := history(t, rand.New(rand.NewPCG(seed, i)), 25, withMoves)
		for n := range thread.LineCount() {
			for _, each := range []bool{true, false} {
				got := lineRows(t, log, thread, n, each)
				rows += len(got)
				if bad := broken(got, thread, n); bad != "" {
					t.Fatalf("seed %d, history %d, line %d of\n%s\n%s\n%v", seed, i, n+1, thread.Text(), bad, got)
				}
			}
		}
	}
	t.Logf("%d rows", rows)
}

// TestBrokenHistoriesAreSeen is the negative control: a history from which any
// one row is missing is seen to be broken, but for few.
func TestBrokenHistoriesAreSeen(t *testing.T) {
	seen, all, seed := 0, 0, seeds.For(t)
	for i := range uint64(50) {
		log, thread := history(t, rand.New(rand.NewPCG(seed, i)), 25, withMoves)
		for n := range thread.LineCount() {
			rows := lineRows(t, log, thread, n, true)
			for k := range rows {
				all++
				if broken(append(append([]*lineRow(nil), rows[:k]...), rows[k+1:]...), thread, n) != "" {
					seen++
				}
			}
		}
	}
	if seen < all/2 {
		t.Fatalf("seed %d: %d of %d broken histories were seen", seed, seen, all)
	}
	t.Logf("%d of %d", seen, all)
}

// play folds a thread from its beginning and calls f after every event.
func (s *source) play(a *app, stream eventlog.Stream, f func(event.Event, *projection.Thread, *projection.Effect) error) error {
	return s.playTo(a, stream, 0, nil, f)
}
