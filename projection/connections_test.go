package projection_test

import (
	"errors"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/scripts"

	"github.com/oklog/ulid/v2"
)

// A porter writes facts of connections.
type porter struct {
	t    *testing.T
	c    *projection.Connections
	next eventlog.Revision
}

func newPorter(t *testing.T) *porter { return &porter{t, projection.NewConnections(), 1} }

func (p *porter) say(client byte, f event.Payload) {
	p.t.Helper()
	e := event.Event{Stream: eventlog.Connections, Revision: p.next, Client: eventlog.ClientID{client}, Author: scripts.AuthorID("ana"), Payload: f}
	if err := p.c.Apply(e); err != nil {
		p.t.Fatal(err)
	}
	p.next++
}

func (p *porter) want(open, visits, peak, runs int) {
	p.t.Helper()
	if c := p.c; c.Open("") != open || c.Visits != visits || c.Peak != peak || c.Runs != runs {
		p.t.Errorf("open %d, visits %d, peak %d, runs %d, want %d, %d, %d, %d",
			c.Open(""), c.Visits, c.Peak, c.Runs, open, visits, peak, runs)
	}
}

var (
	run1 = event.Place{Run: ulid.ULID{1}, Node: "one"}
	run2 = event.Place{Run: ulid.ULID{2}, Node: "one"}
	far  = event.Place{Run: ulid.ULID{3}, Node: "two"}
)

const otherStream eventlog.Stream = "01ARZ3NDEKTSV4RRFFQ69G5FAW"

func TestConnectionsCountVisitsAndPeak(t *testing.T) {
	p := newPorter(t)
	p.want(0, 0, 0, 0)
	p.say(0, event.Started{Place: run1})
	p.say(1, event.Connected{Place: run1})
	p.say(2, event.Connected{Place: run1})
	p.want(2, 2, 2, 1)
	p.say(1, event.Disconnected{Place: run1})
	p.say(1, event.Disconnected{Place: run1}) // once more is no harm
	p.want(1, 2, 2, 1)
	p.say(3, event.Connected{Place: run1})
	p.want(2, 3, 2, 1)
	p.say(4, event.Connected{Place: run1})
	p.want(3, 4, 3, 1)
}

func TestConnectionsCountByThread(t *testing.T) {
	p := newPorter(t)
	for client := byte(1); client <= 3; client++ {
		p.say(client, event.Connected{Place: run1})
	}
	p.say(1, event.Joined{Place: run1, Thread: scripts.Stream})
	p.say(2, event.Joined{Place: run1, Thread: scripts.Stream})
	p.say(3, event.Joined{Place: run1, Thread: otherStream})
	in := func(here, there int) {
		t.Helper()
		if a, b := p.c.Open(scripts.Stream), p.c.Open(otherStream); a != here || b != there {
			t.Errorf("%d and %d are in the threads, want %d and %d", a, b, here, there)
		}
	}
	in(2, 1)
	p.say(1, event.Left{Place: run1, Thread: scripts.Stream})
	in(1, 1)
	p.say(2, event.Joined{Place: run1, Thread: otherStream}) // into another, leaving the first
	in(0, 2)
	p.say(3, event.Disconnected{Place: run1})
	in(0, 1)
	p.want(2, 3, 3, 0)
}

func TestStartedClosesEarlierRunsOfItsOwnNodeOnly(t *testing.T) {
	p := newPorter(t)
	p.say(0, event.Started{Place: run1})
	p.say(0, event.Started{Place: far})
	p.say(1, event.Connected{Place: run1})
	p.say(2, event.Connected{Place: far})
	p.say(3, event.Connected{Place: run2}) // told before its own start: written behind
	p.say(0, event.Started{Place: run2})
	p.want(2, 3, 3, 3)
	// It is the first run's that was closed: its end changes nothing more.
	p.say(1, event.Disconnected{Place: run1})
	p.want(2, 3, 3, 3)
	p.say(2, event.Disconnected{Place: far})
	p.want(1, 3, 3, 3)
	p.say(3, event.Disconnected{Place: run2})
	p.want(0, 3, 3, 3)
}

// A late event of a run whose end was seen does not leave a connection open.
func TestLeftOfAnUnknownConnectionOpensNothing(t *testing.T) {
	p := newPorter(t)
	p.say(1, event.Left{Place: run1, Thread: scripts.Stream})
	p.say(2, event.Disconnected{Place: run1})
	p.want(0, 0, 0, 0)
}

func TestConnectionsBeginWhereTheStreamWasPruned(t *testing.T) {
	p := newPorter(t)
	p.next = 501
	p.say(1, event.Connected{Place: run1})
	p.say(0, event.Pruned{Through: 500})
	p.want(1, 1, 1, 0)
	if p.c.Through != 500 || p.c.Revision != 502 {
		t.Errorf("pruned through %d, at %d, want 500 and 502", p.c.Through, p.c.Revision)
	}
	if p := newPorter(t); true {
		p.say(0, event.Started{Place: run1})
		if p.c.Through != 0 {
			t.Errorf("pruned through %d though the stream is whole", p.c.Through)
		}
	}
}

// Somebody joined whose connection was opened in a record that is gone.
func TestJoinedAfterPruningIsOpen(t *testing.T) {
	p := newPorter(t)
	p.next = 501
	p.say(1, event.Joined{Place: run1, Thread: scripts.Stream})
	p.want(1, 0, 1, 0)
	if p.c.Open(scripts.Stream) != 1 {
		t.Error("not in the thread")
	}
}

func TestConnectionsRefuseWhatCannotFollow(t *testing.T) {
	for name, e := range map[string]event.Event{
		"a gap":                {Revision: 3, Payload: event.Connected{Place: run1}},
		"a revision twice":     {Revision: 1, Payload: event.Connected{Place: run1}},
		"a fact of a thread":   {Revision: 2, Payload: event.Opened{}},
		"a fact of authors":    {Revision: 2, Payload: event.Named{}},
		"nothing that is said": {Revision: 2},
	} {
		p := newPorter(t)
		p.say(1, event.Connected{Place: run1})
		if err := p.c.Apply(e); !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
}
