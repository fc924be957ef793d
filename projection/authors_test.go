package projection_test

import (
	"errors"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

func authorsOf(t *testing.T, events ...event.Event) *projection.Authors {
	t.Helper()
	a := projection.NewAuthors()
	for i, e := range events {
		e.Stream, e.Revision = eventlog.Authors, eventlog.Revision(i+1)
		if err := a.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func named(id, name string, kind event.AuthorKind) event.Event {
	return event.Event{Author: scripts.AuthorID(id), Payload: event.Named{Name: name, Kind: kind}}
}

func TestAuthorsAreFoundByNameAndKind(t *testing.T) {
	a := authorsOf(t, named("1", "Ana", event.Person), named("2", "Ana", event.Cli), named("3", "Ben", event.Person))
	for _, c := range []struct {
		name string
		kind event.AuthorKind
		want string
	}{
		{"Ana", event.Person, "1"},
		{"Ana", event.Cli, "2"},
		{"Ben", event.Person, "3"},
		{"Ben", event.Cli, ""},
		{"ana", event.Person, ""},
		{"", event.Person, ""},
	} {
		if id, ok := a.Find(c.name, c.kind); ok != (c.want != "") || id != scripts.AuthorID(c.want) {
			t.Errorf("%s %q is %q, %v, want %q", c.kind, c.name, scripts.AuthorName(id), ok, c.want)
		}
	}
}

// An export can carry any name; whoever it names is nobody here.
func TestImportedAuthorsAreNeverMatchedByName(t *testing.T) {
	a := authorsOf(t, named("1", "Ana", event.ImportedKind))
	for _, kind := range []event.AuthorKind{event.Person, event.Cli, event.ImportedKind, event.Server} {
		if id, ok := a.Find("Ana", kind); ok {
			t.Errorf("%s Ana is %q", kind, scripts.AuthorName(id))
		}
	}
	if got := a.Author(scripts.AuthorID("1")); got.Name != "Ana" || got.Kind != event.ImportedKind || !a.Known(scripts.AuthorID("1")) {
		t.Errorf("author is %+v", got)
	}
	a = authorsOf(t, named("1", "Ana", event.Person), named("2", "Ana", event.ImportedKind))
	if id, ok := a.Find("Ana", event.Person); !ok || id != scripts.AuthorID("1") {
		t.Errorf("Ana is %q, %v, after an import of another", scripts.AuthorName(id), ok)
	}
}

func TestAuthorsFollowARename(t *testing.T) {
	a := authorsOf(t, named("1", "Ana", event.Person), named("1", "Anna", event.Person))
	if _, ok := a.Find("Ana", event.Person); ok {
		t.Error("the old name is still found")
	}
	if id, ok := a.Find("Anna", event.Person); !ok || id != scripts.AuthorID("1") {
		t.Errorf("Anna is %q, %v", scripts.AuthorName(id), ok)
	}
	if got := a.Author(scripts.AuthorID("1")).Name; got != "Anna" {
		t.Errorf("name is %q", got)
	}
}

// An author who leaves a name that is another's by now does not take it along.
func TestRenameLeavesTheNameToWhoHasIt(t *testing.T) {
	a := authorsOf(t, named("1", "Ana", event.Person), named("2", "Ana", event.Person), named("1", "Anna", event.Person))
	if id, ok := a.Find("Ana", event.Person); !ok || id != scripts.AuthorID("2") {
		t.Errorf("Ana is %q, %v, want 2", scripts.AuthorName(id), ok)
	}
	a = authorsOf(t, named("1", "Ana", event.Person), named("2", "Ana", event.ImportedKind), named("2", "Ben", event.ImportedKind))
	if id, ok := a.Find("Ana", event.Person); !ok || id != scripts.AuthorID("1") {
		t.Errorf("Ana is %q, %v, want 1", scripts.AuthorName(id), ok)
	}
}

func TestTheNameOfAnUnknownAuthorIsTheID(t *testing.T) {
	a := projection.NewAuthors()
	id := eventlog.AuthorID{15: 1}
	if got := a.Author(id); got != (projection.Author{ID: id, Name: "00000000000000000000000001"}) || a.Known(id) {
		t.Errorf("author is %+v, known %v", got, a.Known(id))
	}
}

func TestAuthorsRefuseAGap(t *testing.T) {
	a := authorsOf(t, named("1", "Ana", event.Person))
	for _, r := range []eventlog.Revision{0, 1, 3} {
		e := named("2", "Ben", event.Person)
		if e.Revision = r; !errors.Is(a.Apply(e), eventlog.ErrDamaged) {
			t.Errorf("revision %d is taken after 1", r)
		}
	}
	if a.Revision != 1 || a.Known(scripts.AuthorID("2")) {
		t.Errorf("refused events left something: revision %d", a.Revision)
	}
}
