package boltlog

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"os"
	"slices"
)

// A pageWriter writes a bbolt file from its first page to its last. Nothing in the
// file is ever overwritten, so it has no free pages, and the writer holds one leaf
// in memory however large the file gets. pages.go describes the layout.
//
// bbolt itself cannot do both: each of its transactions writes the last leaf
// again, which here is two to four blocks, and frees the old one. A million
// records in 26 blocks that hardly compress take 202 MB here; bbolt takes 268 MB
// with 8 MiB a transaction and 242 MB with 64 MiB. In one transaction it takes
// 202 MB too, but holds all of it in memory.
type pageWriter struct {
	f       *os.File
	w       *bufio.Writer
	next    uint64 // page number
	buckets []pageBucket
	err     error

	// Of the bucket that is being written.
	leaf     []element
	size     int // of the leaf, its header included
	last     []byte
	children []child
	keys     int
	mark     uint64 // see mark.go
}

type element struct {
	flags      uint32
	key, value []byte
}

type pageBucket struct {
	name string
	root uint64 // 0: empty
	keys int
	mark uint64
}

const elementHeader = 16

func newPageWriter(f *os.File) *pageWriter {
	w := &pageWriter{f: f, w: bufio.NewWriterSize(f, 1<<20), next: 2}
	w.write(make([]byte, 2*pageSize)) // the meta pages come last
	w.begin()
	return w
}

func (w *pageWriter) write(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

func (w *pageWriter) begin() {
	w.leaf, w.size, w.last, w.children, w.keys, w.mark = w.leaf[:0], pageHeader, nil, nil, 0, 0
}

// put appends a key, which must follow the bucket's last one, and keeps both slices.
func (w *pageWriter) put(key, value []byte) { w.add(element{0, key, value}) }

func (w *pageWriter) add(e element) {
	if w.err == nil && (len(e.key) == 0 || w.last != nil && string(e.key) <= string(w.last)) {
		w.err = fmt.Errorf("key %x after %x", e.key, w.last)
	}
	n := elementHeader + len(e.key) + len(e.value)
	if len(w.leaf) > 0 && w.size+n > pageSize {
		w.flush()
	}
	w.leaf, w.size, w.last = append(w.leaf, e), w.size+n, e.key
	w.keys++
	w.mark += fingerprint(e.value)
}

// flush writes the leaf.
func (w *pageWriter) flush() {
	w.children = append(w.children, child{w.leaf[0].key, w.page(flagLeaf, len(w.leaf), w.size, func(b []byte) {
		at := uint32(elementHeader * len(w.leaf))
		for i, e := range w.leaf {
			h := b[elementHeader*i:]
			native.PutUint32(h, e.flags)
			native.PutUint32(h[4:], at-uint32(elementHeader*i))
			native.PutUint32(h[8:], uint32(len(e.key)))
			native.PutUint32(h[12:], uint32(len(e.value)))
			at += uint32(copy(b[at:], e.key))
			at += uint32(copy(b[at:], e.value))
		}
	})})
	clear(w.leaf)
	w.leaf, w.size = w.leaf[:0], pageHeader
}

// page writes one page, with overflow pages if it is larger, and returns its number.
func (w *pageWriter) page(flags uint16, count, size int, fill func(b []byte)) uint64 {
	pages := (size + pageSize - 1) / pageSize
	b := make([]byte, pages*pageSize)
	id := w.next
	native.PutUint64(b, id)
	native.PutUint16(b[8:], flags)
	native.PutUint16(b[10:], uint16(count))
	native.PutUint32(b[12:], uint32(pages-1))
	fill(b[pageHeader:])
	w.write(b)
	w.next += uint64(pages)
	return id
}

// end ends the bucket.
func (w *pageWriter) end(name string) {
	keys, mark := w.keys, w.mark
	w.buckets = append(w.buckets, pageBucket{name, w.root(), keys, mark})
}

// root writes the last leaf and the branches, and returns the number of the root
// page, 0 if the bucket is empty.
func (w *pageWriter) root() uint64 {
	if len(w.leaf) > 0 {
		w.flush()
	}
	level := w.children
	for len(level) > 1 {
		level = w.branches(level)
	}
	w.begin()
	if len(level) == 0 {
		return 0
	}
	return level[0].page
}

// branches writes the branch pages above some pages.
func (w *pageWriter) branches(below []child) (above []child) {
	for len(below) > 0 {
		n, size := 0, pageHeader
		for n < len(below) && (n < 2 || size+elementHeader+len(below[n].key) <= pageSize) {
			size += elementHeader + len(below[n].key)
			n++
		}
		some := below[:n]
		id := w.page(flagBranch, n, size, func(b []byte) {
			at := uint32(elementHeader * n)
			for i, c := range some {
				h := b[elementHeader*i:]
				native.PutUint32(h, at-uint32(elementHeader*i))
				native.PutUint32(h[4:], uint32(len(c.key)))
				native.PutUint64(h[8:], c.page)
				at += uint32(copy(b[at:], c.key))
			}
		})
		above = append(above, child{some[0].key, id})
		below = below[n:]
	}
	return above
}

// finish writes the root bucket and the meta pages, and returns when all is on disk. The file's transaction IDs continue after txid.
func (w *pageWriter) finish(txid uint64) error {
	txid = (txid/2 + 1) * 2 // page 0 has an even one
	buckets := slices.Clone(w.buckets)
	slices.SortFunc(buckets, func(a, b pageBucket) int { return slices.Compare([]byte(a.name), []byte(b.name)) })
	for _, b := range buckets {
		v := make([]byte, 16)
		native.PutUint64(v, b.root)
		native.PutUint64(v[8:], b.mark)
		if b.name == bucketMeta {
			native.PutUint64(v[8:], txid+1) // the newer one
		}
		if b.root == 0 { // with an empty inline leaf
			v = append(v, make([]byte, pageHeader)...)
			native.PutUint16(v[24:], flagLeaf)
		}
		w.add(element{1, []byte(b.name), v})
	}
	root := w.root()
	if w.err == nil {
		w.err = w.w.Flush()
	}
	for i := range uint64(2) {
		if w.err == nil {
			_, w.err = w.f.WriteAt(metaPage(i, root, noFreelist, w.next, txid+i), int64(i)*pageSize)
		}
	}
	if w.err == nil {
		w.err = w.f.Sync()
	}
	return w.err
}

func metaPage(id, root, free, pages, txid uint64) []byte {
	b := make([]byte, pageSize)
	native.PutUint64(b, id)
	native.PutUint16(b[8:], flagMeta)
	m := b[pageHeader:]
	native.PutUint32(m, metaMagic)
	native.PutUint32(m[4:], metaVersion)
	native.PutUint32(m[8:], pageSize)
	native.PutUint64(m[16:], root)
	native.PutUint64(m[32:], free)
	native.PutUint64(m[40:], pages)
	native.PutUint64(m[48:], txid)
	sum := fnv.New64a()
	sum.Write(m[:56])
	native.PutUint64(m[56:], sum.Sum64())
	return b
}
