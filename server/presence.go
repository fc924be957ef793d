package server

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// peoplePause is how often at most text mode is told who is there, for each
// hundred connections in the thread: a crowd that comes in at once must not be
// told of each other one by one.
const peoplePause = 250 * time.Millisecond

// A presence is who is in a room and who writes there. It is told of every
// append, and so keeps times and counts only; names are looked up when asked.
type presence struct {
	mu    sync.Mutex
	peers []*peer // in order of arrival
	texts int     // those of them in text mode

	edits   meter
	writers map[eventlog.AuthorID]*writer
	last    *writer // of the last edit: the next is likely by the same
	swept   int64   // when writers was last rid of who stopped

	due  bool // text mode will be told who is there
	told time.Time
	said uint64 // hash of what it was told
}

// A writer is somebody who made edits in a room of late.
type writer struct {
	author eventlog.AuthorID
	at     int64 // of the last edit, on Server.clock
	edits  meter
}

// wrote takes n edits by one author into account; the caller holds mu.
func (p *presence) wrote(author eventlog.AuthorID, n int, at int64) {
	w := p.last
	if w == nil || w.author != author {
		if w = p.writers[author]; w == nil {
			w = p.join(author, at)
		}
		p.last = w
	}
	w.at = at
	w.edits.add(at/1e6, n)
	p.edits.add(at/1e6, n)
}

func (p *presence) join(author eventlog.AuthorID, at int64) *writer {
	if at-p.swept > window*1e6 {
		for id, w := range p.writers {
			if at-w.at > window*1e6 {
				delete(p.writers, id)
			}
		}
		p.swept = at
	}
	if p.writers == nil {
		p.writers = map[eventlog.AuthorID]*writer{}
	}
	w := &writer{author: author}
	p.writers[author] = w
	return w
}

// note takes into account what was appended.
func (r *room) note(s *Server, records []eventlog.Record) {
	at, edits := s.clock(), 0
	r.mu.Lock()
	for i := 0; i < len(records); {
		n, author := 0, records[i].Author
		for ; i < len(records) && records[i].Author == author; i++ {
			if records[i].Kind == kindChanged {
				n++
			}
		}
		if n > 0 {
			r.wrote(author, n, at)
		}
		edits += n
	}
	r.mu.Unlock()
	if edits > 0 {
		s.activity.edits.Add(uint64(edits))
	}
}

// enter and leave are for a peer that has joined or left.
func (r *room) enter(s *Server, p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.aware = false
	r.peers = append(r.peers, p)
	if p.text {
		r.texts++
	}
	r.announce(s)
}

func (r *room) leave(s *Server, p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.peers, p)
	if i < 0 {
		return
	}
	r.peers = slices.Delete(r.peers, i, i+1)
	if p.text {
		r.texts--
	}
	r.announce(s)
}

// announce has text mode told soon who is there; the caller holds mu.
func (r *room) announce(s *Server) {
	if r.due || r.texts == 0 {
		return
	}
	r.due = true
	pause := peoplePause * time.Duration((len(r.peers)+99)/100)
	time.AfterFunc(time.Until(r.told.Add(pause)), func() { r.tellPeople(s) })
}

var peopleSeed = maphash.MakeSeed()

// tellPeople tells text mode who is there: all when that has changed, else
// those who have come since.
func (r *room) tellPeople(s *Server) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due, r.told = false, time.Now()
	frame := framed(r.people(s))
	hash := maphash.Bytes(peopleSeed, frame)
	changed := hash != r.said
	r.said = hash
	for _, p := range r.peers {
		if p.text && (changed || !p.aware) {
			p.aware = true
			p.offer(peopleKind, frame)
		}
	}
}

// people returns who is there; the caller holds mu.
func (r *room) people(s *Server) *wire.People {
	type person struct {
		author eventlog.AuthorID
		text   bool
	}
	m := &wire.People{ID: r.stream}
	seen := make(map[person]struct{}, min(len(r.peers), 1024))
	for _, p := range r.peers {
		who := person{p.author, p.text}
		if _, ok := seen[who]; ok {
			continue
		}
		seen[who] = struct{}{}
		if len(m.People) < wire.PeopleInFrame {
			m.People = append(m.People, wire.Person{User: s.people.Name(p.author), Author: p.author, Text: p.text})
		}
	}
	m.Total = len(seen)
	return m
}
