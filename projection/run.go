package projection

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// run applies the first n records of r at once. The thread is then as if apply had
// applied them one by one; the effect is incomplete.
func (t *Thread) run(r *event.Run, n int) error {
	if r.Kind == event.Other {
		return t.apply(r.Event)
	}
	if r.First != t.Revision+1 {
		return t.fault(r.First, "revision %d was expected", t.Revision+1)
	}
	author := t.number(&r.Origin.Author)
	if r.Length != t.text.length {
		return t.fault(r.First, "change is for %d units and the text has %d", r.Length, t.text.length)
	}
	t.endTyping()
	for done := 0; done < n; {
		t.effect.clear()
		by := stamp{r.First + eventlog.Revision(done), r.Times[done], author}
		t.Revision = by.rev - 1
		t.goOn(author, by.at)
		end := untilPause(r.Times, done, n)
		switch r.Kind {
		case event.Typed:
			done += t.typed(by, r, done, end)
		case event.Backspaced:
			done += t.backspaced(by, r, done, end)
		case event.Deleted:
			done += t.deletedAhead(by, r, done, end)
		default:
			t.replaced(by, r)
			done = 1
		}
		t.stretch.at = r.Times[done-1]
	}
	t.Revision, t.UpdatedAt, t.UpdatedBy = r.First+eventlog.Revision(n-1), r.Times[n-1], r.Origin.Author
	if r.Origin.Client != (eventlog.ClientID{}) {
		seq := r.Origin.Seq
		if seq > 0 {
			seq += uint64(n - 1)
		}
		t.remember(r.Origin.Author, r.Origin.Client, seq)
	}
	return nil
}

// untilPause returns the end of the records from i on, up to number n, between which
// no stretch ends.
func untilPause(times []int64, i, n int) int {
	if times[n-1]-times[i] <= stretchPause {
		return n
	}
	for i++; i < n && times[i]-times[i-1] <= stretchPause; i++ {
	}
	return i
}

// of returns the stamp of record i of r.
func (by stamp) of(r *event.Run, i int) stamp {
	return stamp{r.First + eventlog.Revision(i), r.Times[i], by.author}
}

// replaced applies a run of one record.
func (t *Thread) replaced(by stamp, r *event.Run) {
	t.Inserted += uint64(len(r.Insert))
	t.Deleted += uint64(r.Old)
	from, to := r.At, r.At+r.Old
	switch {
	case !t.Written:
		t.begin(by, r.Insert)
	case from == to && len(r.Insert) == 0:
	case !t.single(by, from, to, r.Insert):
		end := from + len(r.Insert)
		t.scratch.edits = append(t.scratch.edits[:0], edit{FromA: from, ToA: to, FromB: from, ToB: end, Insert: r.Insert})
		newReshape(t, by, t.scratch.edits).run()
	}
	t.recallAt(from + len(r.Insert))
}

// typed applies records from number i on, up to number n or to where a line ends,
// and returns how many.
func (t *Thread) typed(by stamp, r *event.Run, i, n int) int {
	at, insert := r.At+i, r.Insert[i:n]
	size := slices.Index(insert, lineBreak)
	switch {
	case size < 0:
		size = len(insert)
	case size == 0:
		size = 1
	}
	insert = insert[:size]
	switch {
	case !t.Written:
		size = 1
		t.begin(by, insert[:1])
		t.recallAt(1)
	case insert[0] == lineBreak:
		t.single(by, at, at, insert)
		t.recallAt(at + 1)
	default:
		k, start := t.lines.byPos(at)
		size = t.limit(by, k, size, true)
		last := by.of(r, i+size-1)
		t.key(last, k, start, at, at, size)
		t.lines.current().touch(last)
		t.lines.resize(size)
		t.text.insert(at, insert[:size], typedSpan(by, size))
		t.keyed(last, k, start)
		t.recallLast(k)
	}
	t.Inserted += uint64(size)
	return size
}

// recallLast is recall for an edit within line i, which is not among the touched.
func (t *Thread) recallLast(i int) {
	t.recent = i
	if n := len(t.effect.Touched); n > 0 {
		t.recent = max(i, t.effect.Touched[n-1])
	}
}

// typedSpan returns the span of n units, one for each record.
func typedSpan(by stamp, n int) span {
	s := span{rev: by.rev, n: uint32(n), author: by.author, step: 1}
	if n == 1 {
		s.step = 0
	}
	return s
}

// backspaced is typed for a run of that kind, up to where a line begins.
func (t *Thread) backspaced(by stamp, r *event.Run, i, n int) int {
	end := r.At - i + 1
	k, start := t.lines.byPos(end - 1)
	if start+t.lines.length() < end {
		t.unbreak(by, k, start, end-1)
		return 1
	}
	size := t.limit(by, k, min(n-i, end-start), false)
	t.strike(by.of(r, i+size-1), k, start, end-size, end)
	return size
}

// deletedAhead is typed for a run of Deleted, up to where the line ends.
func (t *Thread) deletedAhead(by stamp, r *event.Run, i, n int) int {
	at := r.At
	k, start := t.lines.byPos(at)
	left := start + t.lines.length() - at
	if left == 0 {
		t.unbreak(by, k, start, at)
		return 1
	}
	size := t.limit(by, k, min(n-i, left), false)
	t.strike(by.of(r, i+size-1), k, start, at, at+size)
	return size
}

// strike deletes units of the current line, number i, by the record of a stamp.
func (t *Thread) strike(by stamp, i, start, from, to int) {
	t.key(by, i, start, from, to, 0)
	ln := t.lines.current()
	ln.deleted += uint32(to - from)
	ln.touch(by)
	t.lines.resize(from - to)
	t.text.delete(from, to)
	t.Deleted += uint64(to - from)
	t.keyed(by, i, start)
	t.recallLast(i)
}

// unbreak deletes the break at the end of the current line, number i.
func (t *Thread) unbreak(by stamp, i, start, at int) {
	t.join(by, i, start, at, at+1, nil)
	t.Deleted++
	t.recallAt(at)
}
