package boltlog

import (
	"context"
	"errors"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

// index finds all stored values: first those that the tree leads to, then blocks and
// groups in all other leaves. Those may be free pages, with values that were replaced
// since, so only what the chain proves with current salts is taken from them.
func (s *Salvage) index(ctx context.Context, size int64) error {
	t, err := openTree(s.f, size)
	if err != nil {
		return err
	}
	for _, i := range t.badMeta {
		s.damages = append(s.damages, eventlog.DamageError{Err: badMetaPage(i)})
	}
	if err := s.walk(t); err != nil {
		return err
	}
	reached := t.seen
	for _, wanted := range []bool{true, false} {
		t.seen = make([]uint64, len(reached))
		for id := uint64(2); id < t.pages; id++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.reached = reached[id/64]&(1<<(id%64)) != 0
			if s.reached != wanted || t.seen[id/64]&(1<<(id%64)) != 0 {
				continue
			}
			b, err := t.load(id, flagLeaf)
			if err != nil {
				continue // another kind of page, or the inside of a value
			}
			if err := s.leaf(b, int64(id)*pageSize); err != nil {
				return err
			}
		}
	}
	s.sortParts()
	return nil
}

// walk walks the tree, and reports what is damaged in it.
func (s *Salvage) walk(t *tree) error {
	lenient := func(err error) error {
		if errors.Is(err, eventlog.ErrDamaged) {
			s.damages = append(s.damages, eventlog.DamageError{Err: err})
			return nil
		}
		return err
	}
	buckets, err := t.buckets(lenient)
	if err != nil {
		return err
	}
	found := marks{}
	for name, r := range buckets {
		err := t.bucket(name, r, func(key, value []byte) error {
			if name == bucketMeta && string(key) == keyFormat {
				s.id, _ = decodeIdentity(s.path, value)
			}
			found.add(name, value)
			return nil
		}, lenient)
		if err != nil {
			return err
		}
	}
	for name, r := range buckets {
		if err := found.check(name, r, t.txid); s.id.version >= marked && err != nil {
			s.damages = append(s.damages, eventlog.DamageError{Err: err})
		}
	}
	return nil
}

// leaf reads the elements of a leaf page that begins at base in the file.
func (s *Salvage) leaf(b []byte, base int64) error {
	count := uint64(native.Uint16(b[10:]))
	for i := range count {
		at := pageHeader + 16*i
		h := part(b, at, 16)
		if h == nil {
			break
		}
		flags, pos := native.Uint32(h), at+uint64(native.Uint32(h[4:]))
		n, m := uint64(native.Uint32(h[8:])), uint64(native.Uint32(h[12:]))
		key, value := part(b, pos, n), part(b, pos+n, m)
		if key == nil || value == nil {
			continue // the walk has reported it
		}
		if flags == 1 { // a bucket
			if len(value) > 16+pageHeader && native.Uint64(value) == 0 { // with an inline page
				if err := s.leaf(value[16:], base+int64(pos+n)+16); err != nil {
					return err
				}
			}
			continue
		}
		if err := s.value(key, value, base+int64(pos+n)); err != nil {
			return err
		}
	}
	return nil
}

// value reads one stored value, whatever its bucket. An error says that the file is of
// another version.
func (s *Salvage) value(key, value []byte, offset int64) error {
	switch {
	case !s.reached && len(key) != 8:
		s.staleSalts(key, value)
	case string(key) == keyFormat:
		id, err := decodeIdentity(s.path, value)
		if err == nil {
			s.id = id
		} else if errors.Is(err, eventlog.ErrDamaged) {
			s.damages = append(s.damages, eventlog.DamageError{Err: err})
		} else {
			return err
		}
	case strings.HasPrefix(string(key), keyPruned):
		name := eventlog.Stream(key[len(keyPruned):])
		c, err := decodeCut(key, value)
		if err != nil {
			s.damages = append(s.damages, eventlog.DamageError{Stream: name, Err: err})
		} else if c.through >= s.starts[name].through {
			s.starts[name] = c
		}
	case len(key) == 8:
		s.extentAt(key, value, offset)
	default:
		if _, _, err := splitSaltKey(key); err != nil {
			s.damages = append(s.damages, eventlog.DamageError{Err: err})
		} else if k, err := decodeSalts(key, value); err == nil || s.salts[string(key)] == nil {
			s.salts[string(key)] = k // nil if damaged
		}
	}
	return nil
}

// staleSalts notes salts of a page that the tree does not lead to. Every commit writes the
// root page, in which the salts of a small log stand, to another place, so that the last
// one is still there when the page is damaged. Wrong salts prove nothing. Of two values
// the one with more explicit salts is newer.
func (s *Salvage) staleSalts(key, value []byte) {
	if _, _, err := splitSaltKey(key); err != nil {
		return
	}
	k, err := decodeSalts(key, value)
	if old := s.stale[string(key)]; err == nil && (old == nil || len(k.explicit) > len(old.explicit)) {
		s.stale[string(key)] = k
	}
}

// extentAt notes a block or group.
func (s *Salvage) extentAt(key, value []byte, offset int64) {
	e, err := s.opener.open(value)
	sound := err == nil
	if !sound && !s.reached {
		return
	}
	if !sound {
		at := keyPosition(key)
		s.damages = append(s.damages, eventlog.DamageError{Position: at, Err: err})
		err = guard("read", func() (err error) {
			e, err = s.opener.openUnchecked(value)
			return err
		})
	}
	if err != nil {
		return // not even its directory
	}
	s.values = append(s.values, valueRef{offset, len(value), sound, s.reached})
	for i := range e.Parts {
		p := &e.Parts[i]
		if s.parts[p.Stream] == nil {
			s.order = append(s.order, p.Stream)
		}
		s.parts[p.Stream] = append(s.parts[p.Stream], partRef{len(s.values) - 1, p.First, p.Last()})
	}
}

// openUnchecked opens a value whose checksum does not match.
func (o *opener) openUnchecked(value []byte) (extent, error) {
	if pack.IsBlock(value) {
		b, err := o.blocks.OpenUnchecked(value)
		if err != nil {
			return extent{}, err
		}
		return extent{First: b.First, Count: b.Count, Parts: b.Parts, Log: b.Log, block: b, opener: o}, nil
	}
	g, err := o.groups.OpenUnchecked(value)
	if err != nil {
		return extent{}, err
	}
	return extent{First: g.First, Count: g.Count, Parts: g.Parts, Log: g.Log, group: g, opener: o}, nil
}
