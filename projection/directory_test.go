package projection_test

import (
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

func streams(list []projection.Summary) (s []eventlog.Stream) {
	for _, sum := range list {
		s = append(s, sum.Stream)
	}
	return s
}

func TestDirectoryListsTheNewestFirst(t *testing.T) {
	d := projection.NewDirectory()
	for _, s := range []projection.Summary{
		{Stream: "B", UpdatedAt: 20}, {Stream: "A", UpdatedAt: 30}, {Stream: "C", UpdatedAt: 20}, {Stream: "D", UpdatedAt: 10},
	} {
		d.Put(s)
	}
	if got, want := streams(d.List()), []eventlog.Stream{"A", "C", "B", "D"}; !slices.Equal(got, want) {
		t.Errorf("list is %v, want %v", got, want)
	}
	d.Put(projection.Summary{Stream: "D", UpdatedAt: 40, Revision: 2})
	if got, want := streams(d.List()), []eventlog.Stream{"D", "A", "C", "B"}; !slices.Equal(got, want) || d.Len() != 4 {
		t.Errorf("list is %v of %d, want %v", got, d.Len(), want)
	}
}

func TestDirectoryPassesOverWhatIsOlder(t *testing.T) {
	d := projection.NewDirectory()
	d.Put(projection.Summary{Stream: "A", Title: "new", Revision: 5})
	d.Put(projection.Summary{Stream: "A", Title: "old", Revision: 4})
	if s, ok := d.Get("A"); !ok || s.Title != "new" {
		t.Errorf("summary is %+v, %v", s, ok)
	}
	d.Put(projection.Summary{Stream: "A", Title: "again", Revision: 5})
	if s, _ := d.Get("A"); s.Title != "again" {
		t.Errorf("summary is %+v", s)
	}
	if s, ok := d.Get("B"); ok {
		t.Errorf("a thread that is not has summary %+v", s)
	}
}

func TestSummaryTellsWhatTheListSays(t *testing.T) {
	th := projection.NewThread(scripts.Stream)
	for i, e := range []event.Event{
		{Author: scripts.AuthorID("ana"), Payload: event.Opened{Title: "one"}},
		{Author: scripts.AuthorID("ana"), Client: eventlog.ClientID{7}, Seq: 1, Payload: event.Changed{Change: changeOf(`[[0,"a","b",""]]`)}},
		{Author: scripts.AuthorID("ben"), Payload: event.Renamed{Title: "two"}},
		{Author: scripts.AuthorID("ana"), Client: eventlog.ClientID{7}, Payload: event.Submitted{From: 0, To: 1}},
	} {
		e.Stream, e.Revision, e.Time = scripts.Stream, eventlog.Revision(i+1), int64(100*(i+1))
		if s := th.Summary(); s.Revision != eventlog.Revision(i) {
			t.Fatalf("summary is %+v", s)
		}
		if _, err := th.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	want := projection.Summary{
		Stream: scripts.Stream, Title: "two", OpenedBy: scripts.AuthorID("ana"), OpenedAt: 100,
		UpdatedBy: scripts.AuthorID("ana"), UpdatedAt: 400, Lines: 2, Revision: 4, Authors: 2, Last: "b",
	}
	if got := th.Summary(); got != want {
		t.Errorf("summary is %+v, want %+v", got, want)
	}
	if c, ok := th.Client(eventlog.ClientID{7}); !ok || c != (projection.Client{Author: scripts.AuthorID("ana"), Seq: 1}) {
		t.Errorf("client is %+v, %v", c, ok)
	}
	if _, ok := th.Client(eventlog.ClientID{}); ok {
		t.Error("no client is a client")
	}
}

func changeOf(json string) ot.Change {
	c, err := ot.Parse([]byte(json))
	if err != nil {
		panic(err)
	}
	return c
}
