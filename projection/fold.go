package projection

import (
	"iter"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// Fold is Advance event by event, for those who watch a thread change: it calls
// before with each event that is about to be applied, and after with it and its
// effect; either may be nil. They may read the thread and must keep nothing of
// the event. Advance, which applies runs of typing as one, is much faster.
func (t *Thread) Fold(records iter.Seq2[eventlog.Record, error], at eventlog.Revision, before func(*event.Event), after func(*event.Event, *Effect)) error {
	var d event.Decoder
	for r, err := range records {
		if err != nil {
			return err
		}
		e, err := d.Decode(&r)
		if err != nil {
			return err
		}
		if before != nil {
			before(e)
		}
		if err := t.apply(e); err != nil {
			return err
		}
		if after != nil {
			after(e, &t.effect)
		}
		if at != 0 && t.Revision >= at {
			return nil
		}
	}
	return nil
}

// Change returns the change that the next event of the thread makes, nil if it
// makes none. It is nil, too, for a change of a text of another length, which
// Apply refuses.
func (t *Thread) Change(next *event.Event) *ot.Change {
	if c := changeOf(next); c != nil && c.Len() == t.text.length {
		return c
	}
	return nil
}

// changeOf returns the change of e, nil if it is none.
func changeOf(e *event.Event) *ot.Change {
	switch f := e.Payload.(type) {
	case *event.Changed:
		return &f.Change
	case event.Changed:
		return &f.Change
	}
	return nil
}
