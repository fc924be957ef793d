package boltlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A Salvage reads the records of a log's file that still verify, stream by stream, also
// if Open refuses the file. It believes a value by its checksum if bbolt's tree leads to
// it. A part of a damaged value, or of one in any other page, it believes only if the
// chain proves it, if need be with salts of any page. It is not safe for concurrent use.
type Salvage struct {
	path    string
	db      *bbolt.DB // for its lock
	f       *os.File
	opener  *opener
	opened  map[int]extent // blocks, each with an opener of its own, by the index of their values
	id      identity
	damages []eventlog.DamageError

	starts  map[eventlog.Stream]cut
	salts   map[string]*salts // nil: damaged
	stale   map[string]*salts // of pages that the tree does not lead to
	order   []eventlog.Stream
	parts   map[eventlog.Stream][]partRef
	values  []valueRef
	reached bool // the tree leads to the page being indexed
}

// A valueRef is a block or group in the file.
type valueRef struct {
	offset  int64
	size    int
	sound   bool // the checksum matches
	reached bool // the tree leads to it
}

// trust is higher for what is to be tried first.
func (v *valueRef) trust() int {
	switch {
	case v.sound && v.reached:
		return 2
	case v.sound:
		return 1
	}
	return 0
}

// A partRef says that a value has records of a stream.
type partRef struct {
	value       int
	first, last eventlog.Revision
}

// A Piece is consecutive records of one stream that are as they were written, or, if
// Damage is not nil, a place where records are not.
type Piece struct {
	// Records have their Proof. Its Chain is zero if the chain value before the records
	// is unknown, and its Salt is zero if the salts are lost.
	Records []eventlog.Record

	// Proved says that the chain leads from the chain value stored before the records
	// to the one stored after them. If not, only their checksum vouches for them.
	Proved bool

	Damage  *eventlog.DamageError
	Through eventlog.Revision // the last damaged revision; 0 if unknown
}

// OpenSalvage reads a file for Salvage, under a shared lock. The error says that nothing
// can be read: another process has the file open for writing (ErrLocked), it is of a
// newer version (*eventlog.FormatError), or it is not a log.
func OpenSalvage(ctx context.Context, path string, o Options) (*Salvage, error) {
	o.ReadOnly = true
	db, f, info, err := openSteady(path, o, new(watch))
	if err != nil {
		return nil, fmt.Errorf("salvage %s: %w", path, err)
	}
	s := &Salvage{path: path, db: db, f: f, opener: newOpener(o.Packer), opened: map[int]extent{}, starts: map[eventlog.Stream]cut{},
		salts: map[string]*salts{}, stale: map[string]*salts{}, parts: map[eventlog.Stream][]partRef{}}
	if err := guard("salvage", func() error { return s.index(ctx, info.Size()) }); err != nil {
		s.Close()
		return nil, fmt.Errorf("salvage %s: %w", path, err)
	}
	return s, nil
}

// Close releases the file.
func (s *Salvage) Close() error { return guard("close", s.db.Close) }

// Damages returns the damage found in the file as a whole. That of a stream is in its
// Pieces.
func (s *Salvage) Damages() []eventlog.DamageError { return s.damages }

// Streams returns the streams that the file holds anything of, sorted by name.
func (s *Salvage) Streams() []eventlog.Stream { return s.order }

// Start returns the last revision of a stream that was pruned, 0 if none was.
func (s *Salvage) Start(name eventlog.Stream) eventlog.Revision { return s.starts[name].through }

// Whole reports whether every value that has records of a stream has the right checksum
// and the records follow one another without a gap, and returns the last revision. It
// looks only at what OpenSalvage has read: it does not recompute the chain.
func (s *Salvage) Whole(name eventlog.Stream) (last eventlog.Revision, ok bool) {
	last = s.starts[name].through
	end := last
	for _, p := range s.parts[name] {
		switch {
		case !s.values[p.value].sound:
			end = max(end, p.last)
		case p.first > last+1:
			return last, false
		default:
			last = max(last, p.last)
		}
	}
	return last, end <= last
}

