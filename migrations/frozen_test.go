package migrations_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

var freeze = flag.String("freeze", "", "write the frozen log of this version, once, when it is released")

// The contents of a frozen log at the time of freezing.
type (
	frozen struct {
		Log     string // L, hex
		Streams []frozenStream
	}
	frozenStream struct {
		Stream, Chain, Title, Text string
		Revision                   eventlog.Revision
		Kinds                      []string
		Rows                       []frozenRow
		Spans                      [][3]uint64 // length, revision, author's number
	}
	frozenRow struct {
		ID, SplitFrom, Author string
		Revision              eventlog.Revision
		Time                  int64
		Submitted             bool
		Text                  string
	}
)

// TestFrozenLogsReadAsTheyWere opens the logs that released versions wrote.
func TestFrozenLogsReadAsTheyWere(t *testing.T) {
	if *freeze != "" {
		write(t, *freeze)
	}
	dirs, err := filepath.Glob("testdata/v*/log.db.gz")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no frozen logs", err)
	}
	for _, path := range dirs {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(filepath.Dir(path), "expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(t, unpack(t, path)); got != string(raw) {
				t.Errorf("the log does not read as it was frozen:\n%s\nwant\n%s", got, raw)
			}
			migrated := unpack(t, path)
			if _, err := boltlog.Migrate(migrated, boltlog.Options{}, false); err != nil {
				t.Fatal(err)
			}
			if got := describe(t, migrated); got != string(raw) {
				t.Errorf("migrated, the log does not read as it was frozen:\n%s\nwant\n%s", got, raw)
			}
			if _, err := boltlog.Compact(context.Background(), migrated, boltlog.Options{Packer: event.Packer{}}, nil); err != nil {
				t.Fatal(err)
			}
			if got := describe(t, migrated); got != string(raw) {
				t.Errorf("compacted, the log does not read as it was frozen:\n%s\nwant\n%s", got, raw)
			}
		})
	}
}

// TestFrozenLogsHoldEveryCase keeps the fixtures from being frozen too poor.
func TestFrozenLogsHoldEveryCase(t *testing.T) {
	for _, version := range []string{"v1", "v2"} {
		raw, err := os.ReadFile("testdata/" + version + "/expected.json")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(version, func(t *testing.T) { holdsEveryCase(t, raw) })
	}
}

func holdsEveryCase(t *testing.T, raw []byte) {
	var f frozen
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, s := range f.Streams {
		for _, k := range s.Kinds {
			have[k] = true
		}
		have["surrogates"] = have["surrogates"] || strings.Contains(s.Text, "😀")
		have["redacted text"] = have["redacted text"] || strings.Contains(s.Text, string(event.Blank))
		for _, r := range s.Rows {
			have["split"] = have["split"] || r.SplitFrom != "0.0"
			have["finished"] = have["finished"] || r.Submitted
		}
	}
	for _, want := range []string{"opened", "changed", "submitted", "renamed", "version", "redacted", "imported", "named",
		"started", "connected", "joined", "left", "disconnected", "pruned", "surrogates", "redacted text", "split", "finished"} {
		if !have[want] {
			t.Errorf("the frozen log has no case of %s", want)
		}
	}
}

// describe returns everything that a reader gets from a log, as JSON.
func describe(t *testing.T, path string) string {
	t.Helper()
	ctx := context.Background()
	log, err := boltlog.Open(path, boltlog.Options{ReadOnly: true, Packer: event.Packer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	report, err := log.Verify(ctx, nil)
	if err != nil || len(report.Problems) > 0 {
		t.Fatalf("verify: %v %v", err, report.Problems)
	}
	_, l := log.End()
	out := frozen{Log: l.String()}
	heads, err := log.Streams(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		out.Streams = append(out.Streams, describeStream(t, log, h))
	}
	b, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func describeStream(t *testing.T, log *boltlog.Log, h eventlog.Head) frozenStream {
	t.Helper()
	ctx := context.Background()
	out := frozenStream{Stream: string(h.Stream), Chain: h.Chain.String(), Revision: h.Revision}
	var last eventlog.Record
	for r, err := range log.Prove(ctx, h.Stream, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := event.Decode(r); err != nil {
			t.Fatal(err)
		}
		last = r
		if !slices.Contains(out.Kinds, r.Kind) {
			out.Kinds = append(out.Kinds, r.Kind)
		}
	}
	if last.Proof.Chain != h.Chain {
		t.Errorf("%s: proven up to %s, the head is %s", h.Stream, last.Proof.Chain, h.Chain)
	}
	if !event.IsThread(h.Stream) {
		return out
	}
	th, err := projection.Replay(ctx, projection.NewSource(log, log, nil), h.Stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	out.Title, out.Text = th.Title, th.Text()
	for r := range th.Rows() {
		out.Rows = append(out.Rows, frozenRow{
			r.ID.String(), r.SplitFrom.String(), event.AuthorString(r.Author), r.Revision, r.Time, r.Submitted, th.Content(r),
		})
	}
	for s := range th.Spans(0, th.Len()) {
		out.Spans = append(out.Spans, [3]uint64{uint64(s.Length), uint64(s.Revision), uint64(s.Author)})
	}
	return out
}

// TestFrozenVersion2HasBlocksAndATail keeps the fixture from holding one of the
// two forms only.
func TestFrozenVersion2HasBlocksAndATail(t *testing.T) {
	log, err := boltlog.Open(unpack(t, "testdata/v2/log.db.gz"), boltlog.Options{ReadOnly: true, Packer: event.Packer{}})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	packed, plain := 0, 0
	for s, err := range log.AllSegments(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Records == nil {
			packed++
		} else {
			plain++
		}
	}
	if packed < 3 || plain == 0 {
		t.Errorf("%d segments are packed and %d are not", packed, plain)
	}
}
