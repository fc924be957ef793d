package live

import (
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

// peoplePause is how long at least passes between two people frames, for each
// hundred connections in the thread: a crowd that arrives at once must not get a
// frame for each of its members.
const peoplePause = 250 * time.Millisecond

// A presence is the connections in a room and the authors who write there. Every
// append is counted in it, so it keeps times and counts only: names are looked
// up when a frame needs them.
type presence struct {
	mu    sync.Mutex
	peers []*peer // in order of arrival
	texts int     // how many of them are in text mode

	edits   meter
	writers map[eventlog.AuthorID]*writer
	last    *writer // of the last edit: the next one is probably theirs
	swept   int64   // when writers was last rid of authors who stopped

	peopleFrames throttle // sendPeople
	sent         uint64   // hash of the last people frame
}

// A writer is an author who made edits in a room lately.
type writer struct {
	author eventlog.AuthorID
	at     int64 // of the last edit, on stats.clock
	edits  meter
}

// wrote counts n edits by one author; the caller holds mu.
func (p *presence) wrote(author eventlog.AuthorID, n int, at int64) {
	w := p.last
	if w == nil || w.author != author {
		if w = p.writers[author]; w == nil {
			w = p.addWriter(author, at)
		}
		p.last = w
	}
	w.at = at
	w.edits.add(at/1e6, n)
	p.edits.add(at/1e6, n)
}

func (p *presence) addWriter(author eventlog.AuthorID, at int64) *writer {
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

var kindChanged = event.Kind(event.Changed{})

// count counts the edits among appended records.
func (r *room) count(records []eventlog.Record) {
	at, edits := r.hub.stats.clock(), 0
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
		r.hub.stats.edits.Add(uint64(edits))
	}
}

// enter adds a peer that has joined.
func (r *room) enter(p *peer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.aware = false
	r.peers = append(r.peers, p)
	if p.text {
		r.texts++
	}
	r.peopleChanged()
}

// leave removes a peer.
func (r *room) leave(p *peer) {
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
	r.peopleChanged()
}

// peopleChanged has the people frame sent soon; the caller holds mu.
func (r *room) peopleChanged() {
	if r.texts > 0 {
		r.peopleFrames.mark(peoplePause * time.Duration((len(r.peers)+99)/100))
	}
}

var peopleSeed = maphash.MakeSeed()

// sendPeople sends the people frame to peers in text mode: to all of them when it
// has changed, else to those that have joined since the last one.
func (r *room) sendPeople() {
	r.mu.Lock()
	defer r.mu.Unlock()
	frame := encoded(r.peopleFrame())
	hash := maphash.Bytes(peopleSeed, frame)
	changed := hash != r.sent
	r.sent = hash
	for _, p := range r.peers {
		if p.text && (changed || !p.aware) {
			p.aware = true
			p.offer(peopleKind, frame)
		}
	}
}

// peopleFrame returns the people in the room; the caller holds mu.
func (r *room) peopleFrame() *wire.People {
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
			m.People = append(m.People, wire.Person{User: r.hub.people.Name(p.author), Author: p.author, Text: p.text})
		}
	}
	m.Total = len(seen)
	return m
}
