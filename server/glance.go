package server

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// typingFor is how long after an edit its author counts as typing, in
// microseconds of Server.clock.
const typingFor = 5_000_000

// A glance is what the list says of a room's people.
type glance struct {
	connections  int
	here, typing []string // never nil
}

// glance returns who is in r, which may be nil, and who of them types.
func (s *Server) glance(r *room) glance {
	g := glance{here: []string{}, typing: []string{}}
	if r == nil {
		return g
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	g.connections = len(r.peers)
	var seen [wire.NamesInRow]eventlog.AuthorID
	n := 0
	for _, p := range r.peers {
		if n == len(seen) {
			break
		}
		if !slices.Contains(seen[:n], p.author) {
			seen[n] = p.author
			n++
		}
	}
	for _, author := range seen[:n] {
		if name := s.people.name(author); !slices.Contains(g.here, name) {
			g.here = append(g.here, name)
		}
	}
	g.typing = r.typing(s, g.typing)
	return g
}

// typing appends the names of those in r who made an edit a moment ago, in
// order and not too many; who has left types no more. The caller holds mu.
func (r *room) typing(s *Server, names []string) []string {
	if len(r.writers) == 0 {
		return names
	}
	now := s.clock()
	var seen eventlog.AuthorID // of a person's connections many come in a row
	for _, p := range r.peers {
		if p.author == seen {
			continue
		}
		seen = p.author
		if w := r.writers[p.author]; w != nil && now-w.at < typingFor {
			names = append(names, s.people.name(p.author))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), wire.NamesInRow)]
}
