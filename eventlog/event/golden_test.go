package event_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/migrations"
)

var freeze = flag.Bool("freeze", false, "write golden records that are not there yet")

// A golden is a record as a released version wrote it, frozen.
type golden struct {
	Kind   string `json:"kind"`
	Schema uint32 `json:"schema"`
	Shape  string `json:"shape"`
	Text   []byte `json:"text,omitempty"` // base64
}

// goldenPath returns the file of a payload, in the folder of the log's version that brought its schema
func goldenPath(name string) string {
	version := "v1"
	if strings.HasPrefix(name, "changed_stated") {
		version = "v3"
	}
	return filepath.Join("testdata", version, name+".json")
}

// The schemas are these bytes. They are hashed, so one byte more is another chain:
// what does not pass here is a new schema.
func TestEncodeWritesTheFrozenBytes(t *testing.T) {
	for name, f := range payloads {
		path := goldenPath(name)
		r := event.Encode(f)
		if _, err := os.Stat(path); os.IsNotExist(err) && *freeze {
			data, err := json.Marshal(golden{r.Kind, r.Schema, string(r.Shape), r.Text})
			if err == nil {
				err = os.WriteFile(path, append(data, '\n'), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		g := readGolden(t, path)
		if r.Kind != g.Kind || r.Schema != g.Schema || string(r.Shape) != g.Shape || !bytes.Equal(r.Text, g.Text) {
			t.Errorf("%s is %s/%d %s %q, frozen is %s/%d %s %q", name, r.Kind, r.Schema, r.Shape, r.Text, g.Kind, g.Schema, g.Shape, g.Text)
		}
	}
}

func TestDecodeReadsTheFrozenBytes(t *testing.T) {
	paths, err := filepath.Glob("testdata/v*/*.json")
	if err != nil || len(paths) != len(payloads) {
		t.Fatalf("%d golden records, %v, want %d", len(paths), err, len(payloads))
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		g := readGolden(t, path)
		e, err := event.Decode(eventlog.Record{Kind: g.Kind, Schema: g.Schema, Shape: []byte(g.Shape), Text: g.Text})
		if err != nil || !equal(e.Payload, payloads[name]) {
			t.Errorf("%s is read as %+v, %v, want %+v", name, e.Payload, err, payloads[name])
		}
	}
}

func readGolden(t *testing.T, path string) golden {
	t.Helper()
	data, err := os.ReadFile(path)
	var g golden
	if err == nil {
		err = json.Unmarshal(data, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// equal compares payloads; changes are compared by what they do.
func equal(a, b event.Payload) bool {
	switch a := a.(type) {
	case event.Changed:
		b, ok := b.(event.Changed)
		return ok && a.Change.Equal(b.Change) && slices.Equal(a.Origins, b.Origins) && slices.Equal(a.Lines, b.Lines)
	case event.Redacted:
		b, ok := b.(event.Redacted)
		return ok && a.Change.Equal(b.Change) && a.Reason == b.Reason &&
			slices.Equal(a.Commitments, b.Commitments) && slices.Equal(a.Ranges, b.Ranges)
	}
	return reflect.DeepEqual(a, b)
}

func TestEveryKindHasAGoldenRecord(t *testing.T) {
	have, newest := map[string]bool{}, map[string]uint32{}
	for _, f := range payloads {
		have[event.Kind(f)] = true
		newest[event.Kind(f)] = max(newest[event.Kind(f)], event.Encode(f).Schema)
	}
	for _, kind := range strings.Fields("opened changed submitted renamed version redacted imported named connected joined left disconnected started pruned") {
		if !have[kind] {
			t.Errorf("no golden record of kind %s", kind)
		}
		if current := migrations.Current(kind); newest[kind] != current {
			t.Errorf("kind %s is at schema %d, its golden records at %d: freeze some of it beside them", kind, current, newest[kind])
		}
		delete(have, kind)
	}
	for kind := range have {
		t.Errorf("kind %s is not in the table", kind)
	}
}

// A shape is still valid after the text is redacted.
func TestShapeOutlivesItsText(t *testing.T) {
	r := record(payloads["changed_surrogates"])
	lines, err := event.Strings(r.Text)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range lines {
		lines[i] = strings.Repeat(string(event.Blank), ot.Len(s))
	}
	r.Text = event.AppendStrings(nil, lines...)
	e, err := event.Decode(r)
	if err != nil || e.Payload.(event.Changed).Change.String() != `[1,[2,"████"],1]` {
		t.Errorf("redacted: %v, %v", e.Payload, err)
	}
}

func TestDecodeKeepsTheHeader(t *testing.T) {
	for name, f := range payloads {
		r := record(f)
		e, err := event.Decode(r)
		want := event.Event{
			Stream: r.Stream, Revision: r.Revision, Position: r.Position, Time: r.Time,
			Author: r.Author, Client: r.Client, Seq: r.Seq,
		}
		same := equal(e.Payload, f)
		if e.Payload = nil; err != nil || !same || e != want {
			t.Errorf("%s: %+v, %v, want %+v", name, e, err, want)
		}
	}
}
