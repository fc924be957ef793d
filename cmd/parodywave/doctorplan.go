package main

import (
	"container/heap"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"

	"github.com/oklog/ulid/v2"
)

// A plan says which records a repair keeps.
type plan struct {
	now     time.Time
	as      string
	author  eventlog.AuthorID
	known   bool                                  // the log has a name for author
	keep    map[eventlog.Stream]eventlog.Revision // the last revision of each thread
	damaged []eventlog.Stream
	lines   []string // one for each damaged stream

	records, streams int // of the new log
}

// plan reads all streams and decides what to keep: of a thread everything before the
// damage, of any other stream every record that can be read, because each stands for
// itself there.
func (d *doctor) plan(w *wreck, as string) (*plan, error) {
	p := &plan{now: time.Now(), as: as, keep: map[eventlog.Stream]eventlog.Revision{}}
	p.author, p.known = authorOf(w, as)
	streams := w.Streams()
	show := d.progress("read")
	for i, stream := range streams {
		if show != nil {
			show(uint64(i), uint64(len(streams)))
		}
		r, err := w.read(stream)
		if err != nil {
			return nil, err
		}
		kept := r.kept()
		if len(kept) > 0 {
			p.keep[stream] = kept[len(kept)-1].Revision
		}
		if r.damaged() {
			p.damaged = append(p.damaged, stream)
			p.lines = append(p.lines, p.line(r))
		}
	}
	if show != nil {
		show(1, 1)
	}
	return p, nil
}

// line says what becomes of a damaged stream.
func (p *plan) line(r *remains) string {
	kept := "nothing of it is kept"
	if at := p.keep[r.stream]; at > 0 && event.IsThread(r.stream) {
		kept = "kept up to revision " + fmt.Sprint(at)
	} else if at > 0 {
		kept = "the others are kept"
	}
	return r.line() + ": " + kept
}

// kept returns the records that a repaired log has of a stream. Beyond those that the
// chain proves, these are the ones that follow without a gap and whose checksum is right:
// their salts are lost, and the chain of the thread begins again there.
func (r *remains) kept() []eventlog.Record {
	if !event.IsThread(r.stream) {
		var all []eventlog.Record
		for _, run := range r.runs {
			all = append(all, run.Records...)
		}
		return all
	}
	var all []eventlog.Record
	for _, run := range r.runs {
		if !run.Empty() || run.From != eventlog.Revision(len(all)+1) {
			break
		}
		all = append(all, run.Records...)
	}
	c := newCheck(r.stream)
	for _, rec := range all {
		c.add(rec)
	}
	if c.end() != nil || len(all) == 0 {
		return r.intact()
	}
	return all
}

// authorOf returns the id that a name of the command line has in the log, or a new one.
func authorOf(w *wreck, as string) (id eventlog.AuthorID, known bool) {
	for id, a := range w.authors {
		if a.Name == as && a.Kind == event.Cli {
			return id, true
		}
	}
	return eventlog.AuthorID(ulid.Make()), false
}

// A branch is one stream of the damaged log, while all are merged.
type branch struct {
	next eventlog.Record
	pull func() (eventlog.Record, error, bool)
	stop func()
	head eventlog.Head // in the new log
}

// A merge has the streams in the order of their next records.
type merge []*branch

func (m merge) Len() int           { return len(m) }
func (m merge) Less(i, j int) bool { return m[i].next.Position < m[j].next.Position }
func (m merge) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)        { *m = append(*m, x.(*branch)) }
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

