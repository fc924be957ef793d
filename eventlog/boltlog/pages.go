package boltlog

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/bits"
)

// The layout of a bbolt 1.x file (file format 2), as far as the walk needs it.
// Integers are in the byte order of the machine.
//
//	page    u64 id | u16 flags | u16 count | u32 overflow | …
//	meta    page | u32 magic | u32 version | u32 page size | u32 | u64 root | u64 sequence
//	        | u64 freelist | u64 pages | u64 transaction | u64 FNV-1a of the 56 bytes before
//	leaf    page | count × ( u32 flags | u32 pos | u32 key size | u32 value size ) | …
//	branch  page | count × ( u32 pos | u32 key size | u64 page ) | …
//	bucket  a leaf value with flag 1: u64 root | u64 sequence | if root is 0: a leaf page
//	free    page | [u64 count, if the header's is 0xffff] | u64 page …
//
// Pos counts from the element's own start; a value follows its key.
const (
	pageSize   = 4096
	pageHeader = 16

	flagBranch = 0x01
	flagLeaf   = 0x02
	flagMeta   = 0x04
	flagFree   = 0x10

	metaMagic   = 0xED0CDAED
	metaVersion = 2
	noFreelist  = ^uint64(0)

	maxDepth     = 48
	maxPageBytes = maxValueBytes + 1<<20
)

var native = binary.NativeEndian

// A tree reads a bbolt file with ordinary reads and trusts nothing in it. The file
// must not change meanwhile.
type tree struct {
	f        io.ReaderAt
	root     uint64
	freelist uint64
	pages    uint64 // one more than the largest page number
	txid     uint64
	badMeta  []int // meta pages that are not valid
	seen     []uint64
	offset   int64 // in the file, of the value being visited
}

// A visitor is called for each key, in order. An error ends the walk. Key and value
// are valid until it returns.
type visitor func(key, value []byte) error

func openTree(f io.ReaderAt, size int64) (*tree, error) {
	t := &tree{f: f}
	found := false
	for i := range 2 {
		var b [pageSize]byte
		if _, err := f.ReadAt(b[:], int64(i)*pageSize); err != nil && err != io.EOF {
			return nil, damaged("meta page %d: %v", i, err)
		}
		m := b[pageHeader:]
		sum := fnv.New64a()
		sum.Write(m[:56])
		sound := native.Uint32(m) == metaMagic && native.Uint32(m[4:]) == metaVersion && native.Uint64(m[56:]) == sum.Sum64()
		if !sound || native.Uint64(b[:]) != uint64(i) || native.Uint16(b[8:]) != flagMeta {
			t.badMeta = append(t.badMeta, i)
		}
		if !sound { // bbolt checks no more either
			continue
		}
		if n := native.Uint32(m[8:]); n != pageSize {
			return nil, damaged("file has pages of %d bytes, want %d", n, pageSize)
		}
		if txid := native.Uint64(m[48:]); !found || txid > t.txid {
			found = true
			t.root, t.freelist, t.pages, t.txid = native.Uint64(m[16:]), native.Uint64(m[32:]), native.Uint64(m[40:]), txid
		}
	}
	switch {
	case !found:
		return nil, damaged("this is not a log, or both meta pages are invalid")
	case t.pages < 4 || t.pages > uint64(size)/pageSize:
		return nil, damaged("the file has %d bytes, and its meta page says %d pages of %d", size, t.pages, pageSize)
	}
	t.seen = make([]uint64, t.pages/64+1)
	return t, nil
}

// claim marks n pages from id as read, and fails if one was read before.
func (t *tree) claim(id, n uint64) error {
	if id < 2 || id >= t.pages || n > t.pages-id {
		return damaged("pages from %d on (%d) are not all among the file's %d", id, n, t.pages)
	}
	for i := id; i < id+n; i++ {
		if t.seen[i/64]&(1<<(i%64)) != 0 {
			return damaged("page %d is used twice", i)
		}
		t.seen[i/64] |= 1 << (i % 64)
	}
	return nil
}

// unclaimed returns how many pages have not been read.
func (t *tree) unclaimed() uint64 {
	n := t.pages - 2
	for _, w := range t.seen {
		n -= uint64(bits.OnesCount64(w))
	}
	return n
}

// load reads a page with its overflow pages and checks its header.
func (t *tree) load(id uint64, flags ...uint16) ([]byte, error) {
	if err := t.claim(id, 1); err != nil {
		return nil, err
	}
	b := make([]byte, pageSize)
	if _, err := t.f.ReadAt(b, int64(id)*pageSize); err != nil {
		return nil, damaged("page %d: %v", id, err)
	}
	have, overflow := native.Uint16(b[8:]), uint64(native.Uint32(b[12:]))
	good := false
	for _, f := range flags {
		good = good || f == have
	}
	if native.Uint64(b) != id || !good || overflow*pageSize > maxPageBytes {
		return nil, damaged("page %d says that it is page %d with flags %#x and %d more", id, native.Uint64(b), have, overflow)
	}
	if overflow == 0 {
		return b, nil
	}
	if err := t.claim(id+1, overflow); err != nil {
		return nil, err
	}
	b = append(b, make([]byte, overflow*pageSize)...)
	if _, err := t.f.ReadAt(b[pageSize:], int64(id+1)*pageSize); err != nil {
		return nil, damaged("page %d and %d more: %v", id, overflow, err)
	}
	return b, nil
}

// part returns n bytes of page b from at, or nil.
func part(b []byte, at, n uint64) []byte {
	if at > uint64(len(b)) || n > uint64(len(b))-at {
		return nil
	}
	return b[at : at+n : at+n]
}

// A leafVisitor is called for each element of a leaf; at is the value's offset in the
// page.
type leafVisitor func(flags uint32, key, value []byte, at uint64) error

// leaf visits the elements of a leaf page whose keys must ascend within [low, high).
func leaf(b []byte, low, high []byte, visit leafVisitor) error {
	count := uint64(native.Uint16(b[10:]))
	var last []byte
	for i := range count {
		at := pageHeader + 16*i
		e := part(b, at, 16)
		if e == nil {
			return damaged("leaf of %d bytes with %d elements", len(b), count)
		}
		flags, pos := native.Uint32(e), at+uint64(native.Uint32(e[4:]))
		n, m := uint64(native.Uint32(e[8:])), uint64(native.Uint32(e[12:]))
		key, value := part(b, pos, n), part(b, pos+n, m)
		if pos < pageHeader+16*count || len(key) == 0 || value == nil {
			return damaged("element %d of a leaf is outside of it", i)
		}
		if flags > 1 || !ascends(last, key, i > 0) || !ascends(low, key, false) || high != nil && bytes.Compare(key, high) >= 0 {
			return damaged("element %d of a leaf, key %x, is out of order", i, key)
		}
		if err := visit(flags, key, value, pos+n); err != nil {
			return err
		}
		last = key
	}
	return nil
}

func ascends(a, b []byte, strictly bool) bool {
	c := bytes.Compare(a, b)
	return a == nil || c < 0 || c == 0 && !strictly
}
