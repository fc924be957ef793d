package boltlog

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
)

// Segments implements eventlog.Segmenter. Each block becomes one segment, and so do
// the groups that are copied at once.
func (l *Log) Segments(ctx context.Context, name eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		r, err := l.reader(name, after)
		for err == nil && r.next <= r.until {
			var values [][]byte
			if values, err = r.page(ctx); err == errAgain {
				err = nil
				continue
			}
			var more bool
			if more, err = r.segments(values, yield); !more && err == nil {
				return
			}
		}
		if err != nil {
			yield(eventlog.Segment{}, err)
		}
	}
}

// segments yields the stream's segments of some values. It returns false if the
// consumer stops.
func (r *reader) segments(values [][]byte, yield func(eventlog.Segment, error) bool) (bool, error) {
	var plain eventlog.Segment
	flush := func() bool {
		s := plain
		plain = eventlog.Segment{}
		return len(s.Records) == 0 || yield(s, nil)
	}
	for _, v := range values {
		if r.next > r.until {
			break
		}
		e, err := r.open(v)
		if err == errAgain {
			break
		}
		if err != nil {
			return false, err
		}
		last := e.Part(r.name).Last()
		if e.block == nil {
			for rec, err := range e.records(r.name) {
				if err != nil {
					return false, fmt.Errorf("read %s: %w", r.name, err)
				}
				if rec.Revision >= r.next {
					rec.Proof = nil
					plain.Records = append(plain.Records, *rec)
				}
			}
			if len(plain.Records) > 0 {
				plain.Stream, plain.First = r.name, plain.Records[0].Revision
			}
			r.next = last + 1
			continue
		}
		if !flush() {
			return false, nil
		}
		s, err := e.segment(e.block.Index(r.name))
		if err != nil {
			return false, fmt.Errorf("read %s: %w", r.name, err)
		}
		if r.next > s.First {
			s.Skip = int(r.next - s.First)
		}
		if r.next = last + 1; !yield(s, nil) {
			return false, nil
		}
	}
	return flush(), nil
}

// segment returns one part of a block as a segment.
func (e *extent) segment(part int) (eventlog.Segment, error) {
	s := &e.opener.segment
	if err := e.block.Segment(part, s); err != nil {
		return eventlog.Segment{}, err
	}
	for i := range s.Records {
		s.Records[i].Proof = nil
	}
	return *s, nil
}

// AllSegments implements eventlog.Segmenter. It yields the parts of each block, and
// then those of the tail.
func (l *Log) AllSegments(ctx context.Context) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		until, _ := l.End()
		o := l.opener()
		for next := eventlog.Position(1); next <= until; {
			values, err := l.scanPage(ctx, next)
			var more bool
			if err == nil {
				if next, more, err = o.segments(values, next, yield); !more && err == nil {
					return
				}
			}
			if err != nil {
				yield(eventlog.Segment{}, fmt.Errorf("read from position %d: %w", next, err))
				return
			}
		}
		if _, err := l.Head(ctx, eventlog.Authors); err != nil { // closed
			yield(eventlog.Segment{}, err)
		}
	}
}

// segments yields the segments of some values from position next on. It returns the
// position that follows, and false if the consumer stops.
func (o *opener) segments(values []stored, next eventlog.Position, yield func(eventlog.Segment, error) bool) (eventlog.Position, bool, error) {
	var plain plainSegments
	for _, v := range values {
		e, err := o.open(v.value)
		if err == nil && (e.First > next || e.Last() < next) {
			err = damaged("position %d is not among positions %d to %d", next, e.First, e.Last())
		}
		if err != nil {
			return next, false, err
		}
		if e.block == nil || e.First < next { // a block made meanwhile: yield the rest of it as records
			if err := plain.add(&e, next, o.without); err != nil {
				return next, false, err
			}
			next = e.Last() + 1
			continue
		}
		if !plain.flush(yield) {
			return next, false, nil
		}
		for i := range e.Parts {
			if o.without[e.Parts[i].Stream] != nil {
				continue
			}
			s, err := e.segment(i)
			if err != nil {
				return next, false, err
			}
			if !yield(s, nil) {
				return next, false, nil
			}
		}
		next = e.Last() + 1
	}
	return next, plain.flush(yield), nil
}

// plainSegments collects records by stream.
type plainSegments struct {
	index map[eventlog.Stream]int
	list  []eventlog.Segment
}

func (p *plainSegments) add(e *extent, from eventlog.Position, without map[eventlog.Stream]*eventlog.DamageError) error {
	for r, err := range e.all() {
		if err != nil {
			return err
		}
		if r.Position < from || without[r.Stream] != nil {
			continue
		}
		i, ok := p.index[r.Stream]
		if !ok {
			if p.index == nil {
				p.index = map[eventlog.Stream]int{}
			}
			i = len(p.list)
			p.index[r.Stream] = i
			p.list = append(p.list, eventlog.Segment{Stream: r.Stream, First: r.Revision})
		}
		r.Proof = nil
		p.list[i].Records = append(p.list[i].Records, *r)
	}
	return nil
}

func (p *plainSegments) flush(yield func(eventlog.Segment, error) bool) bool {
	list := p.list
	*p = plainSegments{}
	for _, s := range list {
		if !yield(s, nil) {
			return false
		}
	}
	return true
}
