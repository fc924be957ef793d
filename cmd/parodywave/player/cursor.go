package player

import (
	"parodywave/eventlog"
	"parodywave/projection"
)

// How many frames are kept: so many steps back, in so much memory.
const (
	lookBack   = 64
	frameBytes = 48 << 20
)

// A Cursor gives frames of a history.
type Cursor struct {
	history *History
	thread  *projection.Thread
	kept    map[span]*Frame
	order   []*Frame // of kept, the oldest first
	bytes   int
}

// A span is the revisions after prev, up to to.
type span struct{ prev, to eventlog.Revision }

// NewCursor returns a cursor at the beginning.
func NewCursor(r *History) *Cursor {
	return &Cursor{history: r, thread: projection.NewThread(r.Stream), kept: map[span]*Frame{}}
}

// Frame returns the step that holds a revision, up to there; ends and from are
// those of History.Ends.
func (p *Cursor) Frame(ends []eventlog.Revision, from, at eventlog.Revision) (*Frame, error) {
	i, prev := Step(ends, from, at)
	if f := p.kept[span{prev, at}]; f != nil {
		return f, nil
	}
	if p.thread.Revision > prev {
		if err := p.goBack(ends, from, i); err != nil {
			return nil, err
		}
	}
	if err := p.advance(prev); err != nil {
		return nil, err
	}
	f, err := p.history.render(p.thread, at)
	if err != nil {
		return nil, err
	}
	p.keep(f)
	return f, nil
}

// goBack folds again up to the beginning of step i, and keeps the frames of the
// steps before it.
func (p *Cursor) goBack(ends []eventlog.Revision, from eventlog.Revision, i int) error {
	steps := min(lookBack, frameBytes/2/(2*p.thread.Len()+64*p.thread.LineCount()+512))
	p.thread = projection.NewThread(p.history.Stream)
	first := max(0, i-steps)
	if _, prev := Step(ends, from, ends[first]); first < i {
		if err := p.advance(prev); err != nil {
			return err
		}
	}
	for k := first; k < i; k++ {
		f, err := p.history.render(p.thread, ends[k])
		if err != nil {
			return err
		}
		p.keep(f)
	}
	return nil
}

func (p *Cursor) advance(to eventlog.Revision) error {
	if to <= p.thread.Revision {
		return nil
	}
	return p.thread.Advance(p.history.after(p.thread.Revision), to)
}

func (p *Cursor) keep(f *Frame) {
	key := span{f.Prev, f.Revision}
	if p.kept[key] != nil {
		return
	}
	p.kept[key], p.order = f, append(p.order, f)
	for p.bytes += f.weight(); len(p.order) > 2*lookBack || p.bytes > frameBytes && len(p.order) > 1; {
		old := p.order[0]
		delete(p.kept, span{old.Prev, old.Revision})
		p.order, p.bytes = p.order[1:], p.bytes-old.weight()
	}
}
