package server

import (
	"context"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// hasty is a log whose caller has gone when an append is done.
type hasty struct {
	eventlog.Log
	leave func()
}

func (l hasty) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	defer l.leave()
	return l.Log.Append(ctx, s, expected, r...)
}

// TestANameIsGivenOnceWhoeverGoesAway: who breaks off a request while it gives
// somebody a name must not have the next one give it to somebody else.
func TestANameIsGivenOnceWhoeverGoesAway(t *testing.T) {
	log := eventlog.NewMemory()
	ctx, leave := context.WithCancel(t.Context())
	p := newPeople(hasty{log, leave}, new(appends), projection.NewAuthors())
	who := Identity{"Ada", event.Person}
	first, _ := p.resolve(ctx, who)
	if ctx.Err() == nil {
		t.Fatal("nobody has gone")
	}
	p.log = log
	second, err := p.resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ada is %x and then %x, %v", first, second, err)
	}
	if head, _ := log.Head(t.Context(), eventlog.Authors); head.Revision != 1 {
		t.Errorf("Ada was named %d times", head.Revision)
	}
}

// TestANameThatIsInTheLogIsFound, also where it was not read when it was written.
func TestANameThatIsInTheLogIsFound(t *testing.T) {
	log := eventlog.NewMemory()
	p, late := newPeople(log, new(appends), projection.NewAuthors()), newPeople(log, new(appends), projection.NewAuthors())
	who := Identity{"Ben", event.Person}
	first, err := p.resolve(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	second, err := late.resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ben is %x and then %x, %v", first, second, err)
	}
}
