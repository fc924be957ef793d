package projection

import (
	"cmp"
	"maps"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// Freeze appends the whole state of t to dst. Thaw returns a thread that equals t
// and stays equal whatever is applied to both. The bytes depend on the state
// alone, not on how t reached it. They are not compressed and have no checksum.
func (t *Thread) Freeze(dst []byte) []byte {
	t.endTyping()
	f := freezer{append(dst, freezeVersion, frozenThread)}
	f.string(string(t.Stream))
	f.uint(uint64(t.Revision))
	f.string(t.Title)
	f.raw(t.OpenedBy[:])
	f.int(t.OpenedAt)
	f.int(t.UpdatedAt)
	f.raw(t.UpdatedBy[:])
	f.bool(t.Written)
	f.uint(uint64(t.Redactions))
	f.uint(t.Inserted)
	f.uint(t.Deleted)
	f.uint(uint64(t.recent))
	f.people(t)
	f.facts(t)
	f.aliases(t.aliases)
	f.lines(&t.lines)
	f.text(&t.text)
	f.patches(&t.patches)
	f.stretch(&t.stretch)
	return f.out
}

// Thaw returns the thread that Freeze wrote. The error wraps ErrFrozen. Thaw keeps
// nothing of b.
func Thaw(b []byte) (*Thread, error) {
	f := thawer{in: b}
	f.begin(frozenThread)
	t := NewThread(eventlog.Stream(f.string()))
	t.Revision = eventlog.Revision(f.uint())
	t.Title = f.string()
	copy(t.OpenedBy[:], f.raw(16))
	t.OpenedAt, t.UpdatedAt = f.int(), f.int()
	copy(t.UpdatedBy[:], f.raw(16))
	t.Written = f.bool()
	t.Redactions = int(f.below(1 << 32))
	t.Inserted, t.Deleted = f.uint(), f.uint()
	t.recent = int(f.below(1 << 32))
	f.people(t)
	f.facts(t)
	f.aliases(t)
	all := f.lines(t)
	f.text(t, all)
	f.patches(t, &t.patches)
	f.stretch(t)
	if t.Written != (len(all) > 0) {
		f.fail("%d lines in a thread with written=%t", len(all), t.Written)
	}
	if err := f.end(); err != nil {
		return nil, err
	}
	return t, nil
}

// people writes authors and clients.
func (f *freezer) people(t *Thread) {
	f.uint(uint64(len(t.authors)))
	for i := range t.authors {
		f.raw(t.authors[i][:])
	}
	ids := slices.SortedFunc(maps.Keys(t.clients), func(a, b eventlog.ClientID) int { return slices.Compare(a[:], b[:]) })
	f.uint(uint64(len(ids)))
	for i := range ids {
		f.raw(ids[i][:])
	}
	for _, id := range ids {
		f.uint(uint64(t.numbers[t.clients[id].Author])) // the author of a client made a record
	}
	for _, id := range ids {
		f.uint(t.clients[id].Seq)
	}
}

func (f *thawer) people(t *Thread) {
	t.authors = make([]eventlog.AuthorID, f.count(16))
	for i := range t.authors {
		copy(t.authors[i][:], f.raw(16))
		t.numbers[t.authors[i]] = uint32(i)
	}
	if len(t.numbers) != len(t.authors) {
		f.fail("an author occurs twice")
	}
	ids := make([]eventlog.ClientID, f.count(16))
	clients := make([]Client, len(ids))
	for i := range ids {
		copy(ids[i][:], f.raw(16))
		t.clients[ids[i]] = &clients[i]
	}
	for i := range clients {
		if n := f.below(uint64(len(t.authors))); f.err == nil {
			clients[i].Author = t.authors[n]
		}
	}
	for i := range clients {
		clients[i].Seq = f.uint()
	}
	if len(t.authors) == 0 {
		t.authors = nil
	}
}

// facts writes the imports and the versions.
func (f *freezer) facts(t *Thread) {
	f.uint(uint64(len(t.Imports)))
	for i := range t.Imports {
		m := &t.Imports[i]
		f.uint(uint64(m.Revisions))
		f.raw(m.Head[:])
		f.raw(m.Digest[:])
		f.uint(uint64(m.Revision))
		f.raw(m.Author[:])
		f.int(m.Time)
	}
	f.uint(uint64(len(t.Versions)))
	for i := range t.Versions {
		v := &t.Versions[i]
		f.string(v.Name)
		f.uint(uint64(v.Of))
		f.uint(uint64(v.Revision))
		f.raw(v.Author[:])
		f.int(v.Time)
	}
}

func (f *thawer) facts(t *Thread) {
	for range f.count(83) {
		m := Import{Imported: event.Imported{Revisions: eventlog.Revision(f.uint())}}
		copy(m.Head[:], f.raw(32))
		copy(m.Digest[:], f.raw(32))
		m.Revision = eventlog.Revision(f.uint())
		copy(m.Author[:], f.raw(16))
		m.Time = f.int()
		t.Imports = append(t.Imports, m)
	}
	for range f.count(20) {
		v := Version{Name: f.string(), Of: eventlog.Revision(f.uint()), Revision: eventlog.Revision(f.uint())}
		copy(v.Author[:], f.raw(16))
		v.Time = f.int()
		t.Versions = append(t.Versions, v)
	}
}

// aliases writes which lines were joined into which, sorted by the joined line.
func (f *freezer) aliases(aliases map[LineID]LineID) {
	ids := slices.SortedFunc(maps.Keys(aliases), func(a, b LineID) int {
		return cmp.Or(cmp.Compare(a.Revision, b.Revision), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	f.uint(uint64(len(ids)))
	last := LineID{}
	for _, id := range ids {
		f.id(id, &last)
	}
	for i, id := range ids {
		if i == 0 {
			last = LineID{}
		}
		f.id(aliases[id], &last)
	}
}

func (f *thawer) aliases(t *Thread) {
	ids := make([]LineID, f.count(4))
	last := LineID{}
	for i := range ids {
		ids[i] = f.id(&last)
	}
	t.aliases = make(map[LineID]LineID, len(ids))
	last = LineID{}
	for _, id := range ids {
		t.aliases[id] = f.id(&last)
	}
}

// id writes the distance of an identity from the last one.
func (f *freezer) id(id LineID, last *LineID) {
	f.int(int64(id.Revision - last.Revision))
	f.uint(uint64(id.Ordinal))
	*last = id
}

func (f *thawer) id(last *LineID) LineID {
	last.Revision += eventlog.Revision(f.int())
	last.Ordinal = uint32(f.below(1 << 32))
	return *last
}
