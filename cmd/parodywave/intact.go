package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// openFor opens the log to read the thread that arg names: THREAD or THREAD@AT. A log
// that does not open because it is damaged may hold the thread whole: then the source
// has this thread only, and the user gets a warning. If the thread is damaged, too, the
// hint is the command that writes the rest.
func (a *app) openFor(arg string) (*source, error) {
	s, err := a.open()
	var known *failure
	if !errors.Is(err, eventlog.ErrDamaged) || errors.As(err, &known) {
		return s, err
	}
	w, wrong := a.openRemains()
	if wrong != nil {
		return nil, err
	}
	defer w.Close()
	r, thread, wrong := w.findAt(arg)
	if errors.Is(wrong, eventlog.ErrNotFound) { // its title may be among what is damaged
		return nil, err
	}
	if wrong != nil {
		return nil, wrong
	}
	if r.damaged() || r.thread == nil {
		return nil, damaged("parodywave export --salvage "+quoted(thread)+a.whereFlag()+" writes what can still be read of it; parodywave doctor says what to do",
			"thread %s is damaged: %s", r.stream, r.summary())
	}
	a.say("this thread is intact, but the log is damaged: its newest records may be missing; parodywave verify lists all damage")
	return w.source(r)
}

// findAt returns the remains of the thread that THREAD or THREAD@AT names, and THREAD.
func (w *wreck) findAt(arg string) (r *remains, thread string, err error) {
	r, err = w.find(arg)
	if i := strings.LastIndexByte(arg, '@'); errors.Is(err, eventlog.ErrNotFound) && i >= 0 {
		arg = arg[:i]
		r, err = w.find(arg)
	}
	return r, arg, err
}

// source returns a log of one intact thread and the names of the authors.
func (w *wreck) source(r *remains) (*source, error) {
	log, authors := eventlog.NewMemory(), projection.NewAuthors()
	_, err := log.Append(w.app.ctx, r.stream, 0, r.intact()...)
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", r.stream, err)
	}
	after := eventlog.Revision(0)
	for _, who := range w.authors {
		rec := event.Encode(event.Named{Name: who.Name, Kind: who.Kind})
		rec.Author = who.ID
		if _, err := log.Append(w.app.ctx, eventlog.Authors, after, rec); err != nil {
			return nil, fmt.Errorf("names of authors: %w", err)
		}
		after++
	}
	err = event.Fold(log.Read(w.app.ctx, eventlog.Authors, 0), authors.Apply)
	return &source{Source: projection.Plain(log), authors: authors}, err
}

// whereFlag returns the flag that says where the log is; empty for the usual directory.
func (a *app) whereFlag() string {
	switch {
	case a.File != "":
		return " --file " + quoted(a.File)
	case filepath.Clean(a.Data) != "pw_data":
		return " --data " + quoted(a.Data)
	}
	return ""
}
