package projection_test

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A run holds a thread and the oracle side by side, and every line that ever
// was. The oracle knows the rule of one change, so the thread follows it, too.
type run struct {
	script script
	thread *projection.Thread
	oracle *oracle
	ever   []projection.LineID
	rows   []seenRow // as of the last revision
}

// A seenRow is a row with its text.
type seenRow struct {
	projection.Row
	content string
}

func newRun(w wrong) *run {
	defer projection.KeystrokeRule()()
	return &run{thread: projection.NewThread(scripts.Stream), oracle: newOracle(w)}
}

// step applies a line of a script to both. The error says where they differ.
func (r *run) step(line string) error {
	r.script = append(r.script, line)
	e, err := scripts.Event(len(r.script), line, r.oracle.units())
	if err != nil {
		return err
	}
	effect, err := r.thread.Apply(e)
	if err != nil {
		return err
	}
	r.oracle.apply(e)
	if err := r.compare(); err != nil {
		return err
	}
	if err := r.obeysSums(); err != nil {
		return err
	}
	return r.follow(effect)
}

// play runs a whole script.
func (s script) play(w wrong) (*run, error) {
	r := newRun(w)
	for _, line := range s {
		if err := r.step(line); err != nil {
			return r, err
		}
	}
	return r, nil
}

// compare holds text, rows, spans and aliases of the thread against the
// oracle's.
func (r *run) compare() error {
	t, o := r.thread, r.oracle
	if got, want := t.Units(0, t.Len()), o.units(); !slices.Equal(got, want) {
		return fmt.Errorf("text %.200q, want %.200q", t.Text(), o.text())
	}
	if t.LineCount() != len(o.lines) {
		return fmt.Errorf("%d lines, want %d", t.LineCount(), len(o.lines))
	}
	all := pieces(o.chars)
	for i, ln := range o.lines {
		want := projection.Row{
			Line: i, ID: ln.id, SplitFrom: ln.splitFrom, Revision: ln.changed, Author: ln.author, Time: ln.time,
			Submitted: ln.submitted, Start: all[i].from, Length: all[i].to - all[i].from, Deleted: ln.deleted,
		}
		if got := t.Row(i); got != want {
			return fmt.Errorf("row %d of %.200q:\n got %+v\nwant %+v", i, o.text(), got, want)
		}
		r.ever = append(r.ever, ln.id)
	}
	if err := r.compareSpans(0, len(o.chars)); err != nil {
		return err
	}
	if n := len(o.chars); n > 2 {
		if err := r.compareSpans(n/3, n-n/4); err != nil {
			return err
		}
	}
	return r.compareAliases()
}

func (r *run) compareSpans(from, to int) error {
	at := from
	for s := range r.thread.Spans(from, to) {
		for range s.Length {
			if at >= to {
				return fmt.Errorf("spans of %d..%d are longer than that", from, to)
			}
			c := r.oracle.chars[at]
			author := r.thread.Authors()[s.Author]
			if s.Revision != c.rev || author != c.author {
				return fmt.Errorf("unit %d of %.200q is %s's of revision %d, want %s's of %d",
					at, r.oracle.text(), scripts.AuthorName(author), s.Revision, scripts.AuthorName(c.author), c.rev)
			}
			at++
		}
	}
	if at != to {
		return fmt.Errorf("spans of %d..%d end at %d", from, to, at)
	}
	return nil
}

func (r *run) compareAliases() error {
	slices.SortFunc(r.ever, compareIDs)
	r.ever = slices.Compact(r.ever)
	index := map[projection.LineID]int{}
	for i, ln := range r.oracle.lines {
		index[ln.id] = i
	}
	for _, id := range r.ever {
		want := r.oracle.resolve(id)
		if got := r.thread.Resolve(id); got != want {
			return fmt.Errorf("line %v lives on in %v, want %v", id, got, want)
		}
		i, ok := index[want]
		if !ok {
			i = -1
		}
		if len(r.oracle.lines) > 100 && i%37 > 0 {
			continue // Find looks through all lines
		}
		if got := r.thread.Find(id); got != i {
			return fmt.Errorf("line %v is found at %d, want %d", id, got, i)
		}
	}
	return nil
}

func compareIDs(a, b projection.LineID) int {
	if a.Revision != b.Revision {
		return int(int64(a.Revision) - int64(b.Revision))
	}
	return int(int64(a.Ordinal) - int64(b.Ordinal))
}

