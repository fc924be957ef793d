package claims

import (
	"maps"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Memory holds what the newest records deleted from the text, so that a claim can be
// compared with it. It is no part of the thread or of a snapshot: after a restart it is
// empty. A redaction empties it.
type Memory struct {
	base    eventlog.Revision // revision before the first record
	records []remembered
	clients map[eventlog.ClientID]*numbered
	dead    map[projection.LineID]eventlog.Revision // lines of deletions that no longer exist, and the record that ended each
	weight  int                                     // of all deletions

	// Redacted text may be among what was deleted up to doubt, unless the record is
	// remembered.
	doubt eventlog.Revision
	max   int // of weight

	// Believe makes every claim hold. It is for tests that must see a lie.
	Believe bool
}

const (
	// Max is how many units a server remembers for a thread; a line counts as lineWeight.
	Max        = 1 << 20
	lineWeight = 8
	// maxRecords bounds the records, deletions or not.
	maxRecords = 1 << 14
)

// A remembered record is where it edited the text, and what it deleted there.
type remembered struct {
	author uint32 // number
	length int32  // of the text before
	one    [1]placed
	more   *more // nil for most typing
}

// more is the rest of a remembered record.
type more struct {
	edits     []placed // nil unless there are several
	deletions []deletion
	ended     []projection.LineID // lines that are in Memory.dead because of it
	redacted  bool                // what it deleted
	forgotten bool                // the deletions are over the bound of the whole memory
}

// placed says that an edit replaced the units from..to by n units.
type placed struct{ from, to, n int32 }

var nothing more

// rest returns more of r. It must not be changed.
func (r *remembered) rest() *more {
	if r.more == nil {
		return &nothing
	}
	return r.more
}

func (r *remembered) edits() []placed {
	if e := r.rest().edits; e != nil {
		return e
	}
	return r.one[:]
}

// A deletion is what one edit took out of the text, with the lines that it lay in. Units
// may be empty: then only the line's row matters, which was another author's.
type deletion struct {
	rev   eventlog.Revision
	at    int // of the text before
	units []uint16
	spans []projection.Stretch
	lines []lineThen // one more than units has breaks
}

// numbered is the records of one client that it numbered, without a gap.
type numbered struct {
	seen uint64 // seq of the first since doubt
	seq  uint64 // of the first in revs
	revs []eventlog.Revision
}

// New returns an empty memory of at most max units, for the records of t from now on.
func New(t *projection.Thread, max int) *Memory {
	m := &Memory{base: t.Revision, max: max, clients: map[eventlog.ClientID]*numbered{}, dead: map[projection.LineID]eventlog.Revision{}}
	if t.Redactions > 0 {
		m.doubt = t.Revision
	}
	return m
}

// Before notes what e, which is about to be applied to t, edits and deletes.
func (m *Memory) Before(t *projection.Thread, e *event.Event) {
	r := remembered{length: int32(t.Len())}
	switch f := e.Payload.(type) {
	case event.Changed:
		r = remember(t, e, f)
		m.number(e)
	case event.Redacted:
		m.redact(f)
	}
	if r.weight() > m.max { // and to forget other records would not help
		r.more.deletions, r.more.forgotten = nil, true
	}
	m.weight += r.weight()
	m.records = append(m.records, r)
	if len(m.records) > maxRecords || m.weight > m.max {
		m.trim()
	}
}

func remember(t *projection.Thread, e *event.Event, f event.Changed) (r remembered) {
	if r.length = int32(t.Len()); t.LineCount() == 0 {
		return r
	}
	_, single := f.Change.Only()
	var rest more
	for ed := range f.Change.Edits() {
		p := placed{int32(ed.FromA), int32(ed.ToA), int32(len(ed.Insert))}
		if single {
			r.one[0] = p
		} else {
			rest.edits = append(rest.edits, p)
		}
		if ed.FromA < ed.ToA || t.RowAt(ed.FromA).Author != e.Author {
			rest.deletions = append(rest.deletions, deleted(t, e.Revision, ed.FromA, ed.ToA))
		}
	}
	if len(rest.edits)+len(rest.deletions) > 0 {
		r.more = &rest
	}
	return r
}

// deleted returns what a record deletes with the units from..to of the text.
func deleted(t *projection.Thread, rev eventlog.Revision, from, to int) deletion {
	d := deletion{rev: rev, at: from, units: t.Units(from, to), spans: t.StretchesOf(from, to)}
	first, last := t.LineAt(from), t.LineAt(to)
	d.lines = make([]lineThen, 0, last-first+1)
	for i := first; i <= last; i++ {
		d.lines = append(d.lines, lineOf(t, i, i == first || i == last))
	}
	return d
}

// change returns a change that edits as r does, with other text.
func (r *remembered) change() ot.Change {
	var b ot.Builder
	for _, ed := range r.edits() {
		if ed != (placed{}) {
			b.Edit(int(ed.from), int(ed.to), make([]uint16, ed.n))
		}
	}
	b.KeepTo(int(r.length))
	return b.Change()
}

// inserted returns how many units r inserted.
func (r *remembered) inserted() int {
	n := 0
	for _, ed := range r.edits() {
		n += int(ed.n)
	}
	return n
}

func (d *deletion) weight() int { return len(d.units) + lineWeight*len(d.lines) }

func (r *remembered) weight() int {
	n := 0
	for i := range r.rest().deletions {
		n += r.more.deletions[i].weight()
	}
	return n
}

// number notes the revision of a client's numbered entry.
func (m *Memory) number(e *event.Event) {
	if e.Seq == 0 {
		return
	}
	n := m.clients[e.Client]
	if n == nil {
		n = &numbered{seen: e.Seq, seq: e.Seq}
		m.clients[e.Client] = n
	}
	if e.Seq != n.seq+uint64(len(n.revs)) {
		n.seq, n.revs = e.Seq, nil
	}
	n.revs = append(n.revs, e.Revision)
}

// After notes which lines e, which was just applied, ended and which it brought back.
func (m *Memory) After(t *projection.Thread, e *event.Event, hunks []projection.Hunk) {
	r := &m.records[len(m.records)-1]
	author, _ := t.AuthorIndex(e.Author)
	r.author = uint32(author)
	if f, ok := e.Payload.(event.Changed); ok {
		for _, l := range f.Lines {
			delete(m.dead, projection.LineID{Revision: l.Born, Ordinal: uint32(l.Ordinal)})
		}
	}
	if len(hunks) == 0 {
		return
	}
	lives := map[projection.LineID]bool{}
	for _, h := range hunks {
		for _, id := range h.New {
			lives[id] = true
			delete(m.dead, id)
		}
	}
	for _, h := range hunks {
		for _, id := range h.Old {
			if !lives[id] {
				m.dead[id] = e.Revision
				if r.more == nil {
					r.more = &more{}
				}
				r.more.ended = append(r.more.ended, id)
			}
		}
	}
}

// redact forgets all deleted text, and which of it a redaction named.
func (m *Memory) redact(f event.Redacted) {
	named := map[eventlog.Revision]bool{}
	for _, c := range f.Commitments {
		named[c.Revision] = true
	}
	for i := range m.records {
		if r := m.records[i].more; r != nil {
			r.redacted = r.redacted || r.forgotten
			for k := range r.deletions {
				r.redacted = r.redacted || r.deletions[k].names(named)
			}
			r.deletions = nil
		}
	}
	m.weight = 0
	m.suspect(m.base)
}

// suspect notes that redacted text may be among what was deleted up to a revision,
// behind which the first remembered record is.
func (m *Memory) suspect(r eventlog.Revision) {
	m.doubt = max(m.doubt, r)
	for _, c := range m.clients {
		c.seen = c.seq
	}
}

// names reports whether units of d are from one of the revisions.
func (d *deletion) names(revs map[eventlog.Revision]bool) bool {
	for rev := range revs {
		for _, s := range d.spans {
			if rev == s.Revision || s.Typed && rev > s.Revision && rev < s.Revision+eventlog.Revision(s.Length) {
				return true
			}
		}
	}
	return false
}

// trim forgets the oldest records until the bounds hold, and some more, so that it is
// rare.
func (m *Memory) trim() {
	n := max(0, len(m.records)-maxRecords*3/4)
	redacted := false
	for i := range m.records {
		if i >= n && m.weight <= m.max*7/8 {
			break
		}
		m.weight -= m.records[i].weight()
		redacted = redacted || m.records[i].rest().redacted
		for _, id := range m.records[i].rest().ended {
			if m.dead[id] == m.base+1+eventlog.Revision(i) {
				delete(m.dead, id)
			}
		}
		n = max(n, i+1)
	}
	m.base += eventlog.Revision(n)
	m.records = slices.Clone(m.records[n:])
	for _, c := range m.clients {
		k, _ := slices.BinarySearch(c.revs, m.base+1)
		c.seq, c.revs = c.seq+uint64(k), slices.Clone(c.revs[k:])
	}
	if redacted {
		m.suspect(m.base)
	}
	if m.doubt == 0 {
		maps.DeleteFunc(m.clients, func(_ eventlog.ClientID, c *numbered) bool { return len(c.revs) == 0 })
	}
}

// Cut forgets the records after a revision, which are not in the log. A line that they ended
// or brought back counts as living.
func (m *Memory) Cut(r eventlog.Revision) {
	kept := max(r, m.base) - m.base
	for i := range m.records[kept:] {
		m.weight -= m.records[int(kept)+i].weight()
	}
	m.base, m.records = min(r, m.base), m.records[:kept]
	for id, at := range m.dead {
		if at > r {
			delete(m.dead, id)
		}
	}
	for _, c := range m.clients {
		k, _ := slices.BinarySearch(c.revs, r+1)
		c.revs = c.revs[:k]
	}
}

// record returns a record, nil if it is not remembered.
func (m *Memory) record(rev eventlog.Revision) *remembered {
	if rev <= m.base || rev > m.base+eventlog.Revision(len(m.records)) {
		return nil
	}
	return &m.records[rev-m.base-1]
}

// entries returns the revisions of a client's entries from..to by seq, nil unless all
// are remembered.
func (m *Memory) entries(client eventlog.ClientID, from, to uint64) []eventlog.Revision {
	n := m.clients[client]
	if n == nil || from < n.seq || to >= n.seq+uint64(len(n.revs)) {
		return nil
	}
	return n.revs[from-n.seq : to-n.seq+1]
}
