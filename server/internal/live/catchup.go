package live

import (
	"context"
	"fmt"
	"log/slog"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

// unreadableText is the close text for a peer whose thread cannot be read.
const unreadableText = "the thread cannot be read now: connect again"

const (
	// streamsMax bounds how many pages are made at the same time.
	streamsMax = 8
	// catchUpLag is how many bytes may wait for a peer before reading on waits for
	// it. A page may come on top.
	catchUpLag = 256 << 10
	// aheadBytes is about how many bytes of pages are made at once.
	aheadBytes = 2 << 20
)

// Stream implements authority.Peer.
func (p *peer) Stream(c authority.CatchUp) { go p.l.catchUp.stream(p.in, p, p.stays(), c) }

// A catchUp streams entries from the log to peers that are too far behind for
// what an authority keeps in memory.
type catchUp struct {
	log    projection.Source
	people *people.People
	logger *slog.Logger
	slots  chan struct{} // streamsMax of them
	pages  pages
	folds  folds
}

// stream sends p the entries of c as fast as p reads them, and then attaches p to
// the authority. It ends with the peer's stay in the thread. While it waits for
// the peer it occupies no slot.
func (u *catchUp) stream(r *room, p *peer, stay int, c authority.CatchUp) {
	u.begin()
	defer u.end()
	for after, waits := c.From, catchUpLag+1; after < c.To; {
		if waits > catchUpLag && !p.drained(stay) {
			return
		}
		next, err := u.after(context.Background(), r, r.authority.Redactions, after, c.To)
		if err != nil {
			u.logger.Error("cannot read a thread for a client that is behind", "thread", r.stream, "error", err)
			p.Close(wire.CloseTryAgain, unreadableText)
			return
		}
		frames, through := next.part(after, c.To)
		for _, frame := range frames {
			if waits = p.sendIn(stay, frame); waits < 0 {
				return
			}
		}
		after = through
	}
	r.authority.Attach(p, c)
}

func (u *catchUp) begin() {
	u.pages.begin()
	u.folds.begin()
}

func (u *catchUp) end() {
	u.pages.end()
	u.folds.end()
}

// after returns a page that has the entry after a revision. A page that is made for that
// ends by to, and by the beginning of the next known page. Pages of one thread are made
// one after the other: most often the next one that is wanted is the same, or goes on
// where this one ends. The function redactions counts those that are known; it is called
// again after a wait.
func (u *catchUp) after(ctx context.Context, r *room, redactions func() int64, after, to eventlog.Revision) (*page, error) {
	if known := u.pages.get(r, redactions(), after); known != nil {
		return known, nil
	}
	r.paging.Lock()
	defer r.paging.Unlock()
	age := redactions() // before anything is read
	if known := u.pages.get(r, age, after); known != nil {
		return known, nil
	}
	u.slots <- struct{}{}
	defer func() { <-u.slots }()
	t, err := u.folds.take(ctx, u.log, r.stream, after)
	if err != nil {
		return nil, err
	}
	made, err := u.read(ctx, t, u.pages.next(r, age, after, to))
	if err != nil {
		return nil, err
	}
	u.folds.put(t)
	for _, p := range made {
		p.room, p.redactions = r, age
		u.pages.put(p)
	}
	return made[0], nil
}

// read makes pages of the entries after those of a thread, through to or of about
// aheadBytes: the log proves entries in a sealed block from the block's beginning on.
// It folds them beside the authority, for what they did to the rows of the text.
func (u *catchUp) read(ctx context.Context, t *projection.Thread, to eventlog.Revision) (made []*page, err error) {
	next, bytes := unsent{people: u.people, thread: t}, 0
	from := t.Revision
	for rec, err := range u.log.Prove(ctx, t.Stream, from) {
		if err == nil {
			err = next.add(rec)
		}
		if err != nil {
			return nil, err
		}
		ends := rec.Revision >= to
		if ends || next.full() {
			p := next.page(from)
			made, from, bytes = append(made, p), p.through, bytes+p.bytes
		}
		if ends || bytes >= aheadBytes {
			return made, nil
		}
	}
	return nil, fmt.Errorf("thread %s: entries end at revision %d, want %d: %w", t.Stream, t.Revision, to, eventlog.ErrDamaged)
}

// unsent is entries on their way into a page.
type unsent struct {
	people  *people.People
	thread  *projection.Thread // after the last entry
	entries []wire.Entry
	bytes   int
}

func (c *unsent) add(rec eventlog.Record) error {
	e, err := event.Decode(rec)
	if err != nil {
		return err
	}
	eff, err := c.thread.Apply(e)
	if err != nil {
		return err
	}
	rows, origins := authority.Splices(c.thread, &e, eff), authority.Origins(c.thread, &e)
	w := entry(c.people, &authority.Entry{Event: e, Length: c.thread.Len(), Rows: rows, Origins: origins})
	w.Chain = rec.Proof.Chain
	c.entries = append(c.entries, w)
	c.bytes += len(rec.Text) + len(rec.Shape) + rowBytes*wire.RowsIn(rows) + originBytes*len(origins)
	return nil
}

// rowBytes and originBytes are about what a row and an origin take in a frame, and
// entryBytes what an entry takes in memory beside its text.
const (
	rowBytes    = 64
	originBytes = 42
	entryBytes  = 300
)

func (c *unsent) full() bool {
	return c.bytes > wire.UpdateFrameBytes/2 || len(c.entries) >= 1024
}

// page returns a page of the entries that were added, which come after a revision. Then
// there are none.
func (c *unsent) page(from eventlog.Revision) *page {
	frames := wire.UpdateFrames(c.thread.Stream, c.entries, wire.UpdateFrameBytes)
	p := &page{from: from, through: c.thread.Revision, entries: c.entries, frames: frames, bytes: c.bytes + entryBytes*len(c.entries)}
	for _, f := range frames {
		p.bytes += len(f)
	}
	c.entries, c.bytes = nil, 0
	return p
}
