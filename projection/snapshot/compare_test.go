package snapshot

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// TestCompareFindsWhatIsWrong: a cache as it is made is as the log gives it, and
// whatever a server would believe and should not is found.
func TestCompareFindsWhatIsWrong(t *testing.T) {
	w := newWorld(t, seeds.For(t))
	w.start()
	for range 20 {
		w.happen(60)
		w.settle()
	}
	w.cache.Close()
	r := w.compare()
	if len(r.Problems) > 0 || r.Threads == 0 || r.Snapshots <= r.Threads || !r.State {
		t.Fatalf("%+v", r)
	}
	good, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	w.happen(50) // which changes nothing of what was
	if r := w.compare(); len(r.Problems) > 0 {
		t.Fatalf("%+v", r)
	}

	f, frames, err := openFile(w.path, w.log.id, os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	defer f.f.Close()
	slices.Reverse(frames) // the state is among the last
	for left, i := 12, 0; left > 0 && i < len(frames); i++ {
		b, err := frames[i].read(bytes.NewReader(good))
		if err == nil && frames[i].kind != kindForget {
			b, err = unpack(b)
		}
		if err != nil {
			t.Fatal(err)
		}
		bad := frames[i]
		x := newIndex()
		for k := range slices.Backward(frames) {
			x.add(&frames[k])
		}
		switch {
		case bad.kind == kindThread && x.nearest(bad.stream, bad.revision) == &frames[i]:
			th, err := projection.Thaw(b)
			if err != nil {
				t.Fatal(err)
			}
			th.Title += "x"
			b = th.Freeze(nil)
		case bad.kind == kindState && x.state == &frames[i]:
			s, err := thawState(b)
			if err != nil {
				t.Fatal(err)
			}
			sum := s.Directory.List()[0]
			sum.Title += "x"
			s.Directory.Put(sum)
			b = s.freeze()
		default:
			continue
		}
		left--
		b = pack(b)
		bad.payload = len(b)
		wrong := append(append(bytes.Clone(good[:bad.offset]), bad.bytes(b)...), good[frames[i].end():]...)
		if err := os.WriteFile(w.path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := w.compare(); len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "differs from the log") {
			t.Errorf("frame %d: %+v", i, r)
		}
		wrong = bytes.Clone(good)
		wrong[frames[i].end()-1] ^= 1
		if err := os.WriteFile(w.path, wrong, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := w.compare(); len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "sum") {
			t.Errorf("frame %d: %+v", i, r)
		}
	}
	last := *f // one more, of a log that went on in another way
	other := frame{kind: kindForget, mark: frames[0].mark, stream: frames[0].stream}
	other.mark.chain[0] ^= 1
	other.offset = last.end
	if err := os.WriteFile(w.path, append(bytes.Clone(good), other.bytes(nil)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := w.compare(); len(r.Problems) > 0 || r.Snapshots == 0 || r.Ignored == "" {
		t.Errorf("with an entry of another past: %+v", r)
	}
	for name, make := range map[string]func() error{
		"another file": func() error { return os.WriteFile(w.path, []byte("something"), 0o600) },
		"a directory":  func() error { return os.Mkdir(w.path, 0o700) },
		"nothing":      func() error { return nil },
	} {
		if err := errors.Join(os.Remove(w.path), make()); err != nil {
			t.Fatal(err)
		}
		if r := w.compare(); r.Snapshots+len(r.Problems) > 0 || r.State || (r.Ignored == "") != (name == "nothing") {
			t.Errorf("%s in its place: %+v", name, r)
		}
		if name == "nothing" {
			if err := os.WriteFile(w.path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
