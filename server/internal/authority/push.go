package authority

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/claims"
	"parodywave/server/internal/wire"
)

// costMax bounds the pending changes of a push times the entries to rebase them
// over.
const costMax = 100_000

// Push appends a peer's changes, all or none. The receipt is the client's own
// entries in the stream.
func (a *Authority) Push(p Peer, push wire.Push) {
	a.post(p, "update", func() *wire.Error { return a.push(p, push) })
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
	behind := int(a.thread.Revision - push.Rev)
	if behind*len(push.Changes) > a.costMax {
		return a.stale("%d changes are %d entries behind: pull first, then send in smaller pushes", len(push.Changes), behind)
	}
	over, err := a.since(push.Rev)
	if err != nil {
		return wire.Errorf(wire.Unavailable, "the entries since revision %d cannot be read: %v", push.Rev, err)
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

// seen compares a push with the client's entries in the log. Those above Rev that
// the push repeats will be skipped, and the rest of the push must follow the
// client's last entry; anything else is an error of the client.
func (a *Authority) checkSeq(push wire.Push, over []event.Event) *wire.Error {
	c, _ := a.thread.Client(push.Client)
	next := push.Seq // the seq after those of the push's entries that are logged above Rev
	for _, e := range over {
		if e.Client != push.Client || e.Seq == 0 {
			continue
		}
		if e.Seq < push.Seq {
			return a.stale("own entry seq %d is logged above rev %d: pull first", e.Seq, push.Rev)
		}
		next++
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

// validate checks changes, each based on the one before, against the text. It
// changes nothing, so that a push is refused as a whole.
func (a *Authority) validate(changes []ot.Change) *wire.Error {
	if f := a.checkSize(changes); f != nil {
		return f
	}
	pairs := a.pairs
	for i, c := range changes {
		if !pairs { // there is no pair that c could cut
			pairs = changePairs(c)
			continue
		}
		if c.CutsPair(func(pos int) uint16 { return a.unitAfter(changes[:i], pos) }) {
			return wire.Errorf(wire.BadChange, "change %d cuts a surrogate pair", i)
		}
	}
	return nil
}

// checkSize refuses changes that leave more text than allowed and more than
// before. It computes what they delete only where that matters.
func (a *Authority) checkSize(changes []ot.Change) *wire.Error {
	bytes := a.bytes
	for _, c := range changes {
		bytes += size(c)
	}
	if bytes <= a.cfg.MaxText || len(changes) == 0 {
		return nil
	}
	all := changes[0]
	for _, c := range changes[1:] {
		all = compose(all, c)
	}
	bytes = a.bytes + size(all) - size(all.InvertWith(a.thread.Units))
	if bytes > a.cfg.MaxText && bytes > a.bytes {
		return wire.Errorf(wire.TooLarge, "the text would have %d bytes and the limit is %d: start another thread", bytes, a.cfg.MaxText)
	}
	return nil
}

// unitAfter returns the unit at pos of the text after changes.
func (a *Authority) unitAfter(changes []ot.Change, pos int) uint16 {
	for i := len(changes) - 1; i >= 0; i-- {
		shift, unit, found := 0, uint16(0), false
		changes[i].Each(func(fromA, toA, fromB, toB int, insert []uint16) {
			switch {
			case pos >= toB:
				shift = toA - toB
			case pos >= fromB:
				unit, found = insert[pos-fromB], true
			}
		})
		if found {
			return unit
		}
		pos += shift
	}
	return a.thread.Unit(pos)
}

// hasPair reports whether units contain half of a surrogate pair.
func hasPair(units []uint16) bool {
	for _, u := range units {
		if u >= 0xd800 && u < 0xe000 {
			return true
		}
	}
	return false
}

func changePairs(c ot.Change) bool {
	found := false
	c.Each(func(_, _, _, _ int, insert []uint16) { found = found || hasPair(insert) })
	return found
}
