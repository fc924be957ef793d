package projection_test

import (
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection/scripts"
)

// TestNetLawWithClaims: where people's undo and paste bring units back, with statements,
// each unit keeps the record that first inserted it, no two lines have one identity, and
// law (1) holds. Text that comes back is claimed, and stated by package claims. A known
// gap: law (2) breaks in about one history of 1,000; more than 4 of 1,000 fail the test.
func TestNetLawWithClaims(t *testing.T) {
	draw, n := scripts.Seeded(seeds.For(t)), seeds.Rounds(1000)
	broken, calm, claimed, held := 0, 0, 0, 0
	for i := range n {
		l := makeLife(draw, 30, true)
		w, err := l.live(anyThread())
		claimed, held = claimed+w.claimed, held+w.held
		switch {
		case err == nil && w.mid == 0:
			calm++
		case err != nil && strings.HasPrefix(err.Error(), "law (2)"):
			broken++
		case err != nil:
			w, err = l.shrink(anyThread)
			t.Fatalf("history %d: %v\n%v\ntext %q", i, err, w.script, w.thread.Text())
		}
	}
	t.Logf("%d of %d claims hold", held, claimed)
	t.Logf("%d histories, %d break law (2), %.1f %% without a fault in mid-stretch", n, broken, 100*float64(calm)/float64(n))
	if broken > 1+n*3/1000 {
		t.Errorf("%d of %d histories break law (2)", broken, n)
	}
}
