package projection_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"

	"github.com/oklog/ulid/v2"
)

// manyStreams makes up the records of threads and of what else a log holds, in
// an order in which they may have been appended.
func manyStreams(draw scripts.Source) []eventlog.Record {
	var streams [][]eventlog.Record
	for i := range 1 + draw(8) {
		s := session{draw: draw}
		s.add(event.Opened{Title: fmt.Sprint("thread ", i)})
		for range draw(12) {
			s.goOn()
		}
		streams = append(streams, encode(s.events))
		for k := range streams[i] {
			streams[i][k].Stream = eventlog.Stream(ulid.ULID{byte(i + 1)}.String())
		}
	}
	streams = append(streams, sequence(eventlog.Authors, 1+draw(9), func(i int) event.Payload {
		return event.Named{Name: fmt.Sprint("name ", draw(5)), Kind: []event.AuthorKind{event.Person, event.ImportedKind}[draw(2)]}
	}))
	streams = append(streams, sequence(eventlog.Access, 1+draw(9), func(i int) event.Payload { return event.Renamed{Title: "none of ours"} }))
	streams = append(streams, sequence(eventlog.Connections, 1+draw(40), func(i int) event.Payload {
		place := event.Place{Run: ulid.ULID{byte(draw(2))}, Node: "main"}
		thread := streams[0][0].Stream
		return []event.Payload{
			event.Started{Place: place}, event.Connected{Place: place}, event.Connected{Place: place},
			event.Joined{Place: place, Thread: thread}, event.Left{Place: place, Thread: thread}, event.Disconnected{Place: place},
		}[draw(6)]
	}))
	var all []eventlog.Record
	for len(streams) > 0 {
		i := draw(len(streams))
		n := min(1+draw(30), len(streams[i]))
		all = append(all, streams[i][:n]...)
		if streams[i] = streams[i][n:]; len(streams[i]) == 0 {
			streams = slices.Delete(streams, i, i+1)
		}
	}
	return all
}

func sequence(stream eventlog.Stream, n int, fact func(i int) event.Payload) (all []eventlog.Record) {
	for i := range n {
		r := event.Encode(fact(i))
		r.Stream, r.Revision, r.Time = stream, eventlog.Revision(i+1), int64(i)
		r.Author, r.Client = scripts.AuthorID([]string{"ana", "ben", "cem"}[i%3]), eventlog.ClientID{byte(1 + i%4)}
		all = append(all, r)
	}
	return all
}

// overviewOf folds records one by one.
func overviewOf(t *testing.T, records []eventlog.Record) *projection.Overview {
	t.Helper()
	o := &projection.Overview{
		Directory: projection.NewDirectory(), Authors: projection.NewAuthors(), Connections: projection.NewConnections(),
	}
	threads := map[eventlog.Stream]*projection.Thread{}
	for _, r := range records {
		e, err := event.Decode(r)
		if err != nil {
			t.Fatal(err)
		}
		switch r.Stream {
		case eventlog.Access:
			continue
		case eventlog.Authors:
			err = o.Authors.Apply(e)
		case eventlog.Connections:
			err = o.Connections.Apply(e)
		default:
			if threads[r.Stream] == nil {
				threads[r.Stream] = projection.NewThread(r.Stream)
			}
			_, err = threads[r.Stream].Apply(e)
		}
		if err != nil {
			t.Fatal(err)
		}
		o.Records++
	}
	for _, th := range threads {
		o.Directory.Put(th.Summary())
	}
	return o
}

// overview says everything that an overview holds.
func overview(o *projection.Overview) string {
	return fmt.Sprintf("%d records\n%+v\n%q\n%q", o.Records, o.Directory.List(), o.Authors.Freeze(nil), o.Connections.Freeze(nil))
}

// Law 1 for the start: one pass over segments, or several for want of memory,
// makes what the records one by one make.
func TestReplayAllEqualsRecordByRecord(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	n := seeds.Rounds(150)
	for range n {
		records := manyStreams(draw)
		log := packed(t, draw, 1+draw(60), records)
		o := projection.ReplayOptions{Memory: []int{0, 1, 20_000}[draw(3)]}
		done, of := uint64(0), uint64(0)
		o.Progress = func(d, n uint64) { done, of = d, n }
		visited := map[eventlog.Stream][]eventlog.Revision{}
		planned := map[eventlog.Stream][]eventlog.Revision{}
		o.Stops = func(h eventlog.Head) (stops []eventlog.Revision) {
			for range draw(4) {
				stops = append(stops, eventlog.Revision(1+draw(int(h.Revision))))
			}
			slices.Sort(stops)
			planned[h.Stream] = stops
			return stops
		}
		o.Visit = func(th *projection.Thread) {
			visited[th.Stream] = append(visited[th.Stream], th.Revision)
			want, err := projection.Replay(t.Context(), projection.Plain(log.AuditLog), th.Stream, th.Revision)
			if err != nil || everything(th) != everything(want) {
				t.Fatalf("visited %s at %d, %v:\n%.2000s\nreplayed:\n%.2000s", th.Stream, th.Revision, err, everything(th), everything(want))
			}
		}
		want := overview(overviewOf(t, records))
		got, err := projection.ReplayAll(t.Context(), projection.NewSource(log, log, nil), o)
		if err != nil || overview(got) != want {
			t.Fatalf("with %d bytes, %v:\n%.3000s\none by one:\n%.3000s", o.Memory, err, overview(got), want)
		}
		if done != got.Records || of != done {
			t.Fatalf("%d of %d records, want %d", done, of, got.Records)
		}
		for stream, stops := range planned {
			if !slices.Equal(visited[stream], stops) {
				t.Fatalf("%s was visited at %v, want %v", stream, visited[stream], stops)
			}
		}
		got, err = projection.ReplayAll(t.Context(), projection.Plain(log.AuditLog), projection.ReplayOptions{}) // a log without segments
		if err != nil || overview(got) != want {
			t.Fatalf("by records, %v:\n%.3000s\none by one:\n%.3000s", err, overview(got), want)
		}
		if overview(overviewOf(t, records[:len(records)-1])) == want && records[len(records)-1].Stream != eventlog.Access {
			t.Fatal("the negative control: a record less is not seen")
		}
	}
}

// ReplayAll ignores records appended meanwhile, and a missing record is damage.
func TestReplayAllGoesToTheHeads(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	records := manyStreams(draw)
	log := packed(t, draw, 40, records)
	want := overview(overviewOf(t, records))
	first := eventlog.Stream(ulid.ULID{1}.String())
	s := session{draw: draw}
	for range 50 {
		s.put(len(s.text), len(s.text), []uint16{'x'})
	}
	late := encode(s.events)
	for i := range late {
		late[i].Stream = eventlog.Stream(ulid.ULID{99}.String())
	}
	log.records[late[0].Stream], log.streams = late, append(log.streams, late[0].Stream)
	whole := log.records[first]
	last := whole[len(whole)-1]
	last.Revision++
	log.records[first] = append(slices.Clone(whole), last)
	got, err := projection.ReplayAll(t.Context(), projection.NewSource(log, log, nil), projection.ReplayOptions{})
	if err != nil || overview(got) != want {
		t.Fatalf("with records behind the heads, %v:\n%.3000s\nwant:\n%.3000s", err, overview(got), want)
	}
	log.records[first] = whole[:len(whole)-1]
	if _, err := projection.ReplayAll(t.Context(), projection.NewSource(log, log, nil), projection.ReplayOptions{}); !errors.Is(err, eventlog.ErrDamaged) {
		t.Fatalf("without the last record of %s: %v, want ErrDamaged", first, err)
	}
}
