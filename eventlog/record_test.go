package eventlog_test

import (
	"errors"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

func TestStampNeverDescends(t *testing.T) {
	h := eventlog.Head{Time: 100}
	for now, want := range map[int64]int64{99: 100, 100: 100, 101: 101, -5: 100} {
		if got := h.Stamp(now); got != want {
			t.Errorf("stamp at %d is %d, want %d", now, got, want)
		}
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	var err error = &eventlog.ConflictError{Stream: "s", Expected: 3, Head: 5}
	if !errors.Is(err, eventlog.ErrConflict) || err.Error() != "append to s at revision 3: head is 5: "+eventlog.ErrConflict.Error() {
		t.Error(err)
	}
	newer := &eventlog.FormatError{Path: "p", Have: 2, Want: 1}
	older := &eventlog.FormatError{Path: "p", Have: 1, Want: 2}
	if !strings.Contains(newer.Error(), "newer parodywave") || !strings.Contains(older.Error(), "parodywave migrate") {
		t.Errorf("%v; %v", newer, older)
	}
}

func TestValuesAreThoseOfTheRecord(t *testing.T) {
	r := eventlog.Record{Stream: "s", Revision: 2, Position: 9, Time: 3, Author: eventlog.AuthorID{4}, Client: eventlog.ClientID{5}, Seq: 6,
		Kind: "k", Schema: 7, Shape: []byte("[8]"), Text: []byte("t")}
	c := chain.Digest{9}
	a, b := r.Values(c), r
	b.Position, b.Text = 0, nil // neither is covered but through the commitment
	var h chain.Hasher
	v := b.Values(c)
	if h.Next(chain.Digest{}, &a) != h.Next(chain.Digest{}, &v) {
		t.Error("position or text is covered beside the commitment")
	}
	if a.Stream != "s" || a.Revision != 2 || a.Time != 3 || a.Author[0] != 4 || a.Client[0] != 5 || a.Seq != 6 || a.Kind != "k" ||
		a.Schema != 7 || string(a.Shape) != "[8]" || a.Commitment != c {
		t.Errorf("%+v", a)
	}
}
