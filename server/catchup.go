package server

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

// catchUp streams p the entries of a CatchUp from the log, at the pace at
// which it takes them, and then has the authority go on. It ends with the
// peer's stay in the thread.
func (s *Server) catchUp(r *room, p *peer, stay int, c authority.CatchUp) {
	page := catchUpPage{s: s, p: p, stay: stay, stream: r.stream, length: -1}
	for rec, err := range s.log.Prove(context.Background(), r.stream, c.From) {
		if err == nil {
			err = page.add(rec)
		}
		if err != nil {
			s.logger.Error("cannot read a thread for a client that is behind", "thread", r.stream, "error", err)
			p.close(websocket.CloseTryAgainLater, "")
			return
		}
		if rec.Revision >= c.To {
			break
		}
		if page.full() && !page.flush() {
			return
		}
	}
	page.know(c.Length)
	if page.flush() {
		r.authority.Attach(p, c)
	}
}

// A catchUpPage is entries on their way to a peer.
type catchUpPage struct {
	s       *Server
	p       *peer
	stay    int
	stream  eventlog.Stream
	entries []wire.Entry
	bytes   int
	length  int // of the text after the last entry; -1: no change yet to tell it by
	unknown int // entries at the start whose length is not known
}

func (c *catchUpPage) add(rec eventlog.Record) error {
	e, err := event.Decode(rec)
	if err != nil {
		return err
	}
	w := c.s.entry(e)
	w.Chain = rec.Proof.Chain
	switch f := e.Fact.(type) {
	case event.Changed:
		c.know(f.Change.Len())
		c.length = f.Change.NewLen()
	case event.Redacted:
		c.know(f.Change.Len())
	}
	w.Length = c.length
	if c.length < 0 {
		c.unknown++
	}
	c.entries = append(c.entries, w)
	c.bytes += len(rec.Text) + len(rec.Shape)
	return nil
}

// know says how long the text was all along.
func (c *catchUpPage) know(length int) {
	for i := range c.unknown {
		c.entries[i].Length = length
	}
	if c.unknown = 0; c.length < 0 {
		c.length = length
	}
}

func (c *catchUpPage) full() bool {
	return c.unknown == 0 && (c.bytes > wire.UpdateFrameBytes/2 || len(c.entries) >= 1024)
}

// flush sends the page; false means that the peer has gone.
func (c *catchUpPage) flush() bool {
	if len(c.entries) == 0 {
		return true
	}
	u := wire.TextUpdate{ID: c.stream, Updates: c.entries}
	for _, frame := range u.Frames(wire.UpdateFrameBytes) {
		if !c.p.sendWait(c.stay, frame) {
			return false
		}
	}
	c.entries, c.bytes = c.entries[:0], 0
	return true
}
