package snapshot

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"parodywave/eventlog"
)

// TestSnapshotsLieAtDoublingDistance: however a thread is saved, there are few
// snapshots, and to reach a revision no more is folded than lies between it and
// the head, and the step between two savings.
func TestSnapshotsLieAtDoublingDistance(t *testing.T) {
	seed := seedFor(t)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		x := newIndex()
		last, step := eventlog.Revision(0), eventlog.Revision(1+r.IntN(3000))
		for range 1 + r.IntN(400) {
			last += 1 + eventlog.Revision(r.Int64N(int64(step)))
			x.add(&frame{kind: kindThread, stream: "s", revision: last})
			all := x.threads["s"]
			if most := 2*bits.Len64(uint64(last)) + 3; len(all) > most {
				t.Fatalf("seed %d: %d snapshots of %d revisions, want %d at most", seed, len(all), last, most)
			}
			before := eventlog.Revision(0)
			for _, f := range all {
				if gap, way := f.revision-before, last-before; gap > way/2+step && f.revision != last {
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
	for _, head := range []eventlog.Revision{1, 100, 511, 512, 2047, 2048, 2049, 5000, 260_000, 10_000_000} {
		x := newIndex()
		plan := Plan(head)
		for _, rev := range plan {
			if rev == 0 || rev > head {
				t.Errorf("head %d: revision %d", head, rev)
			}
			x.add(&frame{kind: kindThread, stream: "s", revision: rev})
		}
		if n := len(x.threads["s"]); n != len(plan) {
			t.Errorf("head %d: %v, of which %d are kept", head, plan, n)
		}
	}
}

func TestNearestIsNotAbove(t *testing.T) {
	x := newIndex()
	for _, rev := range []eventlog.Revision{1000, 2000, 3000} {
		x.add(&frame{kind: kindThread, stream: "s", revision: rev})
	}
	for at, want := range map[eventlog.Revision]eventlog.Revision{0: 3000, 1: 0, 999: 0, 1000: 1000, 1001: 1000, 2999: 2000, 3000: 3000, 9999: 3000} {
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
