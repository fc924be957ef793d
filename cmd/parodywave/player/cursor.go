package player

import (
	"parodywave/eventlog"
	"parodywave/projection"
)

const (
	lookBack   = 64       // frames that are kept when going back
	frameBytes = 48 << 20 // limit for the memory of all kept frames
)

// A Cursor gives frames of a history.
type Cursor struct {
	history *History
	thread  *projection.Thread
	kept    map[span]*Frame
	order   []*Frame // of kept, the oldest first
	bytes   int
}

// A span is the revisions after prev up to to.
type span struct{ prev, to eventlog.Revision }

// NewCursor returns a cursor at the beginning.
func NewCursor(h *History) *Cursor {
	return &Cursor{history: h, thread: projection.NewThread(h.Stream), kept: map[span]*Frame{}}
}

// Frame returns the frame of the step that contains a revision, up to the
// revision. ends and from are those of History.Ends.
func (c *Cursor) Frame(ends []eventlog.Revision, from, at eventlog.Revision) (*Frame, error) {
	i, prev := Step(ends, from, at)
	if f := c.kept[span{prev, at}]; f != nil {
		return f, nil
	}
	if c.thread.Revision > prev {
		if err := c.goBack(ends, from, i); err != nil {
			return nil, err
		}
	}
	if err := c.advance(prev); err != nil {
		return nil, err
	}
	f, err := c.history.render(c.thread, at)
	if err != nil {
		return nil, err
	}
	c.keep(f)
	return f, nil
}

// goBack folds the history again up to the beginning of step i, and keeps the
// frames of the steps before it.
func (c *Cursor) goBack(ends []eventlog.Revision, from eventlog.Revision, i int) error {
	steps := min(lookBack, frameBytes/2/(2*c.thread.Len()+64*c.thread.LineCount()+512))
	c.thread = projection.NewThread(c.history.Stream)
	first := max(0, i-steps)
	if _, prev := Step(ends, from, ends[first]); first < i {
		if err := c.advance(prev); err != nil {
			return err
		}
	}
	for k := first; k < i; k++ {
		f, err := c.history.render(c.thread, ends[k])
		if err != nil {
			return err
		}
		c.keep(f)
	}
	return nil
}

func (c *Cursor) advance(to eventlog.Revision) error {
	if to <= c.thread.Revision {
		return nil
	}
	return c.thread.Advance(c.history.after(c.thread.Revision), to)
}

func (c *Cursor) keep(f *Frame) {
	key := span{f.Prev, f.Revision}
	if c.kept[key] != nil {
		return
	}
	c.kept[key], c.order = f, append(c.order, f)
	for c.bytes += f.weight(); len(c.order) > 2*lookBack || c.bytes > frameBytes && len(c.order) > 1; {
		old := c.order[0]
		delete(c.kept, span{old.Prev, old.Revision})
		c.order, c.bytes = c.order[1:], c.bytes-old.weight()
	}
}
