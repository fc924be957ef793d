package authority

import (
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
	"parodywave/projection/linediff"
	"parodywave/server/internal/wire"
)

// A rowClient keeps the rows of a text by the rules of package wire. It does
// not know how lines keep their identity.
type rowClient struct {
	rows []wire.Row
	text []uint16
}

// take applies an entry. It panics if a splice does not fit.
func (c *rowClient) take(e *Entry) {
	ch, changed := change(e.Event)
	if changed {
		text, err := ch.Apply(c.text)
		if err != nil {
			panic(err)
		}
		c.text = text
	}
	switch f := e.Payload.(type) {
	case event.Changed:
		if len(e.Rows) > 0 {
			for _, s := range e.Rows {
				c.rows = slices.Replace(c.rows, s.Line, s.Line+s.Removed, flat(s.Rows)...)
			}
			return
		}
		for ed := range ch.Edits() {
			line := breaksIn(c.text[:ed.FromB])
			c.rows[line] = wire.Row{Revision: e.Revision, Author: e.Author, At: e.Time}
		}
	case event.Submitted:
		for i := f.From; i <= f.To; i++ {
			c.rows[i].Submitted = true
		}
	}
}

func flat(runs []wire.RowRun) (rows []wire.Row) {
	for _, r := range runs {
		for range r.Count {
			rows = append(rows, r.Row)
		}
	}
	return rows
}

func breaksIn(units []uint16) int {
	n := 0
	for _, u := range units {
		if u == '\n' {
			n++
		}
	}
	return n
}

// blameRows returns the rows of a thread as a join has them.
func blameRows(t *projection.Thread) []wire.Row {
	var rows []wire.Row
	for r := range t.Rows() {
		rows = append(rows, wire.Row{Revision: r.Revision, Author: r.Author, At: r.Time, Submitted: r.Submitted})
	}
	return rows
}

// TestSplicingGivesTheRows is the law of "rows": whatever is done to a text, a
// client that only splices has the thread's rows after every entry, and an entry
// without rows inserts and deletes no break.
func TestSplicingGivesTheRows(t *testing.T) {
	seed, runs := seeds.For(t), seeds.Rounds(4000)
	rows := 0
	for i := range runs {
		n, flaw := spliceHistory(seed+uint64(i), func([]wire.Splice, *projection.Effect) bool { return true })
		if rows += n; flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./server/internal/authority\n%s", seed+uint64(i), t.Name(), flaw)
		}
	}
	t.Logf("%d histories, %d entries with rows", runs, rows)
}

// TestRowsLeftOutAreMissed leaves rows out where lines move, where a line keeps
// its row, and where the thread begins: the law must notice.
func TestRowsLeftOutAreMissed(t *testing.T) {
	for name, sent := range map[string]func([]wire.Splice, *projection.Effect) bool{
		"moves":      func(_ []wire.Splice, eff *projection.Effect) bool { return len(eff.Moves) == 0 },
		"in place":   func(s []wire.Splice, eff *projection.Effect) bool { return len(eff.Hunks) > 0 },
		"beginnings": func(s []wire.Splice, eff *projection.Effect) bool { return s[0].Removed > 0 },
	} {
		t.Run(name, func(t *testing.T) {
			seed, found := seeds.For(t), 0
			const runs = 200
			for i := range uint64(runs) {
				if _, flaw := spliceHistory(seed+i, sent); flaw != "" {
					found++
				}
			}
			if found == 0 {
				t.Errorf("%d histories, and no row was missed", runs)
			}
		})
	}
}

