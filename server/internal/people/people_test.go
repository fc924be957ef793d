package people

import (
	"context"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// canceling is a log that cancels its caller's context after each append.
type canceling struct {
	eventlog.Log
	cancel func()
}

func (l canceling) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	defer l.cancel()
	return l.Log.Append(ctx, s, expected, r...)
}

func ignore(eventlog.Stream, eventlog.Revision, []eventlog.Record, error) {}

// TestANameIsGivenOnceWhoeverGoesAway cancels a request while it names an author:
// the next request for that name must get the same author.
func TestANameIsGivenOnceWhoeverGoesAway(t *testing.T) {
	log := eventlog.NewMemory()
	ctx, cancel := context.WithCancel(t.Context())
	p := New(canceling{log, cancel}, projection.NewAuthors(), ignore)
	who := Identity{"Ada", event.Person}
	first, _ := p.Resolve(ctx, who)
	if ctx.Err() == nil {
		t.Fatal("the request was not canceled")
	}
	p.log = log
	second, err := p.Resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ada is %x and then %x, %v", first, second, err)
	}
	if head, _ := log.Head(t.Context(), eventlog.Authors); head.Revision != 1 {
		t.Errorf("Ada was named %d times", head.Revision)
	}
}

// TestANameThatIsInTheLogIsFound, also by a projection that is behind the log.
func TestANameThatIsInTheLogIsFound(t *testing.T) {
	log := eventlog.NewMemory()
	p, late := New(log, projection.NewAuthors(), ignore), New(log, projection.NewAuthors(), ignore)
	who := Identity{"Ben", event.Person}
	first, err := p.Resolve(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	second, err := late.Resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ben is %x and then %x, %v", first, second, err)
	}
}
