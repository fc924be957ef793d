package main

import (
	"bufio"
	"bytes"
	"context"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// checked verifies a thread of records and returns what is printed and found.
func checked(t *testing.T, records ...eventlog.Record) (string, error) {
	t.Helper()
	log := eventlog.NewMemory()
	if _, err := log.Append(context.Background(), testThread, 0, records...); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a := &app{ctx: context.Background(), out: bufio.NewWriter(&out)}
	s := sourceOf(log)
	err := s.checkThread(a, testThread)
	a.out.Flush()
	return out.String(), err
}

// TestVerifyFindsWhatTheChainCannot: records that are chained as they should be
// and still do not make a thread.
func TestVerifyFindsWhatTheChainCannot(t *testing.T) {
	opened := event.Encode(event.Opened{Title: "T"})
	hello := event.Encode(event.Changed{Change: ot.Replace(0, 0, 0, []uint16{'h', 'i'})})
	var h chain.Hasher
	black := hello
	black.Text = event.AppendStrings(nil, "██")
	black.Proof = &eventlog.Proof{Salt: chain.Salt{2}, Commitment: h.Commit(chain.Salt{1}, hello.Text), Redacted: true}
	redacted := event.Encode(event.Redacted{
		Commitments: []event.Commitment{{Revision: 2, Digest: h.Commit(chain.Salt{2}, black.Text)}},
		Ranges:      [][2]int{{0, 2}}, Change: ot.Replace(2, 0, 2, []uint16{event.Blank, event.Blank}), Reason: "a name",
	})
	forged := black
	forged.Text = event.AppendStrings(nil, "ha")
	unknown := hello
	unknown.Kind = "invented"
	imported := event.Encode(event.Imported{Revisions: 2, Digest: chain.Digest{1}})
	for _, x := range []struct {
		name    string
		records []eventlog.Record
		want    string
	}{
		{"a thread", []eventlog.Record{opened, hello}, ""},
		{"a redaction", []eventlog.Record{opened, black, redacted}, ""},
		{"an import", []eventlog.Record{opened, hello, imported}, ""},
		{"another text in black", []eventlog.Record{opened, forged, redacted}, "revision 2"},
		{"a silent redaction", []eventlog.Record{opened, black}, "no redacted record says so"},
		{"an undone redaction", []eventlog.Record{opened, hello, redacted}, "still has its text"},
		{"a change for another text", []eventlog.Record{opened, hello, hello}, "revision 3: change is for 0 units"},
		{"no opening", []eventlog.Record{hello}, "opened at revision 1"},
		{"two openings", []eventlog.Record{opened, opened}, "opened at revision 1"},
		{"an unknown kind", []eventlog.Record{opened, unknown}, "use a newer parodywave"},
	} {
		out, err := checked(t, x.records...)
		switch {
		case x.want == "" && (err != nil || !strings.HasPrefix(out, "ok  "+string(testThread))):
			t.Errorf("%s: %v, printed %q", x.name, err, out)
		case x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want) || status(err) != exitDamaged || out != ""):
			t.Errorf("%s: %v, want %q; printed %q", x.name, err, x.want, out)
		}
		if x.name == "an import" && !strings.Contains(out, "were imported at revision 3") {
			t.Errorf("%s: printed %q", x.name, out)
		}
	}
}
