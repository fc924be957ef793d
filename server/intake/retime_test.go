package intake

import (
	"bytes"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"
)

const thread = eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W9X")

// exported returns an export of a thread with an undo, in which record i has time
// times[i], and the row that the undo states has another.
func exported(t *testing.T, stated int64, times ...int64) *ndjson.Document {
	t.Helper()
	log := eventlog.NewMemory()
	ann := eventlog.AuthorID{1}
	line, _ := ot.Units("one")
	two, _ := ot.Units("\ntwo")
	for i, f := range []event.Payload{
		event.Opened{Title: "T"},
		event.Changed{Change: ot.Replace(0, 0, 0, append(line, two...))},
		event.Changed{Change: ot.Replace(7, 3, 7, nil)},
		event.Changed{
			Change: ot.Replace(3, 3, 3, two), Origins: []event.Origin{{Units: 4, Revision: 2}},
			Lines: []event.StatedLine{{Piece: 1, Born: 2, Ordinal: 1, Revision: 2, Time: stated}},
		},
	} {
		r := event.Encode(f)
		r.Author, r.Time = ann, times[i]
		if _, err := log.Append(t.Context(), thread, eventlog.Revision(i), r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := ndjson.Export(t.Context(), &b, log, thread, 0, func(eventlog.AuthorID) (ndjson.Author, bool) {
		return ndjson.Author{ID: ann, Name: "Ann", Kind: event.ImportedKind}, true
	}); err != nil {
		t.Fatal(err)
	}
	doc, err := ndjson.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// TestNoImportedTimeIsLaterThanNow: whatever the times of an export, its thread has none
// that is later, its chain is the one that a log gives these records, and a file with
// earlier times alone stays as it is. Without Retime, the wrong twin, the thread has them.
func TestNoImportedTimeIsLaterThanNow(t *testing.T) {
	const now, never = 1_700_000_000_000, 1<<53 - 1
	for _, c := range []struct {
		stated int64
		times  []int64
		late   int
	}{
		{20, []int64{10, 20, 30, 40}, 0},
		{now, []int64{10, now, now, now}, 0},
		{20, []int64{10, 20, 30, never}, 1},
		{20, []int64{10, 20, now + 1, never}, 2},
		{never, []int64{never, never, never, never}, 4},
		{never, []int64{10, 20, 30, 40}, 1}, // the row alone
	} {
		doc := exported(t, c.stated, c.times...)
		head := doc.Head
		latest := func() (most int64) {
			for _, e := range doc.Events {
				most = max(most, e.Time)
				if f, ok := e.Payload.(event.Changed); ok && len(f.Lines) > 0 {
					most = max(most, f.Lines[0].Time)
				}
			}
			return most
		}
		if twin := latest(); (twin > now) != (c.late > 0) {
			t.Fatalf("%v: the export has times up to %d", c, twin)
		}
		if late := Retime(doc, now); late != c.late || latest() > now {
			t.Errorf("%v: %d records got another time, want %d; the latest is %d", c, late, c.late, latest())
		}
		if _, err := Fold(t.Context(), doc); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		log := eventlog.NewMemory()
		here, err := log.Append(t.Context(), thread, 0, doc.Records...)
		if err != nil || here.Chain != doc.Records[3].Proof.Chain || (here.Chain == head.Chain) != (c.late == 0) {
			t.Errorf("%v: the log's chain is %s, the document's %s, the file's %s, %v", c, here.Chain, doc.Records[3].Proof.Chain, head.Chain, err)
		}
		if doc.Head.Chain != head.Chain || doc.Head.Time != min(head.Time, now) {
			t.Errorf("%v: the head is %+v", c, doc.Head)
		}
		for i, r := range doc.Records {
			if e, err := event.Decode(r); err != nil || e.Time != doc.Events[i].Time || e.Valid() != nil {
				t.Errorf("%v: record %d is %+v, %v", c, i, e, err)
			}
		}
		if again := Retime(doc, now); again != 0 {
			t.Errorf("%v: %d records got another time again", c, again)
		}
	}
}
