package boltlog

import (
	"reflect"
	"testing"

	"parodywave/eventlog"
)

// TestVerifyVisitsWhatProveYields: Visit gets each record once, in log order, with the
// proof that Prove gives it.
func TestVerifyVisitsWhatProveYields(t *testing.T) {
	path := sample(t, 200)
	got := map[eventlog.Stream][]eventlog.Record{}
	last := eventlog.Position(0)
	r, err := VerifyFile(ctx, path, Options{Visit: func(r *eventlog.Record) {
		if r.Position <= last {
			t.Errorf("position %d after %d", r.Position, last)
		}
		last = r.Position
		got[r.Stream] = append(got[r.Stream], *r)
	}}, nil)
	if err != nil || !r.OK() || last != r.Last {
		t.Fatal(err, r.Err(), last, r.Last)
	}
	l := open(t, path, Options{ReadOnly: true})
	for _, h := range r.Heads {
		var want []eventlog.Record
		for rec, err := range l.Prove(ctx, h.Stream, 0) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, rec)
		}
		if have := got[h.Stream]; len(have) != len(want) {
			t.Fatalf("%s: %d records, want %d", h.Stream, len(have), len(want))
		}
		for i, rec := range got[h.Stream] {
			if !reflect.DeepEqual(rec, want[i]) {
				t.Errorf("%s: %+v %+v, want %+v %+v", h.Stream, rec, rec.Proof, want[i], want[i].Proof)
			}
		}
	}
}
