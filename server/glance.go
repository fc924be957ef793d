package server

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

// typingFor is how long after an edit its author counts as typing, in
// microseconds of Server.clock.
const typingFor = 5_000_000

// glance returns who is in r, which may be nil, and who of them types.
func (s *Server) glance(r *room) api.Presence {
	g := api.Presence{Here: []string{}, Typing: []string{}}
	if r == nil {
		return g
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	g.Connections = len(r.peers)
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
		if name := s.people.Name(author); !slices.Contains(g.Here, name) {
			g.Here = append(g.Here, name)
		}
	}
	g.Typing = r.typing(s, g.Typing)
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
			names = append(names, s.people.Name(p.author))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), wire.NamesInRow)]
}
