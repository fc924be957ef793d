package projection

import "slices"

// insert inserts c behind the current chunk and goes to it.
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

// split splits the full node at a level of the path in two, at its end if chunks
// are added one after the other, and returns its level then. The path follows the
// place of the child that is about to be inserted.
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

// cut removes the children from i on from n. It returns them as a node, and their
// sum.
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

// remove removes the current chunk, which must not be the only one, and goes to the
// one behind it or, if there is none, to the last.
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
