package live

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// typingFor is how long after an edit its author counts as typing, in
// microseconds of stats.clock.
const typingFor = 5_000_000

// present returns a presence summary of r, which may be nil: its connections, and
// the names of some people in it and of those of them who type. Neither list of
// names is nil.
func (h *Hub) present(r *room) (connections int, here, typing []string) {
	here, typing = []string{}, []string{}
	if r == nil {
		return 0, here, typing
	}
	r.mu.Lock()
	defer r.mu.Unlock()
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
		if name := h.people.Name(author); !slices.Contains(here, name) {
			here = append(here, name)
		}
	}
	return len(r.peers), here, h.typing(r, typing)
}

// typing appends the names of the people in r who made an edit a moment ago, in
// order, wire.NamesInRow at most. The caller holds r.mu.
func (h *Hub) typing(r *room, names []string) []string {
	if len(r.writers) == 0 {
		return names
	}
	now := h.stats.clock()
	var seen eventlog.AuthorID // a person's connections often stand in a row
	for _, p := range r.peers {
		if p.author == seen {
			continue
		}
		seen = p.author
		if w := r.writers[p.author]; w != nil && now-w.at < typingFor {
			names = append(names, h.people.Name(p.author))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), wire.NamesInRow)]
}
