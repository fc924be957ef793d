package authority

import (
	"context"
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/claims"
	"parodywave/server/internal/wire"
)

const (
	// costMax bounds the steps that a request takes in the authority's goroutine. A
	// step is a section of a change, or an edge, that is compared with a section of
	// another change; a million of them take some milliseconds.
	costMax = 1 << 20
	// costBeside is how many times as many it may take beside.
	costBeside = 8
)

// sections returns how many sections changes have.
func sections(changes []ot.Change) (n int) {
	for i := range changes {
		n += changes[i].Sections()
	}
	return n
}

// cost returns about how many steps it takes to carry changes over entries, one by one.
// Each entry is carried over each change, too. Deletions may be parted on the way.
func cost(changes []ot.Change, over []event.Event) (steps int) {
	own, parts := sections(changes), 0
	for i := range changes {
		parts += changes[i].Deleted()
	}
	for i := range over {
		c, ok := change(over[i])
		if !ok {
			continue
		}
		n := c.Sections()
		steps += own + len(changes)*n
		more := min(n, parts)
		own, parts = own+more, parts-more
	}
	return steps
}

// walk counts steps of the request at hand. It returns false if those are too many.
func (a *Authority) walk(steps int) bool {
	if a.walked+steps > a.costMax {
		return false
	}
	a.walked += steps
	a.wide = max(a.wide, a.walked)
	return true
}

func tooCostly(push wire.Push, behind int) *wire.Error {
	return tooFar("%d changes are %d entries behind: pull first, then send in smaller pushes", len(push.Changes), behind)
}

// Push appends a peer's changes, all or none. The receipt is the client's own
// entries in the stream.
func (a *Authority) Push(p Peer, push wire.Push) {
	push, f := a.ahead(context.Background(), push, nil)
	a.post(p, "update", func() *wire.Error {
		if f != nil {
			return f
		}
		return a.push(p, push)
	})
}

func (a *Authority) push(p Peer, push wire.Push) *wire.Error {
	tp, ok := a.texts[p]
	switch {
	case !ok:
		return wire.Errorf(wire.NotJoined, "join a thread in text mode before you send changes")
	case push.Client != tp.client:
		return wire.Errorf(wire.Forbidden, "this connection joined as another client")
	case push.Seq == 0:
		return wire.Errorf(wire.BadValue, "seq starts at 1")
	case push.Rev > a.thread.Revision:
		return a.stale("rev %d is above the head %d", push.Rev, a.thread.Revision)
	}
	if len(push.Changes) == 0 { // all were logged already: they come in the stream
		return nil
	}
	over, ok := a.since(push.Rev)
	if !ok || !a.walk(cost(push.Changes, over)) {
		return tooCostly(push, int(a.thread.Revision-push.Rev))
	}
	if f := a.checkSeq(push, over); f != nil {
		return f
	}
	if f := checkLengths(push.Changes, lengthAt(over, a.thread.Len())); f != nil {
		return f
	}
	changes, skipped, err := a.rebase(push, over)
	if err != nil {
		return wire.Errorf(wire.BadChange, "%v", err)
	}
	if f := a.validate(changes); f != nil {
		return f
	}
	if f := a.checkClaims(push); f != nil {
		return f
	}
	var claimed map[int]wire.Claim
	for _, c := range push.Claims {
		if claimed == nil {
			claimed = map[int]wire.Claim{}
		}
		claimed[c.Change-skipped] = c
	}
	budget := claims.Steps
	for i, c := range changes {
		f := event.Changed{Change: c}
		if claim, ok := claimed[i]; ok {
			f = a.memory.State(a.thread, c, claimOf(claim), tp.author, tp.client, &budget)
		}
		a.record(f, tp.author, tp.client, push.Seq+uint64(skipped+i))
	}
	return nil
}

// ownIn returns the seq after those of a push's entries that are among the entries
// logged above its Rev.
func ownIn(push wire.Push, over []event.Event) (next uint64, f *wire.Error) {
	next = push.Seq
	for i := range over {
		e := &over[i]
		if e.Client != push.Client || e.Seq == 0 {
			continue
		}
		if e.Seq < push.Seq {
			return next, tooFar("own entry seq %d is logged above rev %d: pull first", e.Seq, push.Rev)
		}
		next++
	}
	return next, nil
}

// checkSeq compares a push with the client's entries in the log. Those above Rev that
// the push repeats will be skipped, and the rest of the push must follow the
// client's last entry; anything else is an error of the client.
func (a *Authority) checkSeq(push wire.Push, over []event.Event) *wire.Error {
	c, _ := a.thread.Client(push.Client)
	next, f := ownIn(push, over)
	if f != nil {
		return f
	}
	switch last := c.Seq; {
	case next > last+1:
		return a.stale("seq %d after %d: the entries between are missing", push.Seq, last)
	case next <= last:
		return a.stale("own entry seq %d is logged at or below rev %d", next, push.Rev)
	}
	return nil
}

func checkLengths(changes []ot.Change, length int) *wire.Error {
	for i, c := range changes {
		if c.Len() != length {
			return wire.Errorf(wire.BadChange, "change %d is for a text of %d units, but its base has %d", i, c.Len(), length)
		}
		length = c.NewLen()
	}
	return nil
}

// rebase carries the changes of a push over the entries logged since its
// revision, one entry at a time; mapping them over the composed entries would
// not converge. Where the client's own entries are among these, they are the
// push's first changes, sent again, and are skipped.
func rebase(push wire.Push, over []event.Event) (changes []ot.Change, skipped int, err error) {
	changes = slices.Clone(push.Changes)
	var r ot.Rebaser
	for _, e := range over {
		if len(changes) == 0 {
			break
		}
		if e.Client == push.Client && e.Seq >= push.Seq {
			changes, skipped = changes[1:], skipped+1
			continue
		}
		if c, ok := change(e); ok && !c.IsEmpty() {
			if _, err = r.Rebase(changes, c); err != nil {
				return nil, 0, err
			}
		}
	}
	for i := range changes { // they are in memory that r reuses
		changes[i] = changes[i].Clone()
	}
	return changes, skipped, nil
}
