package projection_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestFreezeVersionGoesWithTheFold freezes histories that never change.
// Where this fails, a fold gives something else of the same log, or Freeze writes
// it otherwise: raise freezeVersion, so that no saved thread outlives the rules
// it was folded by, and put the new digest here. (Where only the tests' own
// writer makes up other histories, the digest is enough.)
func TestFreezeVersionGoesWithTheFold(t *testing.T) {
	const want = "9 09f6adbfc4edb028"
	sum := sha256.New()
	version := byte(0)
	for i := range 400 {
		draw := scripts.Seeded(uint64(i))
		th := projection.NewThread(scripts.Stream)
		for n := 1; n <= 25; n++ {
			e, err := scripts.Event(n, scripts.NextLine(draw, th.Units(0, th.Len()), th.Written), th.Units(0, th.Len()))
			if err != nil {
				t.Fatal(err)
			}
			dress(draw, &e)
			if _, err := th.Apply(e); err != nil {
				t.Fatal(err)
			}
			b := th.Freeze(nil)
			version = b[0]
			sum.Write(b)
		}
	}
	if got := fmt.Sprintf("%d %x", version, sum.Sum(nil)[:8]); got != want {
		t.Errorf("version and digest %q, want %q", got, want)
	}
}

// frozen is a thread with something of everything, frozen.
func frozen(t testing.TB) []byte {
	t.Helper()
	draw := scripts.Seeded(7)
	th := projection.NewThread(scripts.Stream)
	for n := 1; n <= 60; n++ {
		e, err := scripts.Event(n, scripts.NextLine(draw, th.Units(0, th.Len()), th.Written), th.Units(0, th.Len()))
		if err != nil {
			t.Fatal(err)
		}
		dress(draw, &e)
		if _, err := th.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return th.Freeze(nil)
}

// TestThawRefusesWhatFreezeNeverMade: bytes that are cut off, go on, or are of
// another version or sort are refused, and no byte changed makes Thaw panic or
// what it gives unusable.
func TestThawRefusesWhatFreezeNeverMade(t *testing.T) {
	b := frozen(t)
	for n := range b {
		if _, err := projection.Thaw(b[:n]); !errors.Is(err, projection.ErrFrozen) {
			t.Fatalf("cut off at %d: %v", n, err)
		}
	}
	if _, err := projection.Thaw(append(b[:len(b):len(b)], 0)); !errors.Is(err, projection.ErrFrozen) {
		t.Errorf("with a byte more: %v", err)
	}
	for at := range 2 {
		other := append([]byte(nil), b...)
		other[at]++
		if _, err := projection.Thaw(other); !errors.Is(err, projection.ErrFrozen) {
			t.Errorf("version or sort of %v: %v", other[:2], err)
		}
	}
	draw := scripts.Seeded(seeds.For(t))
	for range 20_000 {
		at, by := draw(len(b)), byte(1+draw(255))
		b[at] ^= by
		if th, err := projection.Thaw(b); err == nil {
			tell(th)
			_ = th.Summary()
		} else if !errors.Is(err, projection.ErrFrozen) {
			t.Fatalf("byte %d changed by %x: %v", at, by, err)
		}
		b[at] ^= by
	}
	if _, err := projection.Thaw(b); err != nil {
		t.Fatal(err)
	}
}

// TestThawedListsAreAsFolded freezes and thaws directory, authors and
// connections at random moments of random histories.
func TestThawedListsAreAsFolded(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for range 120 {
		d, a, c := projection.NewDirectory(), projection.NewAuthors(), projection.NewConnections()
		d2, a2, c2 := projection.NewDirectory(), projection.NewAuthors(), projection.NewConnections()
		offset := eventlog.Revision(draw(3)) // some were pruned
		for n := 1; n < 40; n++ {
			if draw(8) == 0 {
				var err1, err2, err3 error
				d2, err1 = projection.ThawDirectory(d2.Freeze(nil))
				a2, err2 = projection.ThawAuthors(a2.Freeze(nil))
				c2, err3 = projection.ThawConnections(c2.Freeze(nil))
				if err := errors.Join(err1, err2, err3); err != nil {
					t.Fatal(err)
				}
			}
			s := someSummary(draw, n)
			d.Put(s)
			d2.Put(s)
			named := someName(draw, n)
			connection := someConnection(draw, eventlog.Revision(n)+offset)
			if err := errors.Join(a.Apply(named), a2.Apply(named), c.Apply(connection), c2.Apply(connection)); err != nil {
				t.Fatal(err)
			}
			if string(d.Freeze(nil)) != string(d2.Freeze(nil)) || string(a.Freeze(nil)) != string(a2.Freeze(nil)) || string(c.Freeze(nil)) != string(c2.Freeze(nil)) {
				t.Fatalf("after %d events they differ:\n%+v\n%+v\n%+v\n%+v\n%+v\n%+v", n, d, d2, a, a2, c, c2)
			}
			sameLists(t, d, d2, a, a2, c, c2)
		}
	}
}

func someSummary(draw scripts.Source, n int) projection.Summary {
	return projection.Summary{
		Stream: eventlog.Stream(fmt.Sprint("thread ", draw(5))), Title: "t", OpenedBy: scripts.AuthorID("ana"), OpenedAt: int64(draw(9)),
		UpdatedBy: scripts.AuthorID("ben"), UpdatedAt: int64(draw(999)), Lines: draw(9), Revision: eventlog.Revision(n), Authors: draw(3), Last: "한",
	}
}

func someName(draw scripts.Source, n int) event.Event {
	kind := []event.AuthorKind{event.Person, event.Cli, event.ImportedKind}[draw(3)]
	return event.Event{
		Stream: eventlog.Authors, Revision: eventlog.Revision(n), Author: scripts.AuthorID(fmt.Sprint(draw(5))),
		Payload: event.Named{Name: fmt.Sprint("name ", draw(3)), Kind: kind},
	}
}

func someConnection(draw scripts.Source, rev eventlog.Revision) event.Event {
	place := event.Place{Node: fmt.Sprint("node", draw(2))}
	place.Run[0] = byte(draw(2))
	facts := []event.Payload{
		event.Started{Place: place}, event.Connected{Place: place}, event.Connected{Place: place},
		event.Joined{Place: place, Thread: scripts.Stream}, event.Left{Place: place, Thread: scripts.Stream}, event.Disconnected{Place: place},
	}
	return event.Event{
		Stream: eventlog.Connections, Revision: rev, Time: int64(rev), Client: eventlog.ClientID{byte(draw(6))}, Author: scripts.AuthorID("ana"), Payload: facts[draw(len(facts))],
	}
}

func sameLists(t *testing.T, d, d2 *projection.Directory, a, a2 *projection.Authors, c, c2 *projection.Connections) {
	t.Helper()
	if fmt.Sprint(d.List()) != fmt.Sprint(d2.List()) {
		t.Fatalf("list %v, want %v", d2.List(), d.List())
	}
	for k := range 5 {
		id := scripts.AuthorID(fmt.Sprint(k))
		if a.Author(id) != a2.Author(id) || a.Known(id) != a2.Known(id) {
			t.Fatalf("author %v, want %v", a2.Author(id), a.Author(id))
		}
		for _, kind := range []event.AuthorKind{event.Person, event.Cli, event.ImportedKind} {
			x, ok := a.Find(fmt.Sprint("name ", k), kind)
			if y, known := a2.Find(fmt.Sprint("name ", k), kind); x != y || ok != known {
				t.Fatalf("name %d is %v %t, want %v %t", k, y, known, x, ok)
			}
		}
	}
	if c.Open("") != c2.Open("") || c.Open(scripts.Stream) != c2.Open(scripts.Stream) || c.Visits != c2.Visits || c.Peak != c2.Peak || c.Runs != c2.Runs || c.Through != c2.Through {
		t.Fatalf("connections %+v, want %+v", c2, c)
	}
}
