package loadgen

// A tally counts which of the numbers 1, 2, 3, … arrived, and in which order.
type tally struct {
	dense      uint64              // all numbers up to this one arrived
	beyond     map[uint64]struct{} // numbers above dense+1 that arrived
	last       uint64              // the highest that arrived
	count      uint64              // different numbers
	duplicated uint64
	reordered  uint64 // arrived after a higher one
}

func (t *tally) add(n uint64) {
	if n == t.dense+1 && t.last == t.dense {
		t.dense, t.last, t.count = n, n, t.count+1
		return
	}
	if _, seen := t.beyond[n]; seen || n <= t.dense {
		t.duplicated++
		return
	}
	if n < t.last {
		t.reordered++
	}
	t.last = max(t.last, n)
	t.count++
	if t.beyond == nil {
		t.beyond = map[uint64]struct{}{}
	}
	for t.beyond[n] = struct{}{}; ; {
		if _, there := t.beyond[t.dense+1]; !there {
			return
		}
		t.dense++
		delete(t.beyond, t.dense)
	}
}

// addRun adds n numbers in order, starting with first.
func (t *tally) addRun(first, n uint64) {
	if first == t.dense+1 && t.last == t.dense {
		t.dense, t.last, t.count = t.dense+n, t.dense+n, t.count+n
		return
	}
	for i := range n {
		t.add(first + i)
	}
}

// A Count counts edits that did not arrive exactly once and in order.
type Count struct {
	Lost       uint64 `json:"lost"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
}

// of adds the counts of t, out of all numbers that were sent.
func (c *Count) of(t *tally, all uint64) {
	if all > t.count {
		c.Lost += all - t.count
	}
	c.Duplicated += t.duplicated
	c.Reordered += t.reordered
}
