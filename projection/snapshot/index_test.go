package snapshot

import (
	"math/rand/v2"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// Nearly all tests are of short histories.
func TestMain(m *testing.M) {
	usual = near
	near = 16
	os.Exit(m.Run())
}

var usual eventlog.Revision

// asUsual lets a test have near as it is outside of tests.
func asUsual(t *testing.T) {
	near = usual
	t.Cleanup(func() { near = 16 })
}

// TestSnapshotsLieAtDoublingDistance: however a thread is saved, there are few
// snapshots, and to reach a revision no more is folded than lies between it and
// the head, and the step between two savings.
func TestSnapshotsLieAtDoublingDistance(t *testing.T) {
	asUsual(t)
	seed := seeds.For(t)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		x := newIndex()
		last, step := eventlog.Revision(0), eventlog.Revision(1+r.IntN(9000))
		for range 1 + r.IntN(400) {
			last += 1 + eventlog.Revision(r.Int64N(int64(step)))
			x.add(&frame{kind: kindThread, stream: "s", revision: last})
			all := x.threads["s"]
			if most := 5 + int(last/near); len(all) > most {
				t.Fatalf("seed %d: %d snapshots of %d revisions, want %d at most", seed, len(all), last, most)
			}
			before := eventlog.Revision(0)
			for _, f := range all {
				if gap, way := f.revision-before, last-before; gap > max(min(way/2, 2*near), near)+step && f.revision != last {
					t.Fatalf("seed %d: nothing between %d and %d of %d", seed, before, f.revision, last)
				}
				before = f.revision
			}
			if before != last {
				t.Fatalf("seed %d: the newest is %d, want %d", seed, before, last)
			}
			if want := int64(len(all)) * all[0].size(); x.live != want {
				t.Fatalf("seed %d: %d bytes live, want %d", seed, x.live, want)
			}
		}
	}
}

// TestPlanIsWhatIsKept: a rebuild saves nothing that is then thinned out.
func TestPlanIsWhatIsKept(t *testing.T) {
	asUsual(t)
	for _, head := range []eventlog.Revision{1, 100, 511, 512, 16_384, 16_385, 32_767, 32_768, 32_769, 50_000, 260_000, 10_000_000} {
		x := newIndex()
		plan := Plan(head)
		for _, rev := range plan {
			if rev == 0 || rev > head {
				t.Errorf("head %d: revision %d", head, rev)
			}
			x.add(&frame{kind: kindThread, stream: "s", revision: rev})
		}
		if n := len(x.threads["s"]); n != len(plan) {
			t.Errorf("head %d: %v, and %d of them are kept", head, plan, n)
		}
		if n := len(plan); head > 2*near && n < 2 || head >= 260_000 && n < 8 {
			t.Errorf("head %d: %v", head, plan)
		}
	}
}

func TestNearestIsNotAbove(t *testing.T) {
	asUsual(t)
	x := newIndex()
	for _, rev := range []eventlog.Revision{50_000, 100_000, 150_000} {
		x.add(&frame{kind: kindThread, stream: "s", revision: rev})
	}
	for at, want := range map[eventlog.Revision]eventlog.Revision{0: 150_000, 1: 0, 49_999: 0, 50_000: 50_000, 50_001: 50_000, 149_999: 100_000, 150_000: 150_000, 999_999: 150_000} {
		f := x.nearest("s", at)
		if got := eventlog.Revision(0); f != nil {
			if got = f.revision; got != want {
				t.Errorf("nearest to %d is %d, want %d", at, got, want)
			}
		} else if want != 0 {
			t.Errorf("nothing is near %d, want %d", at, want)
		}
	}
	if x.nearest("other", 0) != nil {
		t.Error("something of another thread")
	}
}
