package projection

import (
	"maps"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"

	"github.com/oklog/ulid/v2"
)

// Freeze appends the whole list to dst; see Thread.Freeze.
func (d *Directory) Freeze(dst []byte) []byte {
	f := freezer{append(dst, freezeVersion, frozenDirectory)}
	streams := slices.Sorted(maps.Keys(d.threads))
	f.uint(uint64(len(streams)))
	for _, stream := range streams {
		s := d.threads[stream]
		f.string(string(stream))
		f.raw(s.OpenedBy[:])
		f.int(s.OpenedAt)
		f.raw(s.UpdatedBy[:])
		f.int(s.UpdatedAt - s.OpenedAt)
		f.uint(uint64(s.Lines))
		f.uint(uint64(s.Revision))
		f.uint(uint64(s.Authors))
		f.string(s.Title)
		f.string(s.Last)
	}
	return f.out
}

// ThawDirectory returns the list that Freeze wrote. The error wraps ErrFrozen.
func ThawDirectory(b []byte) (*Directory, error) {
	f := thawer{in: b}
	f.begin(frozenDirectory)
	n := f.count(39)
	d := &Directory{threads: make(map[eventlog.Stream]*Summary, n)}
	for range n {
		s := &Summary{Stream: eventlog.Stream(f.string())}
		copy(s.OpenedBy[:], f.raw(16))
		s.OpenedAt = f.int()
		copy(s.UpdatedBy[:], f.raw(16))
		s.UpdatedAt = s.OpenedAt + f.int()
		s.Lines = int(f.below(1 << 32))
		s.Revision = eventlog.Revision(f.uint())
		s.Authors = int(f.below(1 << 32))
		s.Title, s.Last = f.string(), f.string()
		d.threads[s.Stream] = s
	}
	return d, f.end()
}

// Clone returns an independent copy.
func (d *Directory) Clone() *Directory { return &Directory{threads: maps.Clone(d.threads)} }

// Freeze appends the whole state of a to dst; see Thread.Freeze.
func (a *Authors) Freeze(dst []byte) []byte {
	f := freezer{append(dst, freezeVersion, frozenAuthors)}
	f.uint(uint64(a.Revision))
	ids := slices.SortedFunc(maps.Keys(a.byID), func(x, y eventlog.AuthorID) int { return slices.Compare(x[:], y[:]) })
	f.uint(uint64(len(ids)))
	for _, id := range ids {
		p := a.byID[id]
		f.raw(id[:])
		f.string(p.Name)
		f.string(string(p.Kind))
		known, ok := a.byName[authorName{p.Name, p.Kind}]
		f.bool(ok && known == id) // authors are found by their present name only
	}
	return f.out
}

// ThawAuthors returns the authors that Freeze wrote. The error wraps ErrFrozen.
func ThawAuthors(b []byte) (*Authors, error) {
	f := thawer{in: b}
	f.begin(frozenAuthors)
	a := NewAuthors()
	a.Revision = eventlog.Revision(f.uint())
	for range f.count(19) {
		var p Author
		copy(p.ID[:], f.raw(16))
		p.Name, p.Kind = f.string(), event.AuthorKind(f.string())
		a.byID[p.ID] = p
		if f.bool() {
			a.byName[authorName{p.Name, p.Kind}] = p.ID
		}
	}
	return a, f.end()
}

// Freeze appends the whole state of c to dst; see Thread.Freeze.
func (c *Connections) Freeze(dst []byte) []byte {
	f := freezer{append(dst, freezeVersion, frozenConnections)}
	f.uint(uint64(c.Revision))
	f.uint(uint64(c.Through))
	f.uint(uint64(c.Runs))
	f.uint(uint64(c.Visits))
	f.uint(uint64(c.Peak))
	ids := slices.SortedFunc(maps.Keys(c.open), func(a, b eventlog.ClientID) int { return slices.Compare(a[:], b[:]) })
	f.uint(uint64(len(ids)))
	for _, id := range ids {
		o := c.open[id]
		f.raw(id[:])
		f.raw(o.Place.Run[:])
		f.string(o.Place.Node)
		f.int(o.Since)
		f.raw(o.Author[:])
		f.string(string(o.Thread))
	}
	return f.out
}

// ThawConnections returns the connections that Freeze wrote. The error wraps
// ErrFrozen.
func ThawConnections(b []byte) (*Connections, error) {
	f := thawer{in: b}
	f.begin(frozenConnections)
	c := NewConnections()
	c.Revision, c.Through = eventlog.Revision(f.uint()), eventlog.Revision(f.uint())
	c.Runs, c.Visits, c.Peak = int(f.below(1<<62)), int(f.below(1<<62)), int(f.below(1<<62))
	for range f.count(51) {
		var o Connection
		copy(o.ID[:], f.raw(16))
		o.Place = event.Place{Run: ulid.ULID(f.raw(16)), Node: f.string()}
		o.Since = f.int()
		copy(o.Author[:], f.raw(16))
		o.Thread = eventlog.Stream(f.string())
		c.open[o.ID] = o
	}
	return c, f.end()
}
