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

// Put makes the text what it says, by the difference to what stands there, in
// one record; nothing is recorded where there is none. Where expected is not
// 0, the head must be there. It returns the head after it.
func (a *Authority) Put(ctx context.Context, author eventlog.AuthorID, text string, expected eventlog.Revision) (eventlog.Revision, error) {
	var head eventlog.Revision
	err := a.wait(ctx, request{edit: func() *wire.Error {
		if expected != 0 && expected != a.thread.Revision {
			return a.stale("the thread is at revision %d, not %d", a.thread.Revision, expected)
		}
		c, f := a.whole(text)
		if f != nil {
			return f
		}
		if !c.IsEmpty() {
			a.record(event.Changed{Change: c}, author, a.cfg.NewClient(), 0)
		}
		head = a.thread.Revision
		return nil
	}})
	return head, err
}

// whole returns the change that makes the text what it says.
func (a *Authority) whole(text string) (ot.Change, *wire.Error) {
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
