package authority

import (
	"context"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"

	"github.com/aymanbagabas/go-udiff"
)

// Put makes the text what it says, by the difference to what stands there, in
// one record; nothing is recorded where there is none. Where expected is not
// 0, the head must be there. It returns the head after it.
func (a *Authority) Put(ctx context.Context, author eventlog.AuthorID, text string, expected eventlog.Revision) (eventlog.Revision, error) {
	var head eventlog.Revision
	err := a.wait(ctx, request{edit: func() *Fault {
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
func (a *Authority) whole(text string) (ot.Change, *Fault) {
	for line := range strings.SplitSeq(text, "\n") {
		if err := ot.ValidLine(line); err != nil {
			return ot.Change{}, fault("bad_value", "%v", err)
		}
	}
	c, err := Diff(a.thread.Text(), text)
	if err != nil {
		return c, fault("bad_value", "%v", err)
	}
	return c, a.validate([]ot.Change{c})
}

// Diff returns the change from one text to another, on whole code points.
func Diff(before, after string) (ot.Change, error) {
	var b ot.Builder
	at := 0
	for _, e := range udiff.Strings(before, after) {
		insert, err := ot.Units(e.New)
		if err != nil {
			return ot.Change{}, err
		}
		b.Keep(ot.Len(before[at:e.Start]))
		b.Replace(ot.Len(before[e.Start:e.End]), insert)
		at = e.End
	}
	b.Keep(ot.Len(before[at:]))
	return b.Change(), nil
}
