package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// verified verifies a thread of records and returns what is printed and found.
func verified(t *testing.T, records ...eventlog.Record) (string, error) {
	t.Helper()
	log := eventlog.NewMemory()
	if _, err := log.Append(context.Background(), testThread, 0, records...); err != nil {
		t.Fatal(err)
	}
	s := sourceOf(log)
	c, err := s.checked(&app{ctx: context.Background()}, testThread)
	if err != nil {
		return "", err
	}
	return c.line(s.name), nil
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
		{"another redacted text", []eventlog.Record{opened, forged, redacted}, "revision 2"},
		{"a silent redaction", []eventlog.Record{opened, black}, "no redacted record says so"},
		{"an undone redaction", []eventlog.Record{opened, hello, redacted}, "still has its text"},
		{"a change for another text", []eventlog.Record{opened, hello, hello}, "revision 3: change is for 0 units"},
		{"no opening", []eventlog.Record{hello}, "opened at revision 1"},
		{"two openings", []eventlog.Record{opened, opened}, "opened at revision 1"},
		{"an unknown kind", []eventlog.Record{opened, unknown}, "use a newer parodywave"},
	} {
		out, err := verified(t, x.records...)
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

// TestVerifyFindsANameThatWasBlackedOut: whoever can write the file can say that
// a record is redacted and put another name there, and the chain says nothing.
func TestVerifyFindsANameThatWasBlackedOut(t *testing.T) {
	named := event.Encode(event.Named{Name: "Alice", Kind: event.Person})
	var h chain.Hasher
	forged := event.Encode(event.Named{Name: "Mallo", Kind: event.Person})
	forged.Proof = &eventlog.Proof{Salt: chain.Salt{2}, Commitment: h.Commit(chain.Salt{1}, named.Text), Redacted: true}
	for _, x := range []struct {
		name   string
		record eventlog.Record
		want   string
	}{
		{"as it was written", named, ""},
		{"another redacted name", forged, "no redacted record says so"},
	} {
		log := eventlog.NewMemory()
		if _, err := log.Append(t.Context(), eventlog.Authors, 0, x.record); err != nil {
			t.Fatal(err)
		}
		_, err := sourceOf(log).checked(&app{ctx: t.Context()}, eventlog.Authors)
		if (err == nil) != (x.want == "") || err != nil && (!strings.Contains(err.Error(), x.want) || status(err) != exitDamaged) {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
}

// TestVerifyTakesConnectionsThatWerePruned, whose chain goes on from where they
// were cut.
func TestVerifyTakesConnectionsThatWerePruned(t *testing.T) {
	log, err := boltlog.Open(filepath.Join(t.TempDir(), "log.db"), boltlog.Options{Packer: event.Packer{}, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	started := event.Encode(event.Started{Place: event.Place{Node: "main"}})
	for i := range eventlog.Revision(20) {
		if _, err := log.Append(t.Context(), eventlog.Connections, i, started); err != nil {
			t.Fatal(err)
		}
	}
	head, err := log.ChainAt(t.Context(), eventlog.Connections, 12)
	if err == nil {
		err = log.Prune(t.Context(), 12, event.Encode(event.Pruned{Through: 12, Head: head}))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sourceOf(log).checked(&app{ctx: t.Context()}, eventlog.Connections); err != nil {
		t.Error(err)
	}
}
