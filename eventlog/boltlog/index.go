package boltlog

import (
	"encoding/binary"
	"math"
	"sort"

	"parodywave/eventlog"
)

// A groupIndex lists the blocks and groups that have records of a stream: the first
// position of each and the stream's first revision in it, both ascending. It stores
// differences, about three bytes an entry, in blocks that can be searched.
type groupIndex struct{ blocks []indexBlock }

type indexEntry struct {
	at    eventlog.Position
	first eventlog.Revision
}

type indexBlock struct {
	head, last indexEntry
	n          int
	rest       []byte // of the entries after head: uvarint differences of at and first
}

const blockEntries = 128

func (x *groupIndex) add(e indexEntry) {
	if n := len(x.blocks); n > 0 && x.blocks[n-1].n < blockEntries {
		b := &x.blocks[n-1]
		b.rest = binary.AppendUvarint(b.rest, uint64(e.at-b.last.at))
		b.rest = binary.AppendUvarint(b.rest, uint64(e.first-b.last.first))
		b.last, b.n = e, b.n+1
		return
	}
	x.blocks = append(x.blocks, indexBlock{head: e, last: e, n: 1})
}

// from overwrites dst with up to limit entries and returns it. The first is the last
// entry that starts at or before r or, if there is none, the first of all.
func (x *groupIndex) from(r eventlog.Revision, dst []indexEntry, limit int) []indexEntry {
	i := sort.Search(len(x.blocks), func(i int) bool { return x.blocks[i].head.first > r })
	dst = dst[:0]
	for i = max(i-1, 0); i < len(x.blocks); i++ {
		e, rest := x.blocks[i].head, x.blocks[i].rest
		for {
			if len(dst) > 0 && e.first <= r {
				dst = dst[:0] // this one starts at or before r, too, and later
			}
			if dst = append(dst, e); len(dst) >= limit && e.first > r {
				return dst[:limit]
			}
			if len(rest) == 0 {
				break
			}
			g, n := binary.Uvarint(rest)
			f, m := binary.Uvarint(rest[n:])
			rest = rest[n+m:]
			e = indexEntry{e.at + eventlog.Position(g), e.first + eventlog.Revision(f)}
		}
	}
	return dst[:min(len(dst), limit)]
}

// before returns the last entry that starts before r.
func (x *groupIndex) before(r eventlog.Revision) (indexEntry, bool) {
	if r == 0 {
		return indexEntry{}, false
	}
	if e := x.from(r-1, nil, 1); len(e) > 0 && e[0].first < r {
		return e[0], true
	}
	return indexEntry{}, false
}

// list returns the entries whose values begin at or after position from.
func (x *groupIndex) list(from eventlog.Position) []indexEntry {
	i := sort.Search(len(x.blocks), func(i int) bool { return x.blocks[i].head.at >= from })
	if i = max(i-1, 0); i == len(x.blocks) {
		return nil
	}
	all := x.from(x.blocks[i].head.first, nil, math.MaxInt)
	j := sort.Search(len(all), func(j int) bool { return all[j].at >= from })
	return all[j:]
}

// replace replaces the entries from its position through last by one entry, in time
// proportional to them and all that follow.
func (x *groupIndex) replace(e indexEntry, last eventlog.Position) {
	i := sort.Search(len(x.blocks), func(i int) bool { return x.blocks[i].head.at >= e.at })
	if i = max(i-1, 0); i == len(x.blocks) {
		x.add(e)
		return
	}
	all := x.list(x.blocks[i].head.at)
	x.blocks = x.blocks[:i]
	put := false
	for _, f := range all {
		if f.at >= e.at && !put {
			x.add(e)
			put = true
		}
		if f.at < e.at || f.at > last {
			x.add(f)
		}
	}
	if !put {
		x.add(e)
	}
}
