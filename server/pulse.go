package server

import (
	"bytes"
	"context"
	"time"

	"parodywave/server/internal/wire"
)

const (
	statusPause = 250 * time.Millisecond
	listPause   = time.Second
)

// A pulse tells everybody how many are connected, at most four times a second
// and when it changes, and those who asked once the list of threads, at most
// once a second.
type pulse struct {
	s           *Server
	statusDirty chan struct{}
	listDirty   chan struct{}
}

func newPulse(s *Server) *pulse {
	return &pulse{s: s, statusDirty: make(chan struct{}, 1), listDirty: make(chan struct{}, 1)}
}

func (p *pulse) status() { mark(p.statusDirty) }
func (p *pulse) list()   { mark(p.listDirty) }

func mark(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (p *pulse) loop(ctx context.Context) {
	status, list := p.statusDirty, p.listDirty
	var statusOver, listOver <-chan time.Time
	last := [2]int{-1, -1}
	var said []byte // the list last told
	typing := false // somebody in it is: that ends without an event
	for {
		select {
		case <-ctx.Done():
			return
		case <-status:
			if now := [2]int{p.s.peers.count(), p.s.hub.threads()}; now != last {
				last = now
				p.tell(statusKind, p.s.status(), func(*peer) bool { return true })
			}
			status, statusOver = nil, time.After(statusPause)
		case <-statusOver:
			status, statusOver = p.statusDirty, nil
		case <-list:
			said, typing = p.tellList(said)
			list, listOver = nil, time.After(listPause)
		case <-listOver:
			if list, listOver = p.listDirty, nil; typing {
				p.list()
			}
		}
	}
}

// tellList tells the list to those who asked for it once, unless that was said
// already. It returns what it said and whether somebody is typing in that.
func (p *pulse) tellList(said []byte) ([]byte, bool) {
	asked := func(q *peer) bool { return q.listed.Load() }
	if len(p.s.peers.all(asked)) == 0 { // making one looks at every thread
		return nil, false
	}
	frame, typing := p.s.list()
	if !bytes.Equal(frame, said) {
		p.tell(listKind, frame, asked)
	}
	return frame, typing
}

func (p *pulse) tell(k kind, frame []byte, who func(*peer) bool) {
	for _, q := range p.s.peers.all(who) {
		q.offer(k, frame)
	}
}

// status returns the frame that says how many are connected.
func (s *Server) status() []byte {
	r := wire.StatusReply{Connections: s.peers.count(), Threads: s.hub.threads()}
	return framed(&r)
}

// list returns the frame with the newest threads, and whether somebody is
// typing in them.
func (s *Server) list() ([]byte, bool) {
	threads, total := s.hub.list(0, wire.ThreadsInList)
	r := wire.ListReply{Total: total, Threads: make([]wire.ThreadRow, len(threads))}
	typing := false
	for i, t := range threads {
		r.Threads[i] = s.row(t)
		typing = typing || len(r.Threads[i].Typing) > 0
	}
	return framed(&r), typing
}

func (s *Server) row(t listed) wire.ThreadRow {
	g := s.glance(t.room)
	return wire.ThreadRow{
		ID: t.Stream, Title: t.Title,
		OpenedBy: s.people.Name(t.OpenedBy), OpenedAt: t.OpenedAt,
		UpdatedBy: s.people.Name(t.UpdatedBy), UpdatedAt: t.UpdatedAt,
		Lines: t.Lines, Connections: g.Connections,
		Rev: t.Revision, Here: g.Here, Typing: g.Typing, Last: t.Last,
	}
}
