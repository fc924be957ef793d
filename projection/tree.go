package projection

import "slices"

// A tree keeps chunks in order and knows how many units and lines each holds, so
// that the chunk of a position or of a line is found in steps that grow with the
// logarithm of their number: a B-tree of sums, as ropes have it. A node goes
// when its last child does; none is filled up from its neighbours, which would
// cost more than it saves (Johnson and Shasha, "B-trees with inserts and
// deletes: why free-at-empty is better than merge-at-half", 1993).
//
// The tree is always at some chunk, since the next edit is likely to be near the
// last. It may be moved only while there are chunks.
type tree[C any] struct {
	root  *node[C]
	path  []branch[C] // from the root to the current chunk
	start int         // units before that
	index int         // lines before that
}

// fan is how many children a node has at most.
const fan = 32

// A sum is how many units and lines a chunk or a node holds.
type sum struct{ units, lines uint32 }

type node[C any] struct {
	n      int
	sums   [fan]sum
	kids   []*node[C]
	chunks []C // in a lowest node, instead of kids
}

type branch[C any] struct {
	node *node[C]
	at   int
}

// here returns the sum of the current chunk.
func (t *tree[C]) here() sum {
	b := &t.path[len(t.path)-1]
	return b.node.sums[b.at]
}

// chunk returns the current chunk. The pointer is good until chunks come or go.
func (t *tree[C]) chunk() *C {
	b := &t.path[len(t.path)-1]
	return &b.node.chunks[b.at]
}

// plant makes c, of nothing, the tree's only chunk.
func (t *tree[C]) plant(c C) {
	t.root = &node[C]{n: 1, chunks: []C{c}}
	t.path = append(t.path[:0], branch[C]{t.root, 0})
	t.start, t.index = 0, 0
}

// seek goes to the chunk that unit pos is in, to the last one if there is none,
// and reports whether it was another one before.
func (t *tree[C]) seek(pos int) (moved bool) {
	if pos >= t.start && pos < t.start+int(t.here().units) {
		return false
	}
	t.descend(pos)
	return true
}

func (t *tree[C]) descend(pos int) {
	t.path, t.start, t.index = t.path[:0], 0, 0
	for n := t.root; ; {
		i := 0
		for last := n.n - 1; i < last && pos >= t.start+int(n.sums[i].units); i++ {
			t.pass(n.sums[i])
		}
		t.path = append(t.path, branch[C]{n, i})
		if n.kids == nil {
			return
		}
		n = n.kids[i]
	}
}

// seekLine is seek for line i.
func (t *tree[C]) seekLine(i int) (moved bool) {
	if i >= t.index && i < t.index+int(t.here().lines) {
		return false
	}
	t.path, t.start, t.index = t.path[:0], 0, 0
	for n := t.root; ; {
		k := 0
		for last := n.n - 1; k < last && i >= t.index+int(n.sums[k].lines); k++ {
			t.pass(n.sums[k])
		}
		t.path = append(t.path, branch[C]{n, k})
		if n.kids == nil {
			return true
		}
		n = n.kids[k]
	}
}

func (t *tree[C]) pass(s sum) {
	t.start += int(s.units)
	t.index += int(s.lines)
}

// next goes to the chunk behind the current one. It reports whether there is one.
func (t *tree[C]) next() bool {
	level := len(t.path) - 1
	for level >= 0 && t.path[level].at == t.path[level].node.n-1 {
		level--
	}
	if level < 0 {
		return false
	}
	t.pass(t.here())
	t.path[level].at++
	for b := t.path[level]; b.node.kids != nil; level++ {
		b = branch[C]{b.node.kids[b.at], 0}
		t.path[level+1] = b
	}
	return true
}

// single reports whether there is one chunk only.
func (t *tree[C]) single() bool { return len(t.path) == 1 && t.root.n == 1 }

// add says that the current chunk has grown, or shrunk, by so much.
func (t *tree[C]) add(units, lines int) {
	for i := range t.path {
		b := &t.path[i]
		s := &b.node.sums[b.at]
		s.units += uint32(units)
		s.lines += uint32(lines)
	}
}

