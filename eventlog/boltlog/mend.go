package boltlog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A damage is damaged records of one stream.
func (l *Log) damage(s eventlog.Stream, r eventlog.Revision, p eventlog.Position, err error) {
	if l.unreadable[s] == nil {
		d := &eventlog.DamageError{Stream: s, Revision: r, Position: p, Err: err}
		l.unreadable[s] = d
		l.damages = append(l.damages, *d)
	}
}

// Damaged returns the first damage of each stream that Open found. Reading such a
// stream, and appending to it, returns its *eventlog.DamageError; Streams, Scan and
// AllSegments leave it out. Damage without a stream is a damaged value
// whose records the chain proves, every one.
func (l *Log) Damaged() []eventlog.DamageError { return l.damages }

// undamaged returns an error if moving records would hide damage.
func (l *Log) undamaged(what string) error {
	if len(l.damages) == 0 {
		return nil
	}
	return fmt.Errorf("%s a damaged log: %w", what, &l.damages[0])
}

// A mender replaces a damaged value, in memory, by what the chain proves of it.
type mender struct {
	*loader
	value   []byte
	records []eventlog.Record
	chains  map[eventlog.Stream]chain.Digest
}

// mend returns an extent with the records of those streams in a damaged value that
// the chain proves, and holes in place of the others. It believes the directory if that
// fits the rest of the log in all its numbers; if not, nobody knows which streams are
// damaged, and the error is why.
func (d *loader) mend(bucket string, key, value []byte, why error) (extent, error) {
	if d.log.id.version < marked {
		return extent{}, why
	}
	var e extent
	err := guard("read", func() (err error) {
		e, err = d.opener.openUnchecked(value)
		return err
	})
	at := e.First
	if bucket == bucketBlocks {
		at = e.Last()
	}
	if err != nil || string(key) != string(positionKey(at)) || e.First != d.log.last+1 || !d.fits(&e) {
		return extent{}, why
	}
	m := mender{loader: d, value: value, chains: map[eventlog.Stream]chain.Digest{}}
	first, count, log := e.First, e.Count, e.Log
	known := len(d.log.damages)
	for _, p := range slices.Clone(e.Parts) {
		m.part(&p, first, why)
	}
	if len(d.log.damages) == known && len(m.records) > 0 {
		d.log.damages = append(d.log.damages, eventlog.DamageError{Position: first, Err: why})
	}
	made, err := m.encode(first, count, log)
	if err != nil {
		return extent{}, why
	}
	d.log.mended[bucket+string(key)] = made
	d.open = why
	e, err = d.opener.open(made)
	e.mended = true
	return e, err
}

// fits reports whether the directory of a damaged value continues the log.
func (d *loader) fits(e *extent) bool {
	total := uint64(0)
	for i := range e.Parts {
		p := &e.Parts[i]
		s := d.log.streams[p.Stream]
		if s == nil {
			s = newStream(p.Stream)
		}
		if p.First != s.head.Revision+1 || p.Count > e.Count-total {
			return false
		}
		total += p.Count
	}
	return total == e.Count || total < e.Count && d.pruned
}

// part keeps the records of one stream if the chain proves them, and otherwise notes
// the stream as damaged.
func (m *mender) part(p *pack.Part, first eventlog.Position, why error) {
	l := m.log
	s := l.streams[p.Stream]
	if s == nil {
		s = newStream(p.Stream)
	}
	n := len(m.records)
	err := guard("read", func() error {
		if l.unreadable[p.Stream] != nil {
			return why
		}
		e, err := m.opener.openUnchecked(m.value)
		if err != nil {
			return err
		}
		c := chainer{salter: m.salter, name: p.Stream, chain: s.head.Chain}
		for r, err := range e.records(p.Stream) {
			if err != nil {
				return err
			}
			if _, err := c.next(r); err != nil {
				return err
			}
			m.records = append(m.records, *r)
		}
		if (c.chain != p.Chain || uint64(len(m.records)-n) != p.Count) && !l.options.noChain {
			return why
		}
		return nil
	})
	if err == nil {
		m.chains[p.Stream] = p.Chain
		return
	}
	m.records = m.records[:n]
	l.damage(p.Stream, p.First, first, why)
	s.head = eventlog.Head{Stream: p.Stream, Revision: p.Last(), Time: p.Time, Chain: p.Chain}
	s.next, l.streams[p.Stream] = s.head, s
}

// encode returns a group of the records kept.
func (m *mender) encode(first eventlog.Position, count uint64, log chain.Digest) ([]byte, error) {
	slices.SortFunc(m.records, func(a, b eventlog.Record) int { return cmp.Compare(a.Position, b.Position) })
	var b pack.Builder
	b.Reset(first)
	next, end := first, first+eventlog.Position(count)
	revisions := map[eventlog.Stream]eventlog.Revision{}
	for i := range m.records {
		r := &m.records[i]
		if r.Position < next || r.Position >= end || r.Revision <= revisions[r.Stream] {
			return nil, errors.New("the order of the records is damaged")
		}
		revisions[r.Stream] = r.Revision
		if r.Position > next {
			b.Holes(uint64(r.Position - next))
		}
		b.Add(r, m.chains[r.Stream], false)
		next = r.Position + 1
	}
	if next < end {
		b.Holes(uint64(end - next))
	}
	return b.Encode(log), nil
}

// badSalts notes damaged salts as damage of their stream, once all streams are known.
func (d *loader) badSalts(key []byte, why error) error {
	name, span, err := splitSaltKey(key)
	s := d.log.streams[name]
	if err != nil || s == nil || d.log.id.version < marked {
		return why
	}
	if last, _ := chain.Span(uint64(s.head.Revision)); span > last {
		return why
	}
	d.log.damage(name, eventlog.Revision(span*chain.SpanLength+1), 0, why)
	return nil
}

// finish decides whether the log can be used despite its damage.
func (d *loader) finish() error {
	for _, b := range d.spoiled {
		if err := d.badSalts(b.key, b.err); err != nil {
			return err
		}
	}
	if d.open != nil { // nothing vouches for what the newest value says about itself
		return d.open
	}
	for _, name := range []eventlog.Stream{eventlog.Authors, eventlog.Access, eventlog.Connections} {
		if err := d.log.unreadable[name]; err != nil {
			return err
		}
	}
	return nil
}

// damageWarnings returns warnings about damaged streams.
func (l *Log) damageWarnings() (all []string) {
	for i := range l.damages {
		if i == 20 {
			return append(all, fmt.Sprintf("%d more places are damaged", len(l.damages)-i))
		}
		d := l.damages[i]
		what := "the stream cannot be read or written, the others can"
		if d.Stream == "" {
			what = "all its records could be read and proved"
		}
		all = append(all, fmt.Sprintf("%s: %s; until this is repaired, no old records are compressed or pruned; keep a copy of the log and run parodywave verify", Problem{d.Position, d.Stream, d.Revision, d.Err}, what))
	}
	return all
}
