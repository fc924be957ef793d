package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A merge carries a change over logged entries, and remembers where they touch it.
type merge struct {
	stream  eventlog.Stream
	base    eventlog.Revision
	at      eventlog.Revision // the change is made for the text of this revision
	change  ot.Change
	merged  int // entries with edits that it was carried over
	steps   int // that carrying took
	rebaser ot.Rebaser
	zones   []zone
	touched bool // a zone was
}

// mergeMost bounds the steps of a merge: edits of the change times edits of the
// entries. So many take about half a second.
const mergeMost = 100_000_000

// newMerge returns the merge of a change to the text before of revision at.
func newMerge(stream eventlog.Stream, at eventlog.Revision, c ot.Change, before []uint16) *merge {
	return &merge{stream: stream, base: at, at: at, change: c, zones: zonesOf(c, before)}
}

// advance carries the change over all entries in the log.
func (m *merge) advance(ctx context.Context, log projection.Source) error {
	for e, err := range event.Decoded(log.Read(ctx, m.stream, m.at)) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if f := m.over(e); f != nil {
			return f
		}
	}
	return nil
}

// over carries the change over the next entry.
func (m *merge) over(e event.Event) *wire.Error {
	if _, black := e.Payload.(event.Redacted); black {
		return staleAt(e.Revision, "text was redacted at revision %d", e.Revision)
	}
	m.at = e.Revision
	c, ok := change(e)
	if !ok || c.IsEmpty() {
		return nil
	}
	edits := 0
	for range c.Edits() {
		edits++
	}
	if m.steps += (1 + edits) * (1 + len(m.zones)); m.steps > mergeMost {
		return staleAt(e.Revision, "too much was written since revision %d for %d edits", m.base, len(m.zones))
	}
	m.merged++
	m.follow(e, c)
	changes := [1]ot.Change{m.change}
	if _, err := m.rebaser.Rebase(changes[:], c); err != nil {
		return wire.Errorf(wire.BadChange, "%v", err)
	}
	m.change = changes[0].Clone() // Rebase reuses its memory
	return nil
}
