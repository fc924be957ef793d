package authority

import (
	"context"
	"fmt"
	"sync/atomic"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

const (
	// behindMax bounds the entries that a request may be behind, and pastWeight what
	// they hold together: an entry counts as pastEntry, and each unit that it inserts and
	// each of its sections as one.
	behindMax  = 1 << 15
	pastWeight = 4 << 20
	pastEntry  = 16
)

// marks say what is in memory, for senders who want to know beside the authority.
type marks struct {
	head  atomic.Uint64 // the newest revision on disk
	base  atomic.Uint64 // the entries after it are in memory
	views atomic.Uint64 // from it on, a line as it was can be made from memory
}

// expose sets the marks. All of the thread must be on disk.
func (a *Authority) expose() {
	a.marks.head.Store(uint64(a.thread.Revision))
	a.marks.base.Store(uint64(a.recent.base))
	a.marks.views.Store(uint64(max(a.recent.base, a.recent.views)))
}

func (m *marks) at() (head, base, views eventlog.Revision) {
	// The head is read last, so that it is not below the others.
	views, base = eventlog.Revision(m.views.Load()), eventlog.Revision(m.base.Load())
	return eventlog.Revision(m.head.Load()), base, views
}

// refusalOf returns an error of work beside the authority as the answer to its request, which changes
// nothing but has its turn, so that the refusal does not overtake earlier receipts.
func refusalOf(err error) *wire.Error {
	if err == nil {
		return nil
	}
	return wire.ErrorFor(err, "")
}

// tooFar is the refusal of a request that is too far behind. Its head is put in when it is sent.
func tooFar(format string, args ...any) *wire.Error {
	f := wire.Errorf(wire.Stale, format, args...)
	f.Head = 1
	return f
}

// eventsFrom returns the events after a revision up to another, both on disk, from
// the log. It runs beside the authority; the result is shared.
func (a *Authority) eventsFrom(ctx context.Context, after, to eventlog.Revision) ([]event.Event, error) {
	if n := to - after; n > behindMax {
		return nil, tooFar("revision %d is %d entries behind: load the thread again", after, n)
	}
	return pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("events %s %d %d", a.cfg.Stream, after, to), func(ctx context.Context) ([]event.Event, error) {
		var out []event.Event
		weight := 0
		for e, err := range event.Decoded(a.cfg.Log.Read(ctx, a.cfg.Stream, after)) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			if e.Revision > to {
				break
			}
			out = append(out, e)
			if weight += weightOf(e); weight > pastWeight {
				return nil, tooFar("the entries since revision %d are too large: load the thread again", after)
			}
		}
		if n := eventlog.Revision(len(out)); after+n != to {
			return nil, fmt.Errorf("thread %s: %d entries after revision %d, want %d: %w", a.cfg.Stream, n, after, to-after, eventlog.ErrDamaged)
		}
		return out, nil
	})
}

func weightOf(e event.Event) int {
	c, _ := change(e)
	return pastEntry + c.Inserted() + c.Sections()
}

// ahead returns a push that says the same at a newer revision, if the entries since the
// push's own are not in memory, or if it costs much to carry the push over them. It runs
// in the sender's goroutine. check, if not nil, refuses entries.
func (a *Authority) ahead(ctx context.Context, push wire.Push, check func(event.Event) *wire.Error) (wire.Push, *wire.Error) {
	head, base, _ := a.marks.at()
	if push.Rev >= head || push.Rev >= base && sections(push.Changes)*int(head-push.Rev) <= a.costMax {
		return push, nil
	}
	over, err := a.eventsFrom(ctx, push.Rev, head)
	if err != nil {
		return push, refusalOf(err)
	}
	if _, f := ownIn(push, over); f != nil {
		return push, f
	}
	for i := range over {
		if check == nil {
			break
		}
		if f := check(over[i]); f != nil {
			return push, f
		}
	}
	if cost(push.Changes, over) > a.costMax*costBeside {
		return push, tooCostly(push, len(over))
	}
	type carried struct {
		changes []ot.Change
		skipped int
	}
	c, err := pool.Do(ctx, a.cfg.Pool, "", func(context.Context) (c carried, err error) {
		if c.changes, c.skipped, err = a.rebase(push, over); err != nil {
			err = wire.Errorf(wire.BadChange, "%v", err)
		}
		return c, err
	})
	if err != nil {
		return push, refusalOf(err)
	}
	var claims []wire.Claim
	for _, claim := range push.Claims {
		if claim.Change -= c.skipped; claim.Change >= 0 {
			claims = append(claims, claim)
		}
	}
	push.Rev, push.Seq, push.Changes, push.Claims = head, push.Seq+uint64(c.skipped), c.changes, claims
	return push, nil
}

// A pastLine is a line as it was, and as a client that still shows it then sees it.
type pastLine struct {
	id   projection.LineID
	view *view             // shared: copy it before it is carried on
	to   eventlog.Revision // which the view leads to
}

// lineBefore returns line i of a revision that an edit names, if that is not in memory,
// or far behind; nil if the authority finds it. It runs in the sender's goroutine.
func (a *Authority) lineBefore(ctx context.Context, rev eventlog.Revision, i int) (*pastLine, *wire.Error) {
	head, _, views := a.marks.at()
	if rev == 0 || rev > head || rev >= views && head-rev <= viewsMax {
		return nil, nil
	}
	over, err := a.eventsFrom(ctx, rev, head)
	if err != nil {
		return nil, refusalOf(err)
	}
	p, err := pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("line %s %d %d %d", a.cfg.Stream, i, rev, head), func(ctx context.Context) (*pastLine, error) {
		t, err := projection.Replay(ctx, a.cfg.Log, a.cfg.Stream, rev)
		if err != nil {
			return nil, err
		}
		if i >= t.LineCount() {
			return nil, noLine(i, rev)
		}
		p := &pastLine{id: t.Row(i).ID, view: viewOf(t, i), to: head}
		for k := range over {
			if c, ok := change(over[k]); ok {
				p.view.pass(c)
			}
		}
		return p, nil
	})
	return p, refusalOf(err)
}

// idsBefore returns the identities that the lines from..to had at a revision, if that is
// not in memory; nil if the authority finds them. It runs in the sender's goroutine.
func (a *Authority) idsBefore(ctx context.Context, rev eventlog.Revision, from, to int) ([]projection.LineID, *wire.Error) {
	head, base, _ := a.marks.at()
	if rev == 0 || rev > head || rev >= base || from < 0 || from > to {
		return nil, nil
	}
	ids, err := pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("lines %s %d %d %d", a.cfg.Stream, from, to, rev), func(ctx context.Context) ([]projection.LineID, error) {
		t, err := projection.Replay(ctx, a.cfg.Log, a.cfg.Stream, rev)
		if err != nil {
			return nil, err
		}
		if to >= t.LineCount() {
			return nil, noLine(to, rev)
		}
		ids := make([]projection.LineID, 0, to-from+1)
		for i := from; i <= to; i++ {
			ids = append(ids, t.Row(i).ID)
		}
		return ids, nil
	})
	return ids, refusalOf(err)
}

func noLine(i int, rev eventlog.Revision) *wire.Error {
	return wire.Errorf(wire.BadValue, "line %d did not exist at revision %d: lines count from 0", i, rev)
}
