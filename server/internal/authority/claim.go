package authority

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

const (
	// undoMax bounds the entries that one change undoes, if its claim is to hold.
	undoMax = 1000
	// claimSteps bounds the work for the claims of one push: a step is an edit that a
	// deletion is carried over.
	claimSteps = 1 << 20
)

// checkClaims refuses a push that may bring redacted text back.
func (a *Authority) checkClaims(push wire.Push) *wire.Error {
	for _, c := range push.Claims {
		if a.memory.mayBeRedacted(push.Client, c) {
			return wire.Errorf(wire.BadChange, "change %d brings back text that may have been redacted since: load the thread again", c.Change)
		}
	}
	return nil
}

func (m *memory) mayBeRedacted(client eventlog.ClientID, c wire.Claim) bool {
	if c.Cut > 0 {
		r := m.record(c.Cut)
		return r == nil && c.Cut <= m.doubt || r != nil && r.rest().redacted
	}
	from, to := c.Undoes[0], c.Undoes[1]
	if c.Pastes > 0 {
		from, to = c.Pastes, c.Pastes
	}
	n := m.clients[client]
	if m.doubt > 0 && (n == nil || from < n.seen) {
		return true
	}
	if n == nil {
		return false
	}
	for seq := max(from, n.seq); seq <= to && seq < n.seq+uint64(len(n.revs)); seq++ {
		if m.record(n.revs[seq-n.seq]).rest().redacted {
			return true
		}
	}
	return false
}

// stated returns c with what a claim on it states, if the claim holds.
func (a *Authority) stated(c ot.Change, claim wire.Claim, tp *textPeer, budget *int) event.Changed {
	f := event.Changed{Change: c}
	m := &a.memory
	var revs []eventlog.Revision
	switch {
	case claim.Cut > 0:
		if r := m.record(claim.Cut); r != nil && a.thread.Authors()[r.author] == tp.author {
			revs = []eventlog.Revision{claim.Cut}
		}
	case claim.Pastes > 0:
		revs = m.entries(tp.client, claim.Pastes, claim.Pastes)
	case claim.Undoes[1]-claim.Undoes[0] < undoMax:
		revs = m.entries(tp.client, claim.Undoes[0], claim.Undoes[1])
	}
	if len(revs) == 0 {
		return f
	}
	var back *composed
	undo := claim.Undoes[1] > 0
	if ok := true; !undo {
		back = m.record(revs[0]).all()
	} else if back, ok = m.compose(revs, budget); !ok {
		return f
	}
	if !a.holds(back, c) {
		return f
	}
	f.Origins = event.JoinOrigins(back.origins)
	f.Lines = a.statedLines(c, back, revs, undo)
	return f
}

// is reports whether c inserts what was deleted, whole and in order.
func (b *composed) is(c ot.Change) bool {
	if c.Inserted() != b.units {
		return false
	}
	at := b.segments
	from := 0
	for ed := range c.Edits() {
		for insert := ed.Insert; len(insert) > 0; {
			gone := at[0].d.units[at[0].from+from : at[0].to]
			n := min(len(gone), len(insert))
			if !slices.Equal(gone[:n], insert[:n]) {
				return false
			}
			insert = insert[n:]
			if from += n; n == len(gone) {
				at, from = at[1:], 0
			}
		}
	}
	return true
}
