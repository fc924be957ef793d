package boltlog

import "fmt"

// A bucketRef is the root of a bucket's pages.
type bucketRef struct {
	root     uint64
	sequence uint64 // see mark.go
	inline   []byte // its only page, if root is 0
	at       int64  // of inline in the file
}

// buckets returns the file's buckets by name. It passes problems to report; if that
// returns nil, the walk skips the damaged part of the tree, otherwise it ends.
func (t *tree) buckets(report func(error) error) (map[string]bucketRef, error) {
	found := map[string]bucketRef{}
	err := t.walk(t.root, 0, nil, nil, func(flags uint32, key, value []byte, at int64) error {
		if flags != 1 || len(value) < 16 {
			return report(damaged("key %q of the root bucket, with %d bytes, is not a bucket", key, len(value)))
		}
		r := bucketRef{root: native.Uint64(value), sequence: native.Uint64(value[8:])}
		if r.root == 0 {
			if len(value) < 16+pageHeader || native.Uint16(value[24:]) != flagLeaf {
				return report(damaged("bucket %q: the inline page is not a leaf", key))
			}
			r.inline, r.at = value[16:], at+16
		}
		found[string(key)] = r
		return nil
	}, report)
	return found, err
}

// bucket visits the keys of a bucket.
func (t *tree) bucket(name string, r bucketRef, visit visitor, report func(error) error) error {
	named := func(err error) error { return report(fmt.Errorf("bucket %s: %w", name, err)) }
	each := func(flags uint32, key, value []byte, at int64) error {
		if flags != 0 {
			return named(damaged("key %x is a bucket", key))
		}
		t.offset = at
		return visit(key, value)
	}
	if r.root != 0 {
		return t.walk(r.root, 0, nil, nil, each, named)
	}
	return t.leaf(r.inline, nil, nil, r.at, each, named)
}

// salter returns a function that reads the salts of a span, nil if there are none or
// they are damaged. It walks the bucket keys when it is first called.
func (t *tree) salter(keys bucketRef) func(key []byte) (*salts, error) {
	var all map[string]*salts
	return func(key []byte) (*salts, error) {
		if all == nil {
			all = map[string]*salts{}
			again := *t
			again.seen = make([]uint64, len(t.seen))
			err := again.bucket(bucketKeys, keys, func(key, value []byte) error {
				all[string(key)], _ = decodeSalts(key, value)
				return nil
			}, strict)
			if err != nil {
				return nil, err
			}
		}
		return all[string(key)], nil
	}
}

type pageVisitor func(flags uint32, key, value []byte, at int64) error

// leaf visits a leaf page that begins at base in the file. An error of the visitor
// ends the walk; problems of the page go to report.
func (t *tree) leaf(b, low, high []byte, base int64, visit pageVisitor, report func(error) error) error {
	var stop error
	err := leaf(b, low, high, func(flags uint32, key, value []byte, at uint64) error {
		stop = visit(flags, key, value, base+int64(at))
		return stop
	})
	if err != nil && stop == nil {
		return report(err)
	}
	return stop
}

// walk visits the leaves below a page. Their keys must be in [low, high).
func (t *tree) walk(id uint64, depth int, low, high []byte, visit pageVisitor, report func(error) error) error {
	if depth > maxDepth {
		return report(damaged("page %d is more than %d levels deep", id, maxDepth))
	}
	b, err := t.load(id, flagLeaf, flagBranch)
	if err != nil {
		return report(err)
	}
	if native.Uint16(b[8:]) == flagLeaf {
		if depth > 0 && native.Uint16(b[10:]) == 0 {
			return report(damaged("page %d is an empty leaf", id))
		}
		return t.leaf(b, low, high, int64(id)*pageSize, visit, func(err error) error {
			return report(fmt.Errorf("page %d: %w", id, err))
		})
	}
	children, err := branch(id, b, low, high)
	if err != nil {
		return report(err)
	}
	for i, c := range children {
		until := high
		if i+1 < len(children) {
			until = children[i+1].key
		}
		if err := t.walk(c.page, depth+1, c.key, until, visit, report); err != nil {
			return err
		}
	}
	return nil
}

type child struct {
	key  []byte
	page uint64
}

func branch(id uint64, b, low, high []byte) ([]child, error) {
	count := uint64(native.Uint16(b[10:]))
	if count == 0 || pageHeader+16*count > uint64(len(b)) {
		return nil, damaged("page %d is a branch of %d bytes with %d elements", id, len(b), count)
	}
	children := make([]child, count)
	for i := range children {
		at := pageHeader + 16*uint64(i)
		pos, n := at+uint64(native.Uint32(b[at:])), uint64(native.Uint32(b[at+4:]))
		key := part(b, pos, n)
		if pos < pageHeader+16*count || len(key) == 0 || !ascends(low, key, i > 0) || high != nil && string(key) >= string(high) {
			return nil, damaged("page %d: element %d, key %x, is outside of the branch or out of order", id, i, key)
		}
		children[i] = child{key, native.Uint64(b[at+8:])}
		low = key
	}
	return children, nil
}

// free checks the list of free pages after all buckets were walked: bbolt would
// overwrite a page that is in use and listed as free.
func (t *tree) free() error {
	ids, err := t.freePages()
	for _, id := range ids {
		if err == nil {
			err = t.claim(id, 1)
		}
	}
	if err != nil {
		return fmt.Errorf("free list: %w", err)
	}
	return nil
}

// freePages reads the list of free pages.
func (t *tree) freePages() ([]uint64, error) {
	if t.freelist == noFreelist {
		return nil, nil
	}
	b, err := t.load(t.freelist, flagFree)
	if err != nil {
		return nil, err
	}
	count, ids := uint64(native.Uint16(b[10:])), b[pageHeader:]
	if count == 0xffff {
		count, ids = native.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids))/8 {
		return nil, damaged("%d bytes with %d pages", len(ids), count)
	}
	list := make([]uint64, count)
	for i := range list {
		list[i] = native.Uint64(ids[8*i:])
		if i > 0 && list[i] <= list[i-1] {
			return nil, damaged("page %d after %d", list[i], list[i-1])
		}
	}
	return list, nil
}
