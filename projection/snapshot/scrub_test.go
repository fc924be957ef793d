package snapshot

import (
	"os"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
)

// TestDamagedFramesAreForgottenAndMadeAnew: after a cache was open once, nothing
// of what was damaged is left in the file, whether anybody asked for it or not,
// and every thread is saved again.
func TestDamagedFramesAreForgottenAndMadeAnew(t *testing.T) {
	w := newWorld(t, seeds.For(t))
	w.start()
	for range 20 {
		w.happen(60)
		w.settle()
	}
	w.cache.Close()
	good, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []bool{false, true} {
		f, frames, err := openFile(w.path, w.log.id, os.O_RDWR)
		if err != nil {
			t.Fatal(err)
		}
		x := newIndex()
		for i := range frames {
			x.add(&frames[i])
		}
		threads := len(x.threads)
		damaged := 0
		spoil := func(g *frame) {
			if _, err := f.f.WriteAt([]byte{0xa5, 0x5a}, g.offset+int64(g.headSize())+int64(g.payload)/2); err != nil {
				t.Fatal(err)
			}
			damaged++
		}
		for _, all := range x.threads {
			spoil(all[0])
		}
		spoil(x.state)
		f.f.Close()
		if r := w.compare(); len(r.Problems) != damaged {
			t.Fatalf("%d of %d damaged entries are named: %q", len(r.Problems), damaged, r.Problems)
		}

		w.open()
		if ask {
			w.start()
		}
		w.cache.Close()
		r := w.compare()
		if len(r.Problems) > 0 || r.Threads != threads || r.State != ask {
			t.Errorf("asked %v: %d threads of %d, state %v: %q", ask, r.Threads, threads, r.State, r.Problems)
		}
		if !strings.Contains(w.said.String(), "damaged: making it again") {
			t.Errorf("nothing was said of it: %s", w.said.String())
		}
		if err := os.WriteFile(w.path, good, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestASoundFileIsLeftAsItIs: looking through writes nothing.
func TestASoundFileIsLeftAsItIs(t *testing.T) {
	w := newWorld(t, seeds.For(t))
	w.start()
	w.happen(400)
	w.settle()
	w.cache.Close()
	before, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	w.open()
	w.cache.Close()
	after, err := os.ReadFile(w.path)
	if err != nil || string(after) != string(before) {
		t.Errorf("%v: %d bytes were %d", err, len(after), len(before))
	}
}
