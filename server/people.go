package server

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"

	"github.com/oklog/ulid/v2"
)

// An Identity is who somebody says to be, or is known to be.
type Identity struct {
	Name string
	Kind event.AuthorKind
}

// people is the live projection of the stream of authors, and its writer.
type people struct {
	log     eventlog.Log
	appends *appends

	mu      sync.RWMutex
	authors *projection.Authors

	write sync.Mutex // held while a name is appended
}

func newPeople(log eventlog.Log, appends *appends, authors *projection.Authors) *people {
	return &people{log: log, appends: appends, authors: authors}
}

// author returns who id is.
func (p *people) author(id eventlog.AuthorID) projection.Author {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Author(id)
}

func (p *people) name(id eventlog.AuthorID) string { return p.author(id).Name }

func (p *people) known(id eventlog.AuthorID) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Known(id)
}

// resolve returns the author of that name and kind, naming a new one if there
// is none; a new name is on disk before it is returned.
func (p *people) resolve(ctx context.Context, who Identity) (eventlog.AuthorID, error) {
	if id, ok := p.find(who); ok {
		return id, nil
	}
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil { // what became of the name before may not be known
		return eventlog.AuthorID{}, err
	}
	if id, ok := p.find(who); ok {
		return id, nil
	}
	id := eventlog.AuthorID(ulid.Make())
	if err := p.name1(ctx, id, event.Named(who)); err != nil {
		return id, err
	}
	return id, nil
}

func (p *people) find(who Identity) (eventlog.AuthorID, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Find(who.Name, who.Kind)
}

// introduce names an author that came with an import, unless it is known.
func (p *people) introduce(ctx context.Context, id eventlog.AuthorID, who Identity) error {
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	if p.known(id) {
		return nil
	}
	return p.name1(ctx, id, event.Named(who))
}

// name1 appends one name, to the end even if ctx is done meanwhile; the caller
// holds write.
func (p *people) name1(ctx context.Context, id eventlog.AuthorID, f event.Named) error {
	ctx = context.WithoutCancel(ctx)
	r := event.Encode(f)
	r.Author = id
	head, err := p.log.Head(ctx, eventlog.Authors)
	if err == nil {
		r.Time = head.Stamp(now())
		_, err = p.log.Append(ctx, eventlog.Authors, head.Revision, r)
		p.appends.report(eventlog.Authors, head.Revision, []eventlog.Record{r}, err)
	}
	// Whatever came of it, the log knows.
	if caught := p.catchUp(ctx); err == nil || errors.Is(err, eventlog.ErrUnknown) {
		err = errors.Join(err, caught)
		if p.known(id) {
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("name author %s: %w", event.AuthorString(id), err)
	}
	return nil
}

func (p *people) catchUp(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r, err := range p.log.Read(ctx, eventlog.Authors, p.authors.Revision) {
		if err != nil {
			return err
		}
		e, err := event.Decode(r)
		if err != nil {
			return err
		}
		if err := p.authors.Apply(e); err != nil {
			return err
		}
	}
	return nil
}
