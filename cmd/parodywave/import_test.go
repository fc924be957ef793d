package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// TestImportRefusesRecordsThatMakeNoThread: the chain of these files holds, and
// no thread could ever be opened from them; some cannot even be read. The file
// is what is wrong, not the log, and none is made.
func TestImportRefusesRecordsThatMakeNoThread(t *testing.T) {
	opened := event.Opened{Title: "forged"}
	typed := event.Changed{Change: ot.Replace(0, 0, 0, []uint16{'h', 'i', '\n'})}
	for name, facts := range map[string][]event.Payload{
		"change of another length": {opened, event.Changed{Change: ot.Replace(9, 8, 9, nil)}},
		"not opened":               {event.Changed{Change: ot.Keep(0)}},
		"renamed before it opened": {event.Renamed{Title: "forged"}, opened},
		"opened twice":             {opened, typed, opened},
		"submitted past the end":   {opened, typed, event.Submitted{From: 7, To: 9}},
		"redaction past the end":   {opened, typed, event.Redacted{Ranges: [][2]int{{5, 6}}, Change: ot.Replace(9, 5, 6, []uint16{event.Blank}), Reason: "r"}},
		"redaction that disagrees": {opened, typed, event.Redacted{Ranges: [][2]int{{1, 90}}, Change: ot.Keep(3), Reason: "r"}},
		"redaction of a future":    {opened, typed, event.Redacted{Commitments: []event.Commitment{{Revision: 40, Digest: chain.Digest{1}}}, Change: ot.Keep(3), Reason: "r"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := forge(t, dir, facts...)
			for _, data := range []string{filepath.Join(dir, "none"), dir} { // none at all, and one without a log
				_, err := importFile(t, file, data)
				if err == nil || status(err) != exitDamaged {
					t.Fatalf("%v, want exit status %d", err, exitDamaged)
				}
				if s := err.Error(); !strings.Contains(s, "the file is refused") || strings.Contains(s, eventlog.ErrDamaged.Error()) {
					t.Errorf("it says %q", s)
				}
				if hintOf(err) == "" {
					t.Error("no hint")
				}
				if _, err := os.Stat(filepath.Join(data, "log.db")); err == nil {
					t.Errorf("a log was made in %s", data)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "none")); err == nil {
				t.Error("a directory was made")
			}
		})
	}
}

// TestImportTakesRecordsThatMakeAThread is the negative control.
func TestImportTakesRecordsThatMakeAThread(t *testing.T) {
	dir := t.TempDir()
	file := forge(t, dir, event.Opened{Title: "true"}, event.Changed{Change: ot.Replace(0, 0, 0, []uint16{'h', 'i', '\n'})}, event.Submitted{From: 0, To: 0})
	id, err := importFile(t, file, filepath.Join(dir, "data"))
	if err != nil || len(strings.TrimSpace(id)) != 26 {
		t.Errorf("printed %q: %v", id, err)
	}
}

// TestImportBringsNoTimeOfTheFuture: the thread ends now, the command says so, and the
// same file is known when it comes again.
func TestImportBringsNoTimeOfTheFuture(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	file := forgeAt(t, dir, 1<<53-1, event.Opened{Title: "T"}, event.Changed{Change: ot.Replace(0, 0, 0, []uint16{'a'})})
	for i, says := range []string{"2 records have a time in the future: they got the time of the import", "is already here, revisions 1 to 2"} {
		out, said, err := importSaying(t, file, data)
		if err != nil || !strings.Contains(said, says) {
			t.Fatalf("import %d says %q, %v, want %q", i+1, said, err, says)
		}
		log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		head, err := log.Head(t.Context(), eventlog.Stream(strings.TrimSpace(out)))
		if err != nil || head.Revision != 3 || head.Time > time.Now().UnixMilli() {
			t.Errorf("the head is %+v, %v", head, err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
	other := forgeAt(t, dir, 1, event.Opened{Title: "T"})
	if _, said, err := importSaying(t, other, data); err != nil || strings.Contains(said, "future") {
		t.Errorf("%q, %v", said, err)
	}
}

func importFile(t *testing.T, file, data string) (string, error) {
	t.Helper()
	out, _, err := importSaying(t, file, data)
	return out, err
}

func importSaying(t *testing.T, file, data string) (stdout, stderr string, err error) {
	t.Helper()
	var out, said bytes.Buffer
	a := &app{ctx: t.Context(), out: bufio.NewWriter(&out), err: &said}
	err = a.run([]string{"import", file, "--data", data, "--as", "Eve"})
	a.out.Flush()
	return out.String(), said.String(), err
}

// forge writes an export whose chain holds, whatever its records say.
func forge(t *testing.T, dir string, facts ...event.Payload) string {
	t.Helper()
	return forgeAt(t, dir, 1_700_000_000_000, facts...)
}

// forgeAt is forge with the time of the records in Unix milliseconds.
func forgeAt(t *testing.T, dir string, ms int64, facts ...event.Payload) string {
	t.Helper()
	log, stream, author := eventlog.NewMemory(), eventlog.Stream(ulid.Make().String()), eventlog.AuthorID(ulid.Make())
	var records []eventlog.Record
	for _, f := range facts {
		r := event.Encode(f)
		r.Author, r.Time = author, ms
		records = append(records, r)
	}
	if _, err := log.Append(t.Context(), stream, 0, records...); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	who := func(id eventlog.AuthorID) (ndjson.Author, bool) {
		return ndjson.Author{ID: id, Name: "Mal", Kind: event.Person}, true
	}
	if _, err := ndjson.Export(t.Context(), &b, log, stream, 0, who); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "forged.ndjson")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
