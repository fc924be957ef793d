package load

// A tally counts what one client was brought of one writer's edits, which are
// numbered from 1.
type tally struct {
	seen       []uint64 // a bit for each number
	last       uint64
	count      uint64
	duplicated uint64
	reordered  uint64
}

func (t *tally) add(seq uint64) {
	word, bit := seq/64, uint64(1)<<(seq%64)
	for uint64(len(t.seen)) <= word {
		t.seen = append(t.seen, 0)
	}
	switch {
	case t.seen[word]&bit != 0:
		t.duplicated++
		return
	case seq < t.last:
		t.reordered++
	}
	t.seen[word] |= bit
	t.last = max(t.last, seq)
	t.count++
}

// A Count is what became of edits.
type Count struct {
	Lost       uint64 `json:"lost"`
	Duplicated uint64 `json:"duplicated"`
	Reordered  uint64 `json:"reordered"`
}

// of adds what t says, given how many edits there were.
func (c *Count) of(t *tally, typed uint64) {
	if typed > t.count {
		c.Lost += typed - t.count
	}
	c.Duplicated += t.duplicated
	c.Reordered += t.reordered
}
