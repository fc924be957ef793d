package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// Revise appends a change of somebody who is not connected, made for the text of
// revision at, in one record. It is carried over what was logged since, entry by
// entry, as a peer's would be; nothing is recorded where nothing is left of it.
// Where something was redacted since it is refused as stale: the change was made
// of a text that may have held it. Where expected is not 0, the head must be
// there. Revise returns the head after it.
func (a *Authority) Revise(ctx context.Context, author eventlog.AuthorID, c ot.Change, at, expected eventlog.Revision) (eventlog.Revision, error) {
	var head eventlog.Revision
	err := a.wait(ctx, request{edit: func() *wire.Error {
		if expected != 0 && expected != a.thread.Revision {
			return a.stale("the thread is at revision %d, not %d", a.thread.Revision, expected)
		}
		c, f := a.carry(c, at)
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

// carry returns the change as it is for the text that stands there now.
func (a *Authority) carry(c ot.Change, at eventlog.Revision) (ot.Change, *wire.Error) {
	if at == 0 || at > a.thread.Revision {
		return c, a.stale("revision %d is not one of the head's, 1 to %d", at, a.thread.Revision)
	}
	if behind := int(a.thread.Revision - at); behind > a.costMax {
		return c, a.stale("the change is %d entries behind: look at the thread again", behind)
	}
	over, err := a.since(at)
	if err != nil {
		return c, wire.Errorf(wire.Unavailable, "the entries since revision %d cannot be read: %v", at, err)
	}
	for _, e := range over {
		if _, black := e.Payload.(event.Redacted); black {
			return c, a.stale("something was redacted at revision %d: look at the thread again", e.Revision)
		}
	}
	changes := []ot.Change{c}
	if f := fits(changes, lengthAt(over, a.thread.Len())); f != nil {
		return c, f
	}
	// A fresh client: none of the entries is its own.
	if changes, _, err = a.rebase(Push{Client: a.cfg.NewClient(), Seq: 1, Changes: changes}, over); err != nil {
		return c, wire.Errorf(wire.BadChange, "%v", err)
	}
	return changes[0], a.validate(changes)
}
