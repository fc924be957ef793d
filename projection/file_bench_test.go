package projection_test

import (
	"path/filepath"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// fileBatch is how many records one commit has when a server is busy.
const fileBatch = 100

// logOf writes records to a log in a file, batch by batch.
func logOf(b *testing.B, records []eventlog.Record) projection.Source {
	b.Helper()
	log, err := boltlog.Open(filepath.Join(b.TempDir(), "log.db"), boltlog.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { log.Close() })
	head := eventlog.Revision(0)
	for batch := range slices.Chunk(records, fileBatch) {
		h, err := log.Append(b.Context(), scripts.Stream, head, batch...)
		if err != nil {
			b.Fatal(err)
		}
		head = h.Revision
	}
	return projection.NewSource(log, log, nil)
}

// BenchmarkReplayFile goes all the way from a log in a file, whose pages the
// system has in memory, to the text with its blame.
func BenchmarkReplayFile(b *testing.B) {
	changes, end := scripts.Trace(b, "automerge-paper.json.gz", 0)
	log := logOf(b, scripts.Records(changes))
	b.Run("read", func(b *testing.B) {
		s := newStopwatch(b)
		for range b.N {
			n := 0
			for _, err := range log.Read(b.Context(), scripts.Stream, 0) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != len(changes) {
				b.Fatalf("%d records, want %d", n, len(changes))
			}
		}
		s.report(len(changes))
	})
	b.Run("replay", func(b *testing.B) {
		var th *projection.Thread
		var err error
		s := newStopwatch(b)
		for range b.N {
			if th, err = projection.Replay(b.Context(), log, scripts.Stream, 0); err != nil {
				b.Fatal(err)
			}
		}
		s.report(len(changes))
		if th.Text() != end {
			b.Fatal("the text is not what it should be in the end")
		}
	})
}
