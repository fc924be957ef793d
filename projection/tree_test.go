package projection

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// random gives the numbers of a test.
func random(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(seeds.For(t), 0))
}

// A treeModel is a tree and the plain list of what it should hold.
type treeModel struct {
	tree tree[int]
	list []item
	next int
	ops  []string // as they can be pasted into play
}

type item struct {
	id int
	sum
}

func newTreeModel() *treeModel {
	m := &treeModel{list: []item{{sum: sum{1, 1}}}}
	m.tree.plant(0)
	m.tree.add(1, 1)
	return m
}

// do makes one step; at says where, in parts of a million.
func (m *treeModel) do(op string, at, n int) {
	m.ops = append(m.ops, fmt.Sprintf("%s %d %d", op, at, n))
	i := at * len(m.list) / 1_000_000
	m.seek(i)
	switch {
	case op == "insert":
		m.next++
		it := item{m.next, sum{uint32(n), uint32(n%3 + 1)}}
		m.tree.insert(it.id, it.sum)
		m.list = slices.Insert(m.list, i+1, it)
	case op == "remove" && len(m.list) > 1:
		m.tree.remove()
		m.list = slices.Delete(m.list, i, i+1)
	case op == "add":
		m.tree.add(n, 1)
		m.list[i].units += uint32(n)
		m.list[i].lines++
	}
}

// seek goes to chunk i, by its position or by its lines.
func (m *treeModel) seek(i int) {
	pos, lines := 0, 0
	for _, it := range m.list[:i] {
		pos, lines = pos+int(it.units), lines+int(it.lines)
	}
	if it := m.list[i]; i%2 == 0 {
		m.tree.seek(pos + int(it.units)/2)
	} else {
		m.tree.seekLine(lines + int(it.lines)/2)
	}
}

// check holds everything that the tree says against the list.
func (m *treeModel) check() error {
	i, pos, lines := 0, 0, 0
	m.tree.descend(0)
	for more := true; more; more = m.tree.next() {
		if i == len(m.list) {
			return fmt.Errorf("there are more than %d chunks", i)
		}
		it := m.list[i]
		if *m.tree.chunk() != it.id || m.tree.here() != it.sum || m.tree.start != pos || m.tree.index != lines {
			return fmt.Errorf("chunk %d is %d, %v, at %d and %d, want %+v at %d and %d",
				i, *m.tree.chunk(), m.tree.here(), m.tree.start, m.tree.index, it, pos, lines)
		}
		i, pos, lines = i+1, pos+int(it.units), lines+int(it.lines)
	}
	if i != len(m.list) {
		return fmt.Errorf("%d chunks, want %d", i, len(m.list))
	}
	i = 0
	for c := range m.tree.all {
		if *c != m.list[i].id {
			return fmt.Errorf("of all, chunk %d is %d, want %d", i, *c, m.list[i].id)
		}
		i++
	}
	if i != len(m.list) {
		return fmt.Errorf("all are %d, want %d", i, len(m.list))
	}
	return addsUp(m.tree.root)
}

// addsUp reports where a sum is not the sum of the node below.
func addsUp(n *node[int]) error {
	for i, kid := range n.kids {
		s := n.sums[i]
		for _, below := range kid.sums[:kid.n] {
			s.units, s.lines = s.units-below.units, s.lines-below.lines
		}
		if (s != sum{}) {
			return fmt.Errorf("a sum is too large by %v", s)
		}
		if err := addsUp(kid); err != nil {
			return err
		}
	}
	return nil
}

// Thousands of chunks that come, go and grow anywhere: three levels of nodes.
func TestTreeAgreesWithList(t *testing.T) {
	rnd := random(t)
	m := newTreeModel()
	deepest := 0
	for phase := range 8 {
		grows := phase%2 == 0
		at := 0
		for n := range 4000 {
			if n%50 == 0 || rnd.IntN(4) == 0 {
				at = rnd.IntN(1_000_000)
			}
			switch k := rnd.IntN(10); {
			case k < 1:
				m.do("add", at, rnd.IntN(5))
			case (k < 8) == grows:
				m.do("insert", at, 1+rnd.IntN(9))
			default:
				m.do("remove", at, 0)
			}
			if n%400 == 0 {
				if err := m.check(); err != nil {
					t.Fatalf("%v after %d steps, the last of which are %q", err, len(m.ops), m.ops[max(0, len(m.ops)-20):])
				}
			}
		}
		deepest = max(deepest, len(m.tree.path))
		if err := m.check(); err != nil {
			t.Fatalf("%v after %d steps", err, len(m.ops))
		}
	}
	if deepest < 3 {
		t.Fatalf("the tree had %d levels at most: the test is too small", deepest)
	}
	m.tree.root.sums[0].units++ // the negative control
	if m.check() == nil {
		t.Fatal("a wrong sum is not seen")
	}
}

