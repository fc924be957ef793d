// Package people names the authors of the log: it is the live projection of the
// stream of authors, and the only writer of that stream. A name of one kind
// belongs to one author id, whichever requests ask for it at the same time.
package people

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"

	"github.com/oklog/ulid/v2"
)

// An Identity is the name that a client gives itself, and its kind.
type Identity struct {
	Name string
	Kind event.AuthorKind
}

// People knows all authors. Its methods may be called concurrently.
type People struct {
	log      eventlog.Log
	appended Appended

	mu      sync.RWMutex
	authors *projection.Authors

	write sync.Mutex // held while a name is appended
}

// Appended is called with the outcome of an append of records after a revision
// of a stream.
type Appended func(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record, err error)

// New returns the people of a log whose authors up to now are in authors.
func New(log eventlog.Log, authors *projection.Authors, appended Appended) *People {
	return &People{log: log, appended: appended, authors: authors}
}

// Author returns what is known of an author.
func (p *People) Author(id eventlog.AuthorID) projection.Author {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Author(id)
}

// Name returns the name of an author.
func (p *People) Name(id eventlog.AuthorID) string { return p.Author(id).Name }

func (p *People) known(id eventlog.AuthorID) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Known(id)
}

// Resolve returns the author of an identity. An identity without an author gets
// a new one, whose name is on disk before Resolve returns.
func (p *People) Resolve(ctx context.Context, who Identity) (eventlog.AuthorID, error) {
	if id, ok := p.find(who); ok {
		return id, nil
	}
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil { // an earlier append may have an unknown outcome
		return eventlog.AuthorID{}, err
	}
	if id, ok := p.find(who); ok {
		return id, nil
	}
	id := eventlog.AuthorID(ulid.Make())
	return id, p.appendName(ctx, id, event.Named(who))
}

func (p *People) find(who Identity) (eventlog.AuthorID, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Find(who.Name, who.Kind)
}

// Introduce names an author whose id comes from an import, unless it has a name.
func (p *People) Introduce(ctx context.Context, id eventlog.AuthorID, who Identity) error {
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	if p.known(id) {
		return nil
	}
	return p.appendName(ctx, id, event.Named(who))
}

// appendName appends one name. It finishes even if ctx is canceled meanwhile.
// The caller holds write.
func (p *People) appendName(ctx context.Context, id eventlog.AuthorID, f event.Named) error {
	ctx = context.WithoutCancel(ctx)
	r := event.Encode(f)
	r.Author = id
	head, err := p.log.Head(ctx, eventlog.Authors)
	if err == nil {
		r.Time = head.Stamp(time.Now().UnixMilli())
		_, err = p.log.Append(ctx, eventlog.Authors, head.Revision, r)
		p.appended(eventlog.Authors, head.Revision, []eventlog.Record{r}, err)
	}
	// Whatever the append returned, the log knows whether the name is there.
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

func (p *People) catchUp(ctx context.Context) error {
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
