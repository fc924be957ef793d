// Package people names the authors of the log: it is the live projection of the
// stream of authors, and the only writer of that stream. A name of one kind
// belongs to one author id, whichever requests ask for it at the same time.
//
// A name must be in the log before the first record of its author, and nothing
// else waits for it: whoever joins a thread to read gets an id at once (Enter),
// even while the log accepts no appends. Such an author is pending until the name
// is in the log. Every append of a name takes all pending ones along.
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
	now      func() time.Time

	mu      sync.RWMutex
	authors *projection.Authors
	pending map[eventlog.AuthorID]Identity // not in the log yet
	ids     map[Identity]eventlog.AuthorID // of the pending authors

	write sync.Mutex // held while names are appended
}

// pendingMax bounds the pending authors: a client can give itself any number of
// names while the log accepts none.
const pendingMax = 8192

// Appended is called with the outcome of an append of records after a revision
// of a stream.
type Appended func(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record, err error)

// New returns the people of a log whose authors so far are in authors. The clock now
// gives their records times.
func New(log eventlog.Log, authors *projection.Authors, appended Appended, now func() time.Time) *People {
	return &People{
		log: log, appended: appended, now: now, authors: authors,
		pending: map[eventlog.AuthorID]Identity{}, ids: map[Identity]eventlog.AuthorID{},
	}
}

// Author returns what is known of an author.
func (p *People) Author(id eventlog.AuthorID) projection.Author {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if who, ok := p.pending[id]; ok {
		return projection.Author{ID: id, Name: who.Name, Kind: who.Kind}
	}
	return p.authors.Author(id)
}

// Name returns the name of an author.
func (p *People) Name(id eventlog.AuthorID) string { return p.Author(id).Name }

func (p *People) known(id eventlog.AuthorID) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.authors.Known(id)
}

// Enter returns the author of an identity without waiting for the log. An
// identity without an author gets a new one, whose name is appended later; Record
// must have returned nil before the author's first record. The error wraps
// eventlog.ErrUnavailable if too many names wait for the log.
func (p *People) Enter(who Identity) (eventlog.AuthorID, error) {
	if id, ok := p.find(who); ok {
		return id, nil
	}
	id, err := p.pend(who)
	if err == nil {
		go p.Record(context.Background(), id) // if it fails, the author's first edit tries again
	}
	return id, err
}

// Record returns when the name of an author is in the log. It returns an error
// if the log did not accept the name, or has it for another author.
func (p *People) Record(ctx context.Context, id eventlog.AuthorID) error {
	if p.known(id) {
		return nil
	}
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil { // an earlier append may have an unknown outcome
		return err
	}
	if p.known(id) {
		return nil
	}
	return p.save(ctx, id)
}

// Resolve returns the author of an identity, whose name is in the log. An identity
// without an author gets a new one.
func (p *People) Resolve(ctx context.Context, who Identity) (eventlog.AuthorID, error) {
	if id, ok := p.find(who); ok && p.known(id) {
		return id, nil
	}
	p.write.Lock()
	defer p.write.Unlock()
	if err := p.catchUp(ctx); err != nil {
		return eventlog.AuthorID{}, err
	}
	id, err := p.pend(who)
	if err == nil && !p.known(id) {
		err = p.save(ctx, id)
	}
	return id, err
}

func (p *People) find(who Identity) (eventlog.AuthorID, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.lookUp(who)
}

// lookUp is find; the caller holds mu.
func (p *People) lookUp(who Identity) (eventlog.AuthorID, bool) {
	if id, ok := p.authors.Find(who.Name, who.Kind); ok {
		return id, true
	}
	id, ok := p.ids[who]
	return id, ok
}

// pend returns the author of an identity, which becomes pending if it has none.
func (p *People) pend(who Identity) (eventlog.AuthorID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id, ok := p.lookUp(who); ok {
		return id, nil
	}
	if len(p.pending) >= pendingMax {
		return eventlog.AuthorID{}, fmt.Errorf("%d names wait for the log: %w", pendingMax, eventlog.ErrUnavailable)
	}
	id := eventlog.AuthorID(ulid.Make())
	p.pending[id], p.ids[who] = who, id
	return id, nil
}

// settle ends the pending of authors that the log has, or whose name it has for
// another author; the caller holds mu.
func (p *People) settle() {
	for id, who := range p.pending {
		if _, taken := p.authors.Find(who.Name, who.Kind); taken || p.authors.Known(id) {
			delete(p.pending, id)
			delete(p.ids, who)
		}
	}
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
	return p.append(ctx, id, named(id, who))
}

// save appends the names of all pending authors. It returns an error if the log
// does not have the name of id then. The caller holds write.
func (p *People) save(ctx context.Context, id eventlog.AuthorID) error {
	p.mu.RLock()
	records := make([]eventlog.Record, 0, len(p.pending))
	for id, who := range p.pending {
		records = append(records, named(id, who))
	}
	p.mu.RUnlock()
	return p.append(ctx, id, records...)
}

func named(id eventlog.AuthorID, who Identity) eventlog.Record {
	r := event.Encode(event.Named(who))
	r.Author = id
	return r
}

// append appends names. It returns an error if the log does not have the name of id
// then. It finishes even if ctx is canceled meanwhile. The caller holds write.
func (p *People) append(ctx context.Context, id eventlog.AuthorID, records ...eventlog.Record) error {
	ctx = context.WithoutCancel(ctx)
	head, err := p.log.Head(ctx, eventlog.Authors)
	if err == nil {
		at := head.Stamp(p.now().UnixMilli())
		for i := range records {
			records[i].Time = at
		}
		_, err = p.log.Append(ctx, eventlog.Authors, head.Revision, records...)
		p.appended(eventlog.Authors, head.Revision, records, err)
	}
	// Whatever the append returned, the log knows whether the name is there.
	if caught := p.catchUp(ctx); err == nil || errors.Is(err, eventlog.ErrUnknown) {
		err = errors.Join(err, caught)
		if p.known(id) {
			return nil
		}
	}
	if err == nil {
		err = errors.New("another author has this name now: join again")
	}
	return fmt.Errorf("name author %s: %w", event.AuthorString(id), err)
}

func (p *People) catchUp(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.settle()
	return event.Fold(p.log.Read(ctx, eventlog.Authors, p.authors.Revision), p.authors.Apply)
}