// A text of hundreds of chunks and scattered edits, against a plain slice that
// says of each unit whose it is.
func TestTextAgreesWithSlice(t *testing.T) {
	type unit struct {
		unit   uint16
		rev    eventlog.Revision
		author uint32
	}
	rnd := random(t)
	var tx text
	var want []unit
	steps := seeds.Rounds(6000)
	check := func(n int) error {
		if tx.length != len(want) {
			return fmt.Errorf("%d units, want %d", tx.length, len(want))
		}
		from := rnd.IntN(len(want) + 1)
		to := min(len(want), from+rnd.IntN(n))
		got := tx.appendUnits(nil, from, to)
		i := 0
		for _, s := range tx.appendSpans(nil, from, to) {
			for k := range s.n {
				is := unit{got[i], s.sub(k, 1).rev, s.author}
				if is != want[from+i] {
					return fmt.Errorf("unit %d is %v, want %v", from+i, is, want[from+i])
				}
				i++
			}
		}
		if i != to-from || len(got) != to-from {
			return fmt.Errorf("%d units and spans of %d, want %d", len(got), i, to-from)
		}
		return nil
	}
	for n := range steps {
		rev, author := eventlog.Revision(n+1), uint32(rnd.IntN(3))
		at := rnd.IntN(len(want) + 1)
		if rnd.IntN(3) > 0 || len(want) == 0 {
			size := 1
			if rnd.IntN(40) == 0 {
				size = rnd.IntN(9000)
			}
			in, units := make([]unit, size), make([]uint16, size)
			for i := range in {
				units[i] = uint16(rnd.IntN(1 << 16))
				in[i] = unit{units[i], rev, author}
			}
			tx.insert(at, units, span{rev: rev, n: uint32(size), author: author})
			want = slices.Insert(want, at, in...)
		} else {
			size := 1 + rnd.IntN(3)
			if rnd.IntN(40) == 0 {
				size = rnd.IntN(12_000)
			}
			to := min(len(want), at+size)
			tx.delete(at, to)
			want = slices.Delete(want, at, to)
		}
		if n%10 == 0 {
			if err := check(3000); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
	}
	if err := check(len(want) + 1); err != nil {
		t.Fatal(err)
	}
	chunks, most := 0, 0
	for c := range tx.tree.all {
		chunks, most = chunks+1, max(most, len(c.units))
	}
	if chunks < 50 || most > chunkMax {
		t.Fatalf("%d chunks of %d units at most: want many of %d", chunks, most, chunkMax)
	}
	want[len(want)/2].rev++ // the negative control
	for range 1000 {
		if check(len(want)+1) != nil {
			return
		}
	}
	t.Fatal("a wrong revision is not seen")
}

// A list of thousands of lines and scattered edits of it, against a plain slice.
func TestLinesAgreeWithSlice(t *testing.T) {
	rnd := random(t)
	made := uint32(0)
	some := func(n int) []line {
		all := make([]line, n)
		for i := range all {
			made++
			all[i] = line{id: LineID{1, made}, length: uint32(rnd.IntN(90))}
		}
		return all
	}
	var l lines
	want := some(1)
	l.set(want)
	check := func() error {
		i := rnd.IntN(len(want))
		start := 0
		for k := range want[:i] {
			start += int(want[k].length) + 1
		}
		if ln, at := l.byIndex(i); *ln != want[i] || at != start || *l.current() != want[i] {
			return fmt.Errorf("line %d is %+v at %d, want %+v at %d", i, *ln, at, want[i], start)
		}
		pos := start + rnd.IntN(int(want[i].length)+1)
		if k, at := l.byPos(pos); k != i || at != start || *l.current() != want[i] {
			return fmt.Errorf("position %d is in line %d at %d, want %d at %d", pos, k, at, i, start)
		}
		return nil
	}
	steps := 8000
	for n := range steps {
		from, size := rnd.IntN(len(want)), 1
		if rnd.IntN(50) == 0 {
			size = 1 + rnd.IntN(300)
		}
		to := min(from+1+rnd.IntN(1+size), len(want))
		switch in := some(1 + rnd.IntN(2*size)); rnd.IntN(3) {
		case 0:
			_, at := l.byIndex(from)
			l.byPos(at)
			l.resize(7)
			want[from].length += 7
		default:
			l.replace(from, to, in)
			want = slices.Replace(want, from, to, in...)
		}
		if l.count != len(want) {
			t.Fatalf("step %d: %d lines, want %d", n, l.count, len(want))
		}
		for range 3 {
			if err := check(); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
	}
	i := 0
	for k, ln := range l.all {
		if k != i || *ln != want[i] {
			t.Fatalf("of all, line %d is %+v, want %+v", k, *ln, want[i])
		}
		i++
	}
	if i != len(want) || len(l.tree.path) < 2 {
		t.Fatalf("%d lines in %d levels, want %d in more", i, len(l.tree.path), len(want))
	}
	for k := range want { // the negative control
		want[k].length++
	}
	if check() == nil {
		t.Fatal("wrong lengths are not seen")
	}
}