// Pieces yields the pieces of a stream in the order of their revisions. Only an error
// that is not damage ends it early; that error comes last.
func (s *Salvage) Pieces(ctx context.Context, name eventlog.Stream) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		start, ok := s.starts[name]
		if !ok {
			start.chain = chain.Start(string(name))
		}
		r := salvageReader{Salvage: s, name: name, next: start.through + 1, chain: start.chain, known: true}
		for i, ref := range s.parts[name] {
			if err := ctx.Err(); err != nil {
				yield(Piece{}, err)
				return
			}
			var later []partRef
			if later = s.parts[name][i+1:]; ref.last < r.next {
				continue
			}
			pieces, err := r.read(ref, later)
			if err != nil {
				yield(Piece{}, err)
				return
			}
			for _, p := range pieces {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
}

// A salvageReader reads one stream.
type salvageReader struct {
	*Salvage
	name  eventlog.Stream
	next  eventlog.Revision
	chain chain.Digest // at next-1
	known bool         // chain is known
	after chain.Digest // stored after the part that was read last; zero if that is unreadable

	unsalted bool // a salt that this part needs is nowhere
	current  bool // use no stale salts
	usedOld  bool // stale salts were used
}

func (r *salvageReader) damage(first, last eventlog.Revision, err error) Piece {
	return Piece{Through: last, Damage: &eventlog.DamageError{Stream: r.name, Revision: first, Err: err}}
}

// read returns the pieces of one value; later refers to the values after it.
func (r *salvageReader) read(ref partRef, later []partRef) (pieces []Piece, err error) {
	v := r.values[ref.value]
	if !v.sound || !v.reached {
		if !r.known || ref.first > r.next {
			return nil, nil // nothing proves it
		}
		records, ok, err := r.prove(ref)
		if errors.Is(err, eventlog.ErrDamaged) || err == nil && !ok {
			if len(later) > 0 || !v.reached {
				return nil, nil // the next piece says what is missing
			}
			return []Piece{r.damage(r.next, ref.last, damaged("checksum does not match"))}, nil
		}
		if err != nil {
			return nil, err
		}
		return r.advance(ref, records, true), nil
	}
	if ref.first > r.next {
		pieces = append(pieces, r.damage(r.next, ref.first-1, damaged("revisions %d to %d are missing", r.next, ref.first-1)))
		r.next, r.known = ref.first, false
	}
	records, ok, err := r.prove(ref)
	switch {
	case errors.Is(err, eventlog.ErrDamaged):
		pieces = append(pieces, r.damage(r.next, ref.last, err))
	case err != nil:
		return pieces, err
	case !ok && r.known && !r.unsalted:
		pieces = append(pieces, r.damage(r.next, ref.last, damaged("revisions %d to %d do not give the chain value stored after them", ref.first, ref.last)))
	default:
		err := r.salted(ref)
		if err == nil && r.unsalted {
			err = damaged("salts are lost: the records are intact, but nothing can prove them")
		}
		if err != nil {
			pieces = append(pieces, r.damage(r.next, ref.last, err))
		}
		return append(pieces, r.advance(ref, records, ok)...), nil
	}
	r.next, r.known = ref.last+1, r.after != chain.Digest{}
	r.chain = r.after
	return pieces, nil
}

// salted returns an error if the salts of a part are lost.
func (r *salvageReader) salted(ref partRef) error {
	first, _ := chain.Span(uint64(ref.first))
	last, _ := chain.Span(uint64(ref.last))
	for span := first; span <= last; span++ {
		key := saltKey(r.name, span)
		if k, ok := r.salts[string(key)]; ok && k == nil && (r.current || r.stale[string(key)] == nil) {
			return damaged("the salts of span %d are lost: the records are intact, but nothing can prove them", span)
		}
	}
	return nil
}

// advance moves the reader behind a part.
func (r *salvageReader) advance(ref partRef, records []eventlog.Record, proved bool) []Piece {
	r.next, r.known, r.chain = ref.last+1, true, r.after
	if len(records) == 0 {
		return nil
	}
	return []Piece{{Records: records, Proved: proved}}
}

// prove reads the records of a part from r.next on. It reports whether the chain leads
// from r.chain to the part's. Stale salts are as good as others if it does.
func (r *salvageReader) prove(ref partRef) (records []eventlog.Record, ok bool, err error) {
	r.current, r.usedOld = false, false
	records, ok, err = r.try(ref)
	if r.usedOld && !ok {
		r.current = true
		records, ok, err = r.try(ref)
	}
	return records, ok, err
}

// try is prove with current salts only, or with stale ones where there are no others.
func (r *salvageReader) try(ref partRef) (records []eventlog.Record, ok bool, err error) {
	r.after, r.unsalted = chain.Digest{}, false
	err = guard("read "+string(r.name), func() error {
		e, err := r.extent(ref.value)
		if err != nil {
			return err
		}
		c := chainer{salter: r.saltsOf, name: r.name, chain: r.chain}
		proved := r.known
		r.after = e.Part(r.name).Chain
		for rec, err := range e.records(r.name) {
			if err != nil {
				return err
			}
			if rec.Revision < r.next {
				continue
			}
			p, err := c.next(rec)
			if errors.Is(err, errNoSalts) {
				proved, err, r.unsalted = false, nil, true
				p = eventlog.Proof{}
				if rec.Proof != nil {
					p = *rec.Proof
				}
			}
			if err != nil {
				return err
			}
			if !proved {
				p.Chain = chain.Digest{}
			}
			rec.Proof = &p
			records = append(records, *rec)
		}
		ok = proved && c.chain == r.after && len(records) > 0
		return nil
	})
	return records, ok, err
}

func (r *salvageReader) saltsOf(key []byte) (*salts, error) {
	k := r.salts[string(key)]
	if k == nil && !r.current {
		k = r.stale[string(key)]
		r.usedOld = r.usedOld || k != nil
	}
	return k, nil
}

// openedMost is how many blocks stay open. Each takes about a megabyte. A repair
// reads all streams in the order of the log, and so a few blocks at a time; whoever reads
// one stream after the other comes around to a block once for each stream in it.
const openedMost = 256

// extent opens a value, unless it is a block that is open.
func (s *Salvage) extent(i int) (extent, error) {
	if e, ok := s.opened[i]; ok {
		return e, nil
	}
	v := s.values[i]
	b := make([]byte, v.size)
	if _, err := s.f.ReadAt(b, v.offset); err != nil {
		return extent{}, damaged("value at byte %d of the file: %v", v.offset, err)
	}
	if !v.sound {
		return s.opener.openUnchecked(b)
	}
	if !pack.IsBlock(b) {
		return s.opener.open(b)
	}
	o := newOpener(s.opener.blocks.Packer)
	if len(s.opened) >= openedMost {
		for other, e := range s.opened { // any one: the next that is needed may be the oldest
			delete(s.opened, other)
			o = e.opener
			break
		}
	}
	e, err := o.open(b)
	if err == nil {
		s.opened[i] = e
	}
	return e, err
}

// sortParts orders each stream's parts by revision, those of sound values first.
func (s *Salvage) sortParts() {
	slices.Sort(s.order)
	for _, parts := range s.parts {
		slices.SortStableFunc(parts, func(a, b partRef) int {
			if a.first != b.first {
				return cmp.Compare(a.first, b.first)
			}
			if c := cmp.Compare(s.values[b.value].trust(), s.values[a.value].trust()); c != 0 {
				return c
			}
			return cmp.Compare(b.last, a.last)
		})
	}
}
