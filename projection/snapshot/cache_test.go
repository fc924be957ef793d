package snapshot

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// Law 1, from both sides: whatever becomes of the cache, the log alone says what
// there is. A cache is used, closed or abandoned as by kill -9, cut off anywhere,
// deleted, or has bytes changed; the answers stay those of the log.
func TestTheLogIsTheOnlyTruth(t *testing.T) {
	seed, rounds := seeds.For(t), seeds.Rounds(40)
	used, damaged := 0, 0
	for i := range rounds {
		w := newWorld(t, seed<<8+uint64(i))
		w.start()
		for range 6 {
			w.happen(30 + w.draw(150))
			switch w.draw(5) {
			case 0: // as it is
			case 1:
				w.cache.Close()
			default:
				w.abandon()
			}
			if w.draw(3) == 0 {
				damaged += w.damage()
			}
			w.open()
			used += w.saved()
			if err := w.check(); err != nil {
				t.Fatalf("world %d: %v\n%s", i, err, &w.said)
			}
			w.start()
		}
	}
	t.Logf("%d snapshots were there when a cache was opened, %d times it was damaged", used, damaged)
	if used < 10*rounds || damaged < rounds/3 {
		t.Error("that is too little to prove anything")
	}
}

// abandon leaves the file as a kill does, in the middle of what is written.
func (w *world) abandon() {
	if w.draw(2) == 0 {
		w.settle()
	}
	b, err := os.ReadFile(w.path)
	w.cache.Close()
	if err == nil {
		err = os.WriteFile(w.path, b, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// damage does something to the file that is closed, and returns how much.
func (w *world) damage() int {
	b, err := os.ReadFile(w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	switch w.draw(4) {
	case 0:
		if err := os.Remove(w.path); err != nil {
			w.t.Fatal(err)
		}
		return 1
	case 1:
		b = b[:w.draw(len(b))]
	default:
		for range 1 + w.draw(20) {
			b[w.draw(len(b))] ^= byte(1 + w.draw(255))
		}
	}
	if err := os.WriteFile(w.path, b, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return 1
}

// The check has teeth: a cache that is believed although it is not right.
func TestCheckFindsAWrongSnapshot(t *testing.T) {
	w := newWorld(t, seeds.For(t))
	w.start()
	w.happen(400)
	w.settle()
	stream := w.streams[0]
	other, err := projection.Replay(context.Background(), projection.Plain(w.log), stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.check(); err != nil {
		t.Fatal(err)
	}
	e := event.Event{Stream: stream, Revision: other.Revision + 1, Time: other.UpdatedAt, Author: eventlog.AuthorID{99}, Payload: event.Renamed{Title: "wrong"}}
	if _, err := other.Apply(e); err != nil {
		t.Fatal(err)
	}
	other.Revision--
	w.cache.Save(other)
	w.settle()
	for len(w.cache.writer.frozen) > 0 {
		w.settle()
	}
	if err := w.check(); err == nil {
		t.Fatal("a wrong snapshot was not noticed")
	}
}

// A log that was restored from an older backup and went on differently has
// nothing of what the cache tells of its other future.
func TestRestoredLogIsNotTakenForTheOther(t *testing.T) {
	seed, kept, dropped := seeds.For(t), 0, 0
	for i := range 30 {
		w := newWorld(t, seed<<8+uint64(i))
		w.start()
		w.happen(300)
		end, _ := w.log.End()
		backup := w.log.before(t, end)
		w.cache.Close()
		w.open()
		w.start()
		w.happen(300)
		w.settle()
		w.cache.Close()

		w.log = backup
		w.live, w.streams = map[eventlog.Stream]*projection.Thread{}, nil
		heads, err := backup.Streams(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range heads {
			if event.IsThread(h.Stream) {
				th, err := projection.Replay(t.Context(), projection.Plain(backup), h.Stream, 0)
				if err != nil {
					t.Fatal(err)
				}
				w.streams, w.live[h.Stream] = append(w.streams, h.Stream), th
			}
		}
		w.to, w.silent = projection.Plain(backup), true
		if w.draw(2) == 0 {
			w.happen(100 + w.draw(400)) // before the cache is there again
		}
		w.silent = false
		w.open()
		if err := w.check(); err != nil {
			t.Fatalf("world %d: %v", i, err)
		}
		kept, dropped = kept+w.saved(), dropped+strings.Count(w.said.String(), "made from another log")
		w.start()
		w.happen(100)
		w.settle()
		if err := w.check(); err != nil {
			t.Fatalf("world %d, gone on: %v", i, err)
		}
	}
	if kept == 0 || dropped < 20 {
		t.Errorf("%d snapshots counted and %d times some did not", kept, dropped)
	}
}

// A file of another log, of another version or of something else altogether is
// replaced, with a line in the log.
func TestForeignCacheIsMadeAnew(t *testing.T) {
	w := newWorld(t, 1)
	w.start()
	w.happen(400)
	w.cache.Close()
	good, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	version := slices.Clone(good)
	version[7]-- // whose folds have other rows
	for name, b := range map[string][]byte{"empty": {}, "text": []byte("hello"), "long text": []byte(strings.Repeat("hello", 999)), "version": version} {
		if err := os.WriteFile(w.path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		w.said.Reset()
		w.open()
		if w.saved() != 0 || w.cache.State() != nil || !strings.Contains(w.said.String(), "making it again") {
			t.Errorf("%s: %d snapshots; %s", name, w.saved(), &w.said)
		}
		if err := w.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.start()
		w.cache.Close()
	}
	if err := os.WriteFile(w.path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	w.log.id[0]++
	if w.open(); w.saved() != 0 {
		t.Errorf("%d snapshots of another log", w.saved())
	}
	w.cache.Close()
	w.log.id[0]--
	if err := os.WriteFile(w.path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	w.said.Reset()
	if w.open(); w.saved() == 0 || w.cache.State() == nil || w.said.Len() > 0 {
		t.Errorf("of its own log: %d snapshots; %s", w.saved(), &w.said)
	}
}

// Where no file can be made, everything is folded from the log.
func TestWithoutAFileNothingIsCached(t *testing.T) {
	w := newWorld(t, 2)
	w.cache.Close()
	w.path = filepath.Join(t.TempDir(), "none", "cache.db")
	w.open()
	w.start()
	w.happen(400)
	w.cache.Idle(w.streams[0])
	w.settle()
	if err := w.check(); err != nil || w.saved() != 0 {
		t.Errorf("%v; %d snapshots", err, w.saved())
	}
	if !strings.Contains(w.said.String(), "nothing is cached") {
		t.Errorf("said %q", &w.said)
	}
	var none *Cache
	none.Idle("x")
	none.Distrust("x")
	none.Save(nil)
	none.Demand()
	none.Follow(nil, nil)
	if none.State() != nil || none.Close() != nil {
		t.Error("no cache has a state")
	}
}

// Once a text is redacted, no snapshot has it, not even one of a revision
// before; and the bytes are not in the file either.
func TestRedactedTextIsInNoSnapshot(t *testing.T) {
	for _, told := range []bool{true, false} { // whether Distrust is called, or the cache finds out
		t.Run(fmt.Sprint("told=", told), func(t *testing.T) {
			w := newWorld(t, seeds.For(t))
			w.start()
			w.happen(1)
			stream := w.streams[0]
			secret, err := ot.Units("secret")
			if err != nil {
				t.Fatal(err)
			}
			w.append(stream, 1, event.Changed{Change: ot.Replace(0, 0, 0, secret)})
			for i := range 300 {
				if i%30 == 0 {
					w.settle()
				}
				n := w.live[stream].Len()
				w.append(stream, 2, event.Changed{Change: ot.Replace(n, n, n, secret[:2])})
			}
			w.settle()
			if n := w.saved(); n < 3 {
				t.Fatalf("%d snapshots", n)
			}
			w.log.mu.Lock()
			w.log.black[stream] = 2
			w.log.mu.Unlock()
			if err := w.check(); err == nil {
				t.Fatal("the snapshots do not have the text, which proves nothing")
			}
			w.silent = !told
			length := w.live[stream].Len()
			w.append(stream, 3, event.Redacted{Change: ot.Keep(length), Reason: "test"})
			if !told { // who opens the thread finds out
				if _, err := projection.Replay(t.Context(), w.to, stream, 0); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.check(); err != nil {
				t.Fatal(err)
			}
			w.settle()
			w.cache.Close()
			f, frames, err := openFile(w.path, w.log.id, os.O_RDONLY)
			if err != nil {
				t.Fatal(err)
			}
			defer f.f.Close()
			for _, f := range frames {
				if f.kind == kindThread && f.revision < 303 {
					t.Errorf("revision %d is still in the file", f.revision)
				}
			}
		})
	}
}