// spliceHistory plays a history of edits. It returns how many of its entries
// have rows, and what is wrong with the client's. sent decides which rows the
// client gets.
func spliceHistory(seed uint64, sent func([]wire.Splice, *projection.Effect) bool) (n int, flaw string) {
	rng := rand.New(rand.NewPCG(seed, 0))
	t := projection.NewThread(stream)
	c := &rowClient{}
	var trace []string
	defer func() {
		if v := recover(); v != nil {
			flaw = fmt.Sprintf("panic: %v\n%s", v, strings.Join(trace, "\n"))
		}
	}()
	for range 12 + rng.IntN(30) {
		e := event.Event{
			Stream: stream, Revision: t.Revision + 1, Time: int64(1000 + 10*t.Revision),
			Author: eventlog.AuthorID{byte(1 + rng.IntN(3))}, Payload: randomPayload(rng, t),
		}
		eff, err := t.Apply(e)
		if err != nil {
			return n, err.Error()
		}
		ent := Entry{e, t.Len(), Splices(t, &e, eff), Origins(t, &e)}
		trace = append(trace, fmt.Sprintf("%d by %d: %+v, rows %+v, %q", e.Revision, e.Author[0], e.Payload, ent.Rows, t.Text()))
		if len(ent.Rows) > 0 {
			if n++; !sent(ent.Rows, eff) {
				ent.Rows = nil
			}
		}
		before := breaksIn(c.text)
		c.take(&ent)
		if len(ent.Rows) == 0 && before != breaksIn(c.text) {
			return n, fmt.Sprintf("an entry without rows made %d breaks of %d\n%s", breaksIn(c.text), before, strings.Join(trace, "\n"))
		}
		if want := blameRows(t); !slices.Equal(c.rows, want) {
			return n, fmt.Sprintf("the client has rows %v, the thread %v\n%s", c.rows, want, strings.Join(trace, "\n"))
		}
	}
	return n, ""
}

// randomPayload draws the next event of t. Lines are short and have few
// letters, so that many are equal.
func randomPayload(rng *rand.Rand, t *projection.Thread) event.Payload {
	if t.Revision == 0 {
		return event.Opened{Title: "x"}
	}
	text := t.Units(0, t.Len())
	if n := t.LineCount(); n > 0 && rng.IntN(8) == 0 {
		from := rng.IntN(n)
		return event.Submitted{From: from, To: from + rng.IntN(n-from)}
	}
	if rng.IntN(3) == 0 && t.LineCount() > 1 {
		return event.Changed{Change: movedLines(rng, text)}
	}
	var b ot.Builder
	at := 0
	for range rng.IntN(4) {
		from := at + rng.IntN(len(text)-at+1)
		to := from + min(rng.IntN(6), len(text)-from)
		insert := randomText(rng)
		if rng.IntN(4) == 0 {
			insert = text[from:to] // the same again
		}
		b.Keep(from - at)
		b.Replace(to-from, insert)
		at = to
	}
	b.Keep(len(text) - at)
	return event.Changed{Change: b.Change()}
}

func randomText(rng *rand.Rand) []uint16 {
	out := make([]uint16, rng.IntN(8))
	for i := range out {
		out[i] = []uint16{'a', 'b', 'c', ' ', '\n'}[rng.IntN(5)]
	}
	return out
}

// movedLines returns a change that moves a run of lines, by deleting it and
// inserting it elsewhere, and may write into another line.
func movedLines(rng *rand.Rand, text []uint16) ot.Change {
	lines := strings.Split(ot.String(text), "\n")
	from := rng.IntN(len(lines))
	to := from + 1 + rng.IntN(len(lines)-from)
	rest := slices.Concat(lines[:from:from], lines[to:])
	at := rng.IntN(len(rest) + 1)
	now := slices.Concat(rest[:at:at], lines[from:to], rest[at:])
	if rng.IntN(3) == 0 {
		now[rng.IntN(len(now))] += "z"
	}
	after := units(strings.Join(now, "\n"))
	if rng.IntN(2) == 0 { // as one edit or as several
		p, s := ot.Common(text, after)
		return ot.Replace(len(text), p, len(text)-s, after[p:len(after)-s])
	}
	c, err := linediff.Diff(ot.String(text), strings.Join(now, "\n"))
	if err != nil {
		panic(err)
	}
	return c
}
