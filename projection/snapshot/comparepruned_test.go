package snapshot

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

var here = event.Place{Node: "main"}

// closed makes a world whose cache was saved and closed.
func closed(t *testing.T, seed uint64) *world {
	w := newWorld(t, seed)
	w.start()
	w.happen(120)
	w.append(eventlog.Connections, 1, event.Started{Place: here})
	w.append(eventlog.Connections, 1, event.Connected{Place: here})
	w.settle()
	w.cache.Close()
	w.silent = true
	return w
}

// state returns the state that is saved last in the file.
func (w *world) state() *State {
	w.t.Helper()
	f, frames, err := openFile(w.path, w.log.id, os.O_RDONLY)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.f.Close()
	var s *State
	for i := range frames {
		if frames[i].kind == kindState {
			b, err := frames[i].read(f.f)
			if err == nil {
				b, err = unpack(b)
			}
			if err == nil {
				s, err = thawState(b)
			}
			if err != nil {
				w.t.Fatal(err)
			}
		}
	}
	if s == nil {
		w.t.Fatalf("no state was saved: %s", &w.said)
	}
	return s
}

// TestPrunedConnectionsAreNoDamage: Compare finds nothing wrong with a sound cache,
// through whatever revision the connections were pruned since it was saved. The old
// rule, which looked at what it folded instead of at where the log begins, calls the
// cache damaged if they were pruned exactly through the saved revision.
func TestPrunedConnectionsAreNoDamage(t *testing.T) {
	seed, wrong := seeds.For(t), 0
	for i := range 12 {
		for _, beyond := range []int{-1, 0, 1} {
			w := closed(t, seed<<8+uint64(i))
			saved := w.state()
			at := saved.Connections.Revision
			for range 3 {
				w.append(eventlog.Connections, 1, event.Connected{Place: here})
			}
			through := at + eventlog.Revision(beyond)
			w.prune(through)
			if r := w.compare(); len(r.Problems) > 0 || !r.State {
				t.Errorf("seed %d, world %d, saved at %d, pruned through %d: %q", seed, i, at, through, r.Problems)
			}
			if w.oldRule(saved) {
				if wrong++; beyond != 0 {
					t.Errorf("seed %d, world %d: the old rule fails %d beyond the saved revision", seed, i, beyond)
				}
			}
			w.open()
			if err := w.check(); err != nil {
				t.Errorf("seed %d, world %d: a server continues wrongly: %v", seed, i, err)
			}
			w.start()
			w.append(eventlog.Connections, 1, event.Connected{Place: here})
			w.settle()
			w.cache.Close() // saves the state of a log that begins after through
			if r := w.compare(); len(r.Problems) > 0 || w.state().Connections.Through != through {
				t.Errorf("seed %d, world %d, saved again: %q", seed, i, r.Problems)
			}
			w.prune(w.state().Connections.Revision)
			if r := w.compare(); len(r.Problems) > 0 {
				t.Errorf("seed %d, world %d, pruned again: %q", seed, i, r.Problems)
			}
		}
	}
	if wrong != 12 {
		t.Errorf("the old rule fails %d times of 12: the test proves nothing", wrong)
	}
}

// oldRule reports whether the rule of before called s damaged.
func (w *world) oldRule(s *State) bool {
	folded := projection.NewConnections()
	for r, err := range w.log.Read(context.Background(), eventlog.Connections, 0) {
		var e event.Event
		if err == nil {
			e, err = event.Decode(r)
		}
		if err == nil && r.Revision <= s.Connections.Revision {
			err = folded.Apply(e)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	at, err := w.log.ChainAt(context.Background(), eventlog.Connections, s.Connections.Revision)
	return err == nil && at == s.connections && folded.Through == s.Connections.Through && !bytes.Equal(folded.Freeze(nil), s.Connections.Freeze(nil))
}

// TestWrongConnectionsAreFound: what Compare believes of the connections is compared.
func TestWrongConnectionsAreFound(t *testing.T) {
	w := closed(t, seeds.For(t))
	s := w.state()
	s.Connections.Visits++
	w.save(s.freeze())
	if r := w.compare(); len(r.Problems) != 1 || r.Problems[0] != "the connections differ from the log" {
		t.Errorf("%q", r.Problems)
	}
}

// save appends a state to the closed file.
func (w *world) save(b []byte) {
	w.t.Helper()
	f, _, err := openFile(w.path, w.log.id, os.O_RDWR)
	if err != nil {
		w.t.Fatal(err)
	}
	fr := frame{kind: kindState}
	fr.mark.position, fr.mark.chain = w.log.End()
	if err := f.append(&fr, pack(b)); err != nil {
		w.t.Fatal(err)
	}
	f.f.Close()
}

// TestCacheOlderThanARedactionIsNoDamage: a redaction that the cache has not heard of
// makes what was saved before it useless, not damaged. Without the redaction the same
// difference is damage.
func TestCacheOlderThanARedactionIsNoDamage(t *testing.T) {
	for _, redacted := range []bool{true, false} {
		t.Run(fmt.Sprint("redacted=", redacted), func(t *testing.T) {
			w := closed(t, seeds.For(t))
			stream := w.streams[0]
			secret, err := ot.Units("secret")
			if err != nil {
				t.Fatal(err)
			}
			w.silent = false
			w.open()
			w.start()
			n := w.live[stream].Len()
			w.append(stream, 1, event.Changed{Change: ot.Replace(n, n, n, secret)})
			black := w.live[stream].Revision
			for range 100 {
				n := w.live[stream].Len()
				w.append(stream, 2, event.Changed{Change: ot.Replace(n, n, n, secret[:2])})
			}
			w.settle()
			w.cache.Close()
			if r := w.compare(); len(r.Problems) > 0 || r.Ignored != "" {
				t.Fatalf("%+v", r)
			}
			w.silent = true
			w.log.mu.Lock()
			w.log.black[stream] = black
			w.log.mu.Unlock()
			var fact event.Payload = event.Redacted{Change: ot.Keep(w.live[stream].Len()), Reason: "test"}
			if !redacted {
				fact = event.Renamed{Title: "another"}
			}
			w.append(stream, 3, fact)
			if r := w.compare(); redacted != (len(r.Problems) == 0) || redacted != (r.Ignored != "") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestCacheOfAnotherVersionIsNoDamage: a server folds the log instead of using what
// another version of the program froze.
func TestCacheOfAnotherVersionIsNoDamage(t *testing.T) {
	w := closed(t, seeds.For(t))
	b := w.state().freeze()
	b[4]++ // the version of the list of threads
	w.save(b)
	r := w.compare()
	if len(r.Problems) > 0 || r.Ignored != "another version of the program wrote 1 entries" {
		t.Errorf("%+v", r)
	}
	b[4]--
	b[5]++ // no list of threads at all
	w.save(b)
	if r := w.compare(); len(r.Problems) != 1 {
		t.Errorf("%+v", r)
	}
}
