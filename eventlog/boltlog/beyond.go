package boltlog

import "parodywave/eventlog"

// beyond returns an error if a meta page is not valid and the file has a group that
// continues the log at position last: then the invalid page was the newer one, and the
// page of the root bucket that it named is destroyed, too. A commit that the disk refused
// leaves such a group as well; nobody can tell the two apart.
//
// The tree must have been walked: beyond looks at the leaves that were not reached.
func (t *tree) beyond(size int64, last eventlog.Position, o *opener) error {
	if len(t.badMeta) == 0 {
		return nil
	}
	records := uint64(0)
	all := tree{f: t.f, pages: uint64(size) / pageSize}
	for id := uint64(2); id < all.pages; id++ {
		if id < t.pages && t.seen[id/64]&(1<<(id%64)) != 0 {
			continue
		}
		all.seen = make([]uint64, all.pages/64+1)
		b, err := all.load(id, flagLeaf)
		if err != nil {
			continue // another kind of page, or the inside of a value
		}
		_ = leaf(b, nil, nil, func(_ uint32, key, value []byte, _ uint64) error {
			if string(key) != string(positionKey(last+1)) {
				return nil
			}
			if e, err := o.open(value); err == nil && e.block == nil && e.First == last+1 {
				records = max(records, e.Count)
			}
			return nil
		})
	}
	if records == 0 {
		return nil
	}
	return damaged("meta page %d is not valid, and neither is the page that it named, but the file has %d records of a later commit than the other meta page: run parodywave doctor, which can keep what the chain proves of them", t.badMeta[0], records)
}
