package live

import (
	"context"
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
	// streamsMax bounds how many peers entries are read for at the same time; each
	// has a page of entries in memory.
	streamsMax = 8
	// catchUpLag is how many bytes may wait for a peer before reading on waits for
	// it. A page may come on top.
	catchUpLag = 256 << 10
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
	folds  folds
}

// stream sends p the entries of c as fast as p reads them, and then attaches p to
// the authority. It ends with the peer's stay in the thread. While it waits for
// the peer it occupies no slot.
func (u *catchUp) stream(r *room, p *peer, stay int, c authority.CatchUp) {
	u.folds.begin()
	defer u.folds.end()
	for after := c.From; after < c.To; {
		if !p.drained(stay) {
			return
		}
		u.slots <- struct{}{}
		through, err := u.streamSome(r, p, stay, after, c)
		<-u.slots
		if err != nil {
			u.logger.Error("cannot read a thread for a client that is behind", "thread", r.stream, "error", err)
			p.Close(wire.CloseTryAgain, unreadableText)
			return
		}
		after = through
	}
	r.authority.Attach(p, c)
}

// streamSome sends entries after a revision for as long as p keeps up. It returns
// the revision of the last one; c.To where p's stay has ended. It folds the thread
// beside the authority's, for what entries did to the rows of the text.
func (u *catchUp) streamSome(r *room, p *peer, stay int, after eventlog.Revision, c authority.CatchUp) (eventlog.Revision, error) {
	ctx := context.Background()
	t, err := u.folds.take(ctx, u.log, r.stream, after)
	if err != nil {
		return after, err
	}
	page := catchUpPage{people: u.people, p: p, stay: stay, thread: t}
	for rec, err := range u.log.Prove(ctx, r.stream, after) {
		if err == nil {
			err = page.add(rec)
		}
		if err != nil {
			return after, err
		}
		if after = rec.Revision; after >= c.To {
			break
		}
		if page.full() {
			switch waits := page.flush(); {
			case waits < 0:
				return c.To, nil
			case waits > catchUpLag:
				u.folds.put(t)
				return after, nil
			}
		}
	}
	page.flush()
	u.folds.put(t)
	return after, nil
}

// A catchUpPage is entries on their way to a peer.
type catchUpPage struct {
	people  *people.People
	p       *peer
	stay    int
	thread  *projection.Thread // after the last entry
	entries []wire.Entry
	bytes   int
}

func (c *catchUpPage) add(rec eventlog.Record) error {
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

// rowBytes and originBytes are about what a row and an origin take in a frame.
const (
	rowBytes    = 64
	originBytes = 42
)

func (c *catchUpPage) full() bool {
	return c.bytes > wire.UpdateFrameBytes/2 || len(c.entries) >= 1024
}

// flush sends the page. It returns how many bytes then wait for the peer, -1 if
// its stay has ended.
func (c *catchUpPage) flush() (waits int) {
	for _, frame := range wire.UpdateFrames(c.thread.Stream, c.entries, wire.UpdateFrameBytes) {
		if waits = c.p.sendIn(c.stay, frame); waits < 0 {
			return waits
		}
	}
	c.entries, c.bytes = c.entries[:0], 0
	return waits
}
