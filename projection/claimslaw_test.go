package projection_test

import (
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestNetLawWithClaims: where people's undo and paste bring units back, with statements,
// each unit keeps the record that first inserted it, no two lines have one identity, and
// law (1) holds. Text that comes back is claimed, and stated by package claims. A known
// gap: law (2) breaks in about one history of 2,000; more than 4 of 1,000 fail the test.
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

// The law with claims has teeth.
func TestNetLawWithClaimsFindsWrongRules(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func() (undo func())
	}{
		{"the keystroke rule of before", projection.KeystrokeRule},
		{"moves before origins", projection.MovesFirst},
		{"claims believed without looking", believe},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer c.set()()
			draw := scripts.Seeded(seeds.For(t))
			for i := range 3000 {
				if w, err := makeLife(draw, 30, true).live(anyThread()); err != nil && !strings.HasPrefix(err.Error(), "law (2)") {
					t.Logf("found out by history %d: %v\n%v", i, err, w.script)
					return
				}
			}
			t.Error("3000 histories obey the law all the same")
		})
	}
}

func believe() (undo func()) {
	believing = true
	return func() { believing = false }
}
