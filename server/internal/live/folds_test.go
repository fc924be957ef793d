package live

import (
	"context"
	"iter"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A countedLog counts the records that are read from it.
type countedLog struct {
	eventlog.AuditLog
	read int
}

func (l *countedLog) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range l.AuditLog.Read(ctx, stream, after) {
			l.read++
			if !yield(r, err) {
				return
			}
		}
	}
}

// TestSlowPeersFoldTheHistoryOnce serves a thread in parts to peers that fell behind
// together. Each record is folded once. The twin puts no thread back, so that each part
// folds all records before it.
func TestSlowPeersFoldTheHistoryOnce(t *testing.T) {
	const thread, parts, each, peers = eventlog.Stream("01JZ0000000000000000000000"), 20, 10, 5
	records := []eventlog.Record{event.Encode(event.Opened{Title: "T"})}
	for n := 1; n < parts*each; n++ {
		records = append(records, event.Encode(event.Changed{Change: ot.Replace(n-1, n-1, n-1, []uint16{'a'})}))
	}
	serve := func(keep bool) (int, *folds) {
		log := &countedLog{AuditLog: eventlog.NewMemory()}
		if _, err := log.Append(t.Context(), thread, 0, records...); err != nil {
			t.Fatal(err)
		}
		f := new(folds)
		for range peers {
			f.begin()
		}
		for part := 1; part <= parts; part++ {
			var held []*projection.Thread
			for range peers {
				at := eventlog.Revision(part * each)
				th, err := f.take(t.Context(), projection.Plain(log), thread, at)
				if err != nil || th.Revision != at || th.Len() != int(at)-1 {
					t.Fatalf("part %d: a thread at revision %d of %d units, %v", part, th.Revision, th.Len(), err)
				}
				held = append(held, th)
			}
			for _, th := range held {
				if keep {
					f.put(th)
				}
			}
		}
		return log.read, f
	}
	read, f := serve(true)
	if most := peers * parts * each; read > most {
		t.Errorf("%d peers read %d records of a thread with %d", peers, read, parts*each)
	}
	if twin, _ := serve(false); twin <= peers*parts*each {
		t.Errorf("the twin read %d records", twin)
	}
	if th, err := f.take(t.Context(), projection.Plain(eventlog.NewMemory()), "01JZ0000000000000000000001", 0); err != nil || th.Revision != 0 {
		t.Errorf("another thread is at revision %d, %v", th.Revision, err)
	}
	for range peers {
		f.end()
	}
	if len(f.idle) > 0 {
		t.Errorf("%d threads are kept while nobody is behind", len(f.idle))
	}
}
