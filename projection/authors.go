package projection

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// Authors has the names of all authors: it is the fold of the stream authors.
type Authors struct {
	Revision eventlog.Revision
	byID     map[eventlog.AuthorID]Author
	byName   map[authorName]eventlog.AuthorID
}

// An Author is a person, robot or command that made records.
type Author struct {
	ID   eventlog.AuthorID
	Name string
	Kind event.AuthorKind
}

type authorName struct {
	name string
	kind event.AuthorKind
}

// NewAuthors returns the authors at revision 0: none.
func NewAuthors() *Authors {
	return &Authors{byID: map[eventlog.AuthorID]Author{}, byName: map[authorName]eventlog.AuthorID{}}
}

// Apply folds the next event of the stream.
func (a *Authors) Apply(e event.Event) error {
	if e.Revision != a.Revision+1 {
		return fmt.Errorf("%s revision %d: revision %d was expected: %w", e.Stream, e.Revision, a.Revision+1, eventlog.ErrDamaged)
	}
	a.Revision = e.Revision
	f, ok := e.Payload.(event.Named)
	if !ok { // such as the redaction of a name
		return nil
	}
	if old, ok := a.byID[e.Author]; ok {
		if was := (authorName{old.Name, old.Kind}); a.byName[was] == e.Author {
			delete(a.byName, was)
		}
	}
	a.byID[e.Author] = Author{e.Author, f.Name, f.Kind}
	if f.Kind != event.ImportedKind { // imported authors are never found by name
		a.byName[authorName{f.Name, f.Kind}] = e.Author
	}
	return nil
}

// Author returns the author with an id; an unknown author's name is the id.
func (a *Authors) Author(id eventlog.AuthorID) Author {
	if p, ok := a.byID[id]; ok {
		return p
	}
	return Author{ID: id, Name: event.AuthorString(id)}
}

// Known reports whether id has a name.
func (a *Authors) Known(id eventlog.AuthorID) bool {
	_, ok := a.byID[id]
	return ok
}

// Find returns the author of a kind by name.
func (a *Authors) Find(name string, kind event.AuthorKind) (eventlog.AuthorID, bool) {
	id, ok := a.byName[authorName{name, kind}]
	return id, ok
}
