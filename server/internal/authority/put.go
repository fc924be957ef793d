package authority

import (
	"context"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/linediff"
	"parodywave/server/internal/wire"
)

// Put replaces the text by recording the difference as one change, or nothing
// if there is none. If expected is not 0, the head must be at that revision.
// Put returns the head after it.
func (a *Authority) Put(ctx context.Context, author eventlog.AuthorID, text string, expected eventlog.Revision) (eventlog.Revision, error) {
	return a.append(ctx, author, expected, func() (event.Changed, *wire.Error) {
		c, f := a.replacement(text)
		return event.Changed{Change: c}, f
	})
}

// append records the change that find returns, unless it is empty.
func (a *Authority) append(ctx context.Context, author eventlog.AuthorID, expected eventlog.Revision, find func() (event.Changed, *wire.Error)) (eventlog.Revision, error) {
	var head eventlog.Revision
	err := a.wait(ctx, request{edit: func() *wire.Error {
		if expected != 0 && expected != a.thread.Revision {
			return a.stale("the thread is at revision %d, not %d", a.thread.Revision, expected)
		}
		c, f := find()
		if f != nil {
			return f
		}
		if !c.Change.IsEmpty() {
			a.record(c, author, a.cfg.NewClient(), 0)
		}
		head = a.thread.Revision
		return nil
	}})
	return head, err
}

// replacement returns the change that turns the thread's text into text.
func (a *Authority) replacement(text string) (ot.Change, *wire.Error) {
	for line := range strings.SplitSeq(text, "\n") {
		if err := ot.ValidLine(line); err != nil {
			return ot.Change{}, wire.Errorf(wire.BadValue, "%v", err)
		}
	}
	c, err := linediff.Diff(a.thread.Text(), text)
	if err != nil {
		return c, wire.Errorf(wire.BadValue, "%v", err)
	}
	return c, a.validate([]ot.Change{c})
}