// records yields the records of a stream that the plan keeps.
func (p *plan) recordsOf(w *wreck, stream eventlog.Stream) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for piece, err := range w.Pieces(w.app.ctx, stream) {
			if err != nil {
				yield(eventlog.Record{}, err)
				return
			}
			for _, r := range piece.Records {
				if r.Revision > p.keep[stream] {
					return
				}
				if p.keeps(&r) && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// keeps reports whether a record is kept that lies within what is kept of its stream. A
// damaged stream that is no thread gets new numbers, which makes the records of its
// redactions useless, and what they redact cannot be checked without them.
func (p *plan) keeps(r *eventlog.Record) bool {
	if event.IsThread(r.Stream) || !slices.Contains(p.damaged, r.Stream) {
		return true
	}
	return r.Kind != "redacted" && !r.Proof.Redacted
}

// write writes the records that a plan keeps, in log order, and the marks of the repair;
// then it verifies the new log and syncs it.
func (f *freshLog) write(w *wreck, p *plan) error {
	var queue merge
	defer func() {
		for _, m := range queue {
			m.stop()
		}
	}()
	for _, stream := range w.Streams() {
		if p.keep[stream] == 0 {
			continue
		}
		next, stop := iter.Pull2(p.recordsOf(w, stream))
		m := &branch{pull: next, stop: stop, head: eventlog.Head{Stream: stream, Chain: chain.Start(string(stream))}}
		if more, err := m.advance(); err != nil {
			stop()
			return err
		} else if more {
			queue = append(queue, m)
		}
	}
	heap.Init(&queue)
	heads := map[eventlog.Stream]*branch{}
	var batch []eventlog.Record
	for len(queue) > 0 {
		m := queue[0]
		heads[m.head.Stream] = m
		for batch = batch[:0]; len(batch) < 1024; {
			batch = append(batch, forAppend(m.next))
			more, err := m.advance()
			if err != nil {
				return err
			}
			if !more {
				heap.Pop(&queue)
				break
			}
			heap.Fix(&queue, 0)
			if queue[0] != m {
				break
			}
		}
		if err := f.append(m, p, batch); err != nil {
			return err
		}
	}
	if err := f.mark(p, heads); err != nil {
		return err
	}
	return f.verify(p, heads)
}

// advance pulls the next record.
func (m *branch) advance() (bool, error) {
	r, err, ok := m.pull()
	if m.next = r; !ok || err != nil {
		m.stop()
	}
	return ok && err == nil, err
}

// forAppend returns a record as Append wants it: with its salt, if that is known.
func forAppend(r eventlog.Record) eventlog.Record {
	if p := r.Proof; !p.Redacted && p.Salt == (chain.Salt{}) {
		r.Proof = nil
	}
	return r
}

func (f *freshLog) append(m *branch, p *plan, records []eventlog.Record) (err error) {
	if m.head.Revision == 0 {
		p.streams++
	}
	p.records += len(records)
	for i := range records {
		records[i].Time = max(records[i].Time, m.head.Time) // behind lost records
		m.head.Time = records[i].Time
	}
	m.head, err = f.log.Append(f.d.ctx, m.head.Stream, m.head.Revision, records...)
	f.d.done("append")
	return err
}

// mark appends to each damaged thread a named version that says so.
func (f *freshLog) mark(p *plan, heads map[eventlog.Stream]*branch) error {
	named := heads[eventlog.Authors]
	marked := false
	for _, stream := range p.damaged {
		m := heads[stream]
		if m == nil || !event.IsThread(stream) {
			continue
		}
		marked = true
		r := event.Encode(event.Version{Revision: m.head.Revision, Name: "repaired " + p.now.UTC().Format("2006-01-02") + ": later edits were damaged"})
		r.Author, r.Time = p.author, m.head.Stamp(p.now.UnixMilli())
		if err := f.append(m, p, []eventlog.Record{r}); err != nil {
			return err
		}
	}
	if !marked || p.known {
		return nil
	}
	if named == nil {
		named = &branch{head: eventlog.Head{Stream: eventlog.Authors}}
		heads[eventlog.Authors] = named
	}
	r := event.Encode(event.Named{Name: p.as, Kind: event.Cli})
	r.Author, r.Time = p.author, named.head.Stamp(p.now.UnixMilli())
	return f.append(named, p, []eventlog.Record{r})
}

// verify rereads the new log, folds it, and syncs it.
func (f *freshLog) verify(p *plan, heads map[eventlog.Stream]*branch) error {
	checks := map[eventlog.Stream]*check{}
	f.visit = func(r *eventlog.Record) {
		c := checks[r.Stream]
		if c == nil {
			c = newCheck(r.Stream)
			checks[r.Stream] = c
		}
		c.add(*r)
	}
	report, err := f.log.Verify(f.d.ctx, f.d.progress("verify"))
	if err = errors.Join(err, report.Err()); err != nil {
		return fmt.Errorf("the new log does not verify: %w", err)
	}
	for stream, c := range checks {
		if err := c.end(); err != nil {
			return fmt.Errorf("the new log does not verify: %w", err)
		}
		if m := heads[stream]; m == nil || m.head.Revision != c.last {
			return fmt.Errorf("the new log ends %s at revision %d: %w", stream, c.last, eventlog.ErrDamaged)
		}
	}
	if report.Records != uint64(p.records) || len(checks) != len(heads) {
		return fmt.Errorf("the new log has %d records of %d streams, want %d of %d: %w", report.Records, len(checks), p.records, len(heads), eventlog.ErrDamaged)
	}
	f.d.done("verify")
	return syncPath(f.path)
}
