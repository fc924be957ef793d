package server

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"
)

// unreadableText is for a peer whose thread the log cannot give it.
const unreadableText = "the thread cannot be read now: connect again"

// catchUpLag is how much may wait for a peer that is streamed entries before
// reading on waits for it, in bytes. A page may come on top.
const catchUpLag = 256 << 10

// Stream implements authority.Peer.
func (p *peer) Stream(c authority.CatchUp) { go p.s.catchUp(p.in, p, p.stays(), c) }

// catchUp streams p the entries of a CatchUp from the log, at the pace at
// which it takes them, and then has the authority go on. It ends with the
// peer's stay in the thread. While it waits for the peer it holds nothing.
func (s *Server) catchUp(r *room, p *peer, stay int, c authority.CatchUp) {
	for after := c.From; after < c.To; {
		if !p.drained(stay) {
			return
		}
		s.peers.streams <- struct{}{}
		through, err := s.streamSome(r, p, stay, after, c)
		<-s.peers.streams
		if err != nil {
			s.logger.Error("cannot read a thread for a client that is behind", "thread", r.stream, "error", err)
			p.Close(wire.CloseTryAgain, unreadableText)
			return
		}
		after = through
	}
	r.authority.Attach(p, c)
}

// streamSome streams entries after a revision for as long as p keeps up. It
// returns up to which; the last of all where p's stay has ended. It folds the
// thread beside the authority's, for what entries did to the rows of the text.
func (s *Server) streamSome(r *room, p *peer, stay int, after eventlog.Revision, c authority.CatchUp) (eventlog.Revision, error) {
	ctx := context.Background()
	t, err := authority.ThreadAt(ctx, s.log, r.stream, after)
	if err != nil {
		return after, err
	}
	page := catchUpPage{s: s, p: p, stay: stay, thread: t}
	for rec, err := range s.log.Prove(ctx, r.stream, after) {
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
				return after, nil
			}
		}
	}
	page.flush()
	return after, nil
}

// A catchUpPage is entries on their way to a peer.
type catchUpPage struct {
	s       *Server
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
	rows := authority.Splices(c.thread, &e, eff)
	w := c.s.entry(&authority.Entry{Event: e, Length: c.thread.Len(), Rows: rows})
	w.Chain = rec.Proof.Chain
	c.entries = append(c.entries, w)
	c.bytes += len(rec.Text) + len(rec.Shape) + rowBytes*wire.RowsIn(rows)
	return nil
}

// rowBytes is about what a row takes in a frame.
const rowBytes = 64

func (c *catchUpPage) full() bool {
	return c.bytes > wire.UpdateFrameBytes/2 || len(c.entries) >= 1024
}

// flush sends the page. It returns how much then waits for the peer, -1 when it
// has gone.
func (c *catchUpPage) flush() (waits int) {
	if len(c.entries) == 0 {
		return 0
	}
	u := wire.TextUpdate{ID: c.thread.Stream, Updates: c.entries}
	for _, frame := range u.Frames(wire.UpdateFrameBytes) {
		if waits = c.p.stream(c.stay, frame); waits < 0 {
			return waits
		}
	}
	c.entries, c.bytes = c.entries[:0], 0
	return waits
}