// insert puts c behind the current chunk and goes to it.
func (t *tree[C]) insert(c C, s sum) {
	t.pass(t.here())
	last := len(t.path) - 1
	t.path[last].at++
	if t.path[last].node.n == fan {
		last = t.split(last)
	}
	b := t.path[last]
	b.node.open(b.at, sum{})
	b.node.chunks = slices.Insert(b.node.chunks, b.at, c)
	t.add(int(s.units), int(s.lines))
}

// open makes room for a child at i.
func (n *node[C]) open(i int, s sum) {
	copy(n.sums[i+1:n.n+1], n.sums[i:n.n])
	n.sums[i] = s
	n.n++
}

// split cuts the full node of a level of the path in two, at its end where
// chunks are added one after the other, and returns its level then. The path
// follows the place of the child that is about to come.
func (t *tree[C]) split(level int) int {
	if level == 0 {
		t.grow()
		level = 1
	} else if t.path[level-1].node.n == fan {
		t.path[level-1].at++ // the place of the right half
		level = t.split(level-1) + 1
		t.path[level-1].at--
	}
	b, up := &t.path[level], &t.path[level-1]
	cut := fan / 2
	if b.at == fan {
		cut = fan - 1
	}
	right, s := b.node.cut(cut)
	left := &up.node.sums[up.at]
	left.units, left.lines = left.units-s.units, left.lines-s.lines
	up.node.open(up.at+1, s)
	up.node.kids = slices.Insert(up.node.kids, up.at+1, right)
	if b.at > cut {
		up.at++
		*b = branch[C]{right, b.at - cut}
	}
	return level
}

// grow puts a new root over the old one.
func (t *tree[C]) grow() {
	root := &node[C]{n: 1, kids: []*node[C]{t.root}}
	for _, s := range t.root.sums[:t.root.n] {
		root.sums[0].units += s.units
		root.sums[0].lines += s.lines
	}
	t.root = root
	t.path = slices.Insert(t.path, 0, branch[C]{root, 0})
}

// cut takes the children from i on out of n. It returns them as a node of
// their own, and their sum.
func (n *node[C]) cut(i int) (right *node[C], s sum) {
	right = &node[C]{n: n.n - i}
	copy(right.sums[:], n.sums[i:n.n])
	for _, each := range right.sums[:right.n] {
		s.units += each.units
		s.lines += each.lines
	}
	if n.kids != nil {
		right.kids = append(make([]*node[C], 0, fan), n.kids[i:]...)
		clear(n.kids[i:])
		n.kids = n.kids[:i]
	} else {
		right.chunks = append(make([]C, 0, fan), n.chunks[i:]...)
		clear(n.chunks[i:])
		n.chunks = n.chunks[:i]
	}
	n.n = i
	return right, s
}

// remove takes the current chunk out, which must not be the only one, and goes
// to the one behind it or, if there is none, to the last.
func (t *tree[C]) remove() {
	s := t.here()
	t.add(-int(s.units), -int(s.lines))
	for level := len(t.path) - 1; ; level-- {
		b := t.path[level]
		n := b.node
		copy(n.sums[b.at:], n.sums[b.at+1:n.n])
		n.n--
		if n.kids != nil {
			n.kids = slices.Delete(n.kids, b.at, b.at+1)
		} else {
			n.chunks = slices.Delete(n.chunks, b.at, b.at+1)
		}
		if n.n > 0 {
			break
		}
	}
	for t.root.kids != nil && t.root.n == 1 {
		t.root = t.root.kids[0]
	}
	t.descend(t.start)
}

// all yields the chunks in order.
func (t *tree[C]) all(yield func(*C) bool) {
	if t.root != nil {
		t.root.all(yield)
	}
}

func (n *node[C]) all(yield func(*C) bool) bool {
	for _, kid := range n.kids {
		if !kid.all(yield) {
			return false
		}
	}
	for i := range n.chunks {
		if !yield(&n.chunks[i]) {
			return false
		}
	}
	return true
}
