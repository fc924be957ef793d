package projection

// A tree keeps chunks in order and knows how many units and lines each holds, so
// that the chunk of a position or of a line is found in steps that grow with the
// logarithm of their number: a B-tree of sums, like a rope. A node is removed with
// its last child. No node is filled up from its neighbours, which would cost more
// than it saves (Johnson and Shasha, "B-trees with inserts and
// deletes: why free-at-empty is better than merge-at-half", 1993).
//
// The tree has a current chunk, because the next edit is likely to be near the
// last. It can be moved only while there are chunks.
type tree[C any] struct {
	root  *node[C]
	path  []branch[C] // from the root to the current chunk
	start int         // units before that
	index int         // lines before that
}

// fan is the most children of a node, a power of two.
const fan = 32

// A sum is how many units and lines a chunk or a node holds.
type sum struct{ units, lines uint32 }

type node[C any] struct {
	n      int
	sums   [fan]sum
	kids   []*node[C]
	chunks []C // in a leaf, instead of kids
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

// chunk returns the current chunk. The pointer is valid until chunks are inserted
// or removed.
func (t *tree[C]) chunk() *C {
	b := &t.path[len(t.path)-1]
	return &b.node.chunks[b.at]
}

// plant makes c, which must be empty, the tree's only chunk.
func (t *tree[C]) plant(c C) {
	t.root = &node[C]{n: 1, chunks: []C{c}}
	t.path = append(t.path[:0], branch[C]{t.root, 0})
	t.start, t.index = 0, 0
}

// seek goes to the chunk that unit pos is in, or to the last one if there is none.
// It reports whether the current chunk changed.
func (t *tree[C]) seek(pos int) (moved bool) {
	if pos >= t.start && pos < t.start+int(t.here().units) {
		return false
	}
	t.descend(pos)
	return true
}

func (t *tree[C]) descend(pos int) {
	path, start, index := t.path[:0], 0, 0
	for n := t.root; ; {
		i := 0
		for last := n.n - 1; i < last; i++ {
			s := n.sums[i&(fan-1)]
			if pos < start+int(s.units) {
				break
			}
			start, index = start+int(s.units), index+int(s.lines)
		}
		path = append(path, branch[C]{n, i})
		if n.kids == nil {
			break
		}
		n = n.kids[i]
	}
	t.path, t.start, t.index = path, start, index
}

// seekLine is seek for line i.
func (t *tree[C]) seekLine(i int) (moved bool) {
	if i >= t.index && i < t.index+int(t.here().lines) {
		return false
	}
	path, start, index := t.path[:0], 0, 0
	for n := t.root; ; {
		k := 0
		for last := n.n - 1; k < last; k++ {
			s := n.sums[k&(fan-1)]
			if i < index+int(s.lines) {
				break
			}
			start, index = start+int(s.units), index+int(s.lines)
		}
		path = append(path, branch[C]{n, k})
		if n.kids == nil {
			break
		}
		n = n.kids[k]
	}
	t.path, t.start, t.index = path, start, index
	return true
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

// single reports whether there is only one chunk.
func (t *tree[C]) single() bool { return len(t.path) == 1 && t.root.n == 1 }

// add adds to the sums of the current chunk; the numbers may be negative.
func (t *tree[C]) add(units, lines int) {
	for i := range t.path {
		b := &t.path[i]
		s := &b.node.sums[b.at]
		s.units += uint32(units)
		s.lines += uint32(lines)
	}
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
