package claims

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

const (
	// undoMax bounds the entries that one change undoes, if its claim is to hold.
	undoMax = 1000
	// Steps bounds the work for the claims of one push: a step is an edit that a
	// deletion is carried over, or a search of searchStep units.
	Steps = 1 << 20
)

// A Claim says which records deleted what a change inserts. One of its fields is set.
type Claim struct {
	Undoes [2]uint64         // it undoes these entries of the client, from and to by seq
	Pastes uint64            // it pastes what this entry of the client cut, by seq
	Cut    eventlog.Revision // it pastes what this record of the author cut
}

// MayBeRedacted reports whether a claim of a client may bring redacted text back.
func (m *Memory) MayBeRedacted(client eventlog.ClientID, c Claim) bool {
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

// State returns c, an author's change to the text of t, with what a claim on it states,
// if the claim holds. It takes steps of the budget; with none left, no claim holds.
func (m *Memory) State(t *projection.Thread, c ot.Change, claim Claim, author eventlog.AuthorID, client eventlog.ClientID, budget *int) event.Changed {
	f := event.Changed{Change: c}
	var revs []eventlog.Revision
	switch {
	case claim.Cut > 0:
		if r := m.record(claim.Cut); r != nil && t.Authors()[r.author] == author {
			revs = []eventlog.Revision{claim.Cut}
		}
	case claim.Pastes > 0:
		revs = m.entries(client, claim.Pastes, claim.Pastes)
	case claim.Undoes[1]-claim.Undoes[0] < undoMax:
		revs = m.entries(client, claim.Undoes[0], claim.Undoes[1])
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
	if !m.Believe && !back.is(c) {
		return f
	}
	lines := m.statedLines(t, c, back, revs, undo, budget)
	if *budget < 0 {
		return f
	}
	f.Origins, f.Lines = event.JoinOrigins(back.origins), lines
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
