package scripts

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// Trace reads the first most edits of a recorded history, or all if most is 0, and
// returns them and the text at the very end. They are single-section edits, whose
// positions are code points; the text must be ASCII.
func Trace(tb testing.TB, name string, most int) (changes []ot.Change, end string) {
	tb.Helper()
	z := open(tb, name)
	// An object of startContent, endContent and the list txns, in this order.
	d := json.NewDecoder(z)
	var key json.Token
	var err error
	start := ""
	for key != "txns" {
		if key, err = d.Token(); err == nil {
			switch key {
			case "startContent":
				err = d.Decode(&start)
			case "endContent":
				err = d.Decode(&end)
			case "txns":
				_, err = d.Token()
			}
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	changes = append(changes, ot.Replace(0, 0, 0, Units(start)))
	length := ot.Len(start)
	for d.More() {
		var txn struct{ Patches [][3]any }
		if err := d.Decode(&txn); err != nil {
			tb.Fatal(err)
		}
		for _, p := range txn.Patches {
			if len(changes) == most {
				return changes, end
			}
			at, deleted, inserted := int(p[0].(float64)), int(p[1].(float64)), Units(p[2].(string))
			changes = append(changes, ot.Replace(length, at, at+deleted, inserted))
			length += len(inserted) - deleted
		}
	}
	return changes, end
}

// Events returns changes as events of ana's, one after the other.
func Events(changes []ot.Change) []event.Event {
	events := make([]event.Event, len(changes))
	for i, c := range changes {
		events[i] = event.Event{
			Stream: Stream, Revision: eventlog.Revision(i + 1), Time: 1_700_000_000_000 + int64(i)*200,
			Author: AuthorID("ana"), Client: eventlog.ClientID{1}, Seq: uint64(i + 1), Payload: event.Changed{Change: c},
		}
	}
	return events
}

// Records returns changes as records of ana's, one after the other.
func Records(changes []ot.Change) []eventlog.Record {
	records := make([]eventlog.Record, len(changes))
	for i, e := range Events(changes) {
		r := event.Encode(e.Payload)
		r.Stream, r.Revision, r.Time, r.Author, r.Client, r.Seq = e.Stream, e.Revision, e.Time, e.Author, e.Client, e.Seq
		records[i] = r
	}
	return records
}

// open opens a recorded history, or skips the test if it is not there.
func open(tb testing.TB, name string) io.Reader {
	tb.Helper()
	dir := os.Getenv("PARODYWAVE_TRACES")
	if dir == "" {
		dir = "../../shared/traces"
		if _, err := os.Stat(dir); err != nil { // a package below
			dir = "../" + dir
		}
	}
	f, err := os.Open(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		tb.Skipf("no trace %s in %s: set PARODYWAVE_TRACES", name, dir)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	return z
}

// Concurrent reads a recorded history of people who typed at the same time, and returns
// their keystrokes in the order of the file, each with the number of its author, as
// changes of the merge of everything before.
func Concurrent(tb testing.TB, name string) (changes []ot.Change, authors []int) {
	tb.Helper()
	var file struct {
		EndContent string
		NumAgents  int
		Txns       []struct {
			Parents []int
			Agent   int
			Patches [][3]any
		}
	}
	if err := json.NewDecoder(open(tb, name)).Decode(&file); err != nil {
		tb.Fatal(err)
	}
	m, length := NewMerge(file.NumAgents), 0
	put := func(author, from, to int, insert string) {
		changes, authors = append(changes, ot.Replace(length, from, to, Units(insert))), append(authors, author)
		length += len(insert) - (to - from)
	}
	put(0, 0, 0, "")
	for i, txn := range file.Txns {
		m.Begin(i, txn.Agent, txn.Parents)
		for _, p := range txn.Patches {
			at, insert := int(p[0].(float64)), p[2].(string)
			for range int(p[1].(float64)) {
				if from, ok := m.Delete(at); ok {
					put(txn.Agent, from, from+1, "")
				}
			}
			for k := range len(insert) {
				from := m.Insert(at+k, insert[k])
				put(txn.Agent, from, from, insert[k:k+1])
			}
		}
	}
	if m.Text() != file.EndContent {
		tb.Fatalf("%s: the merge is not the text at the end", name)
	}
	return changes, authors
}
