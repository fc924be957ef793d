package main

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A stepper cuts a thread's history into steps: events that belong together.
type stepper struct {
	every string // edit: each event; burst: edits of one author in a row; submit: up to a submitted line
	// The first step begins at from, and a step ends at every revision in cut.
	from eventlog.Revision
	cut  map[eventlog.Revision]bool
	// do is called at the end of each step, with the thread after it.
	do func(*eventRow, *projection.Thread) error
	// note, unless it is nil, is called after each event of a step.
	note func(event.Event, *projection.Effect, *projection.Thread)

	s      *source
	thread *projection.Thread
	held   *eventRow // the step so far
}

// steps reads a thread up to a revision and calls st.do for each step.
func (s *source) steps(a *app, stream eventlog.Stream, to eventlog.Revision, st *stepper) error {
	st.s, st.thread = s, projection.NewThread(stream)
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return err
	}
	last := to
	if last == 0 {
		last = head.Revision
	}
	show := a.progressAside("read")
	defer show(1, 1) // clears the progress, also after an error
	for e, err := range event.Decoded(s.Read(a.ctx, stream, 0)) {
		if err == nil {
			err = st.add(e)
		}
		if err != nil {
			return err
		}
		show(uint64(e.Revision), uint64(last)+1)
		if e.Revision == to {
			break
		}
	}
	return st.end()
}

// add applies an event. It first ends the held step if the event starts a new one.
func (st *stepper) add(e event.Event) error {
	if st.held != nil && !st.goesOn(e) {
		if err := st.end(); err != nil {
			return err
		}
	}
	effect, err := st.thread.Apply(e)
	if err != nil || e.Revision < st.from {
		return err
	}
	if st.note != nil {
		st.note(e, effect, st.thread)
	}
	if row := st.s.newRow(e, st.thread, effect); st.held != nil && st.every == "burst" {
		st.held.add(row)
	} else {
		st.held = row
	}
	return nil
}

// goesOn reports whether e is part of the step that is held.
func (st *stepper) goesOn(e event.Event) bool {
	if st.cut[st.held.Revision] {
		return false
	}
	switch st.every {
	case "submit":
		return st.held.Kind != "submitted"
	case "burst":
		_, edit := e.Payload.(event.Changed)
		return edit && st.held.Edits > 0 && st.held.author == e.Author && e.Time-st.held.at <= burstPause
	}
	return false
}

func (st *stepper) end() error {
	held := st.held
	if held == nil {
		return nil
	}
	st.held = nil
	return st.do(held, st.thread)
}