// obeysSums checks what must hold of any thread, oracle or not: rows joined by
// breaks are the text, spans are as long as it, neighbours among them differ,
// and every position lies in the row that says so.
func (r *run) obeysSums() error {
	t := r.thread
	var joined strings.Builder
	i := 0
	for row := range t.Rows() {
		if row != t.Row(i) {
			return fmt.Errorf("row %d is %+v among all and %+v on its own", i, row, t.Row(i))
		}
		if i > 0 {
			joined.WriteByte('\n')
		}
		joined.WriteString(t.Content(row))
		if a, b := t.LineAt(row.Start), t.LineAt(row.Start+row.Length); a != i || b != i {
			return fmt.Errorf("row %d begins in line %d and ends in %d", i, a, b)
		}
		i++
	}
	if i != t.LineCount() || joined.String() != t.Text() {
		return fmt.Errorf("%d rows join to %q; there are %d and the text is %q", i, joined.String(), t.LineCount(), t.Text())
	}
	sum, last := 0, eventlog.Revision(0)
	for s := range t.Spans(0, t.Len()) {
		if s.Length <= 0 || s.Revision == last {
			return fmt.Errorf("span %+v follows one of revision %d", s, last)
		}
		sum, last = sum+s.Length, s.Revision
	}
	if sum != t.Len() {
		return fmt.Errorf("spans are %d units long and the text %d", sum, t.Len())
	}
	return nil
}

// follow checks that an effect tells a reader everything: the rows before,
// with the hunks put in, are the rows now; a line's index can be carried over
// by the hunks; and what is not listed as touched is as it was.
func (r *run) follow(effect *projection.Effect) error {
	before := r.rows
	r.rows = nil
	for row := range r.thread.Rows() {
		r.rows = append(r.rows, seenRow{row, r.thread.Content(row)})
	}
	if err := r.followSequence(effect, before); err != nil {
		return err
	}
	was, is := indexes(before), indexes(r.rows)
	for _, row := range before {
		id := r.thread.Resolve(row.ID)
		old, ok := was[id]
		if _, back := is[id]; !ok && back { // it became one that had been missing
			old, ok = was[row.ID]
		}
		if !ok {
			return fmt.Errorf("line %v was joined into %v, which was not there", row.ID, id)
		}
		want, ok := is[id]
		if !ok {
			want = -1
		}
		if got := followIndex(effect, old, id); got != want {
			return fmt.Errorf("line %v went from %d to %d, and by the hunks %+v to %d", id, old, want, effect.Hunks, got)
		}
	}
	return r.followTouched(effect, before)
}

func indexes(rows []seenRow) map[projection.LineID]int {
	index := map[projection.LineID]int{}
	for i, row := range rows {
		index[row.ID] = i
	}
	return index
}

// followIndex carries a line's index over an effect as a reader would who
// knows nothing else; -1 if the line is dead.
func followIndex(effect *projection.Effect, old int, id projection.LineID) int {
	shift := 0
	for _, h := range effect.Hunks {
		if old >= h.At && old < h.At+len(h.Old) {
			for _, h := range effect.Hunks {
				if k := slices.Index(h.New, id); k >= 0 {
					return h.NewAt + k
				}
			}
			return -1
		}
		if old >= h.At+len(h.Old) {
			shift += len(h.New) - len(h.Old)
		}
	}
	return old + shift
}

func (r *run) followSequence(effect *projection.Effect, before []seenRow) error {
	var now []projection.LineID
	at := 0
	for _, h := range effect.Hunks {
		if h.At < at || h.At+len(h.Old) > len(before) {
			return fmt.Errorf("hunk %+v does not follow line %d of %d", h, at, len(before))
		}
		for ; at < h.At; at++ {
			now = append(now, before[at].ID)
		}
		for _, id := range h.Old {
			if before[at].ID != id {
				return fmt.Errorf("hunk %+v: line %d was %v", h, at, before[at].ID)
			}
			at++
		}
		if len(now) != h.NewAt {
			return fmt.Errorf("hunk %+v begins at new line %d", h, len(now))
		}
		now = append(now, h.New...)
	}
	for ; at < len(before); at++ {
		now = append(now, before[at].ID)
	}
	if !slices.EqualFunc(now, r.rows, func(id projection.LineID, row seenRow) bool { return id == row.ID }) {
		return fmt.Errorf("hunks %+v lead to lines %v", effect.Hunks, now)
	}
	return nil
}

func (r *run) followTouched(effect *projection.Effect, before []seenRow) error {
	if !slices.IsSorted(effect.Touched) || len(slices.Compact(slices.Clone(effect.Touched))) != len(effect.Touched) {
		return fmt.Errorf("touched %v do not ascend", effect.Touched)
	}
	if n := len(effect.Touched); n > 0 && (effect.Touched[0] < 0 || effect.Touched[n-1] >= len(r.rows)) {
		return fmt.Errorf("touched %v of %d lines", effect.Touched, len(r.rows))
	}
	was := map[projection.LineID]seenRow{}
	for _, row := range before {
		was[row.ID] = row
	}
	for i, row := range r.rows {
		old := was[row.ID]
		same := old.ID == row.ID && old.content == row.content && old.Revision == row.Revision &&
			old.Author == row.Author && old.Time == row.Time && old.Submitted == row.Submitted
		if _, listed := slices.BinarySearch(effect.Touched, i); !same && !listed {
			return fmt.Errorf("line %d was %+v, is %+v and is not among the touched %v", i, old, row, effect.Touched)
		}
	}
	return nil
}
