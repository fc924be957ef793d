package projection_test

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// BenchmarkPast asks for what the pages ask of a long past, from a log in a
// file whose pages the system has in memory.
func BenchmarkPast(b *testing.B) {
	changes, end := scripts.Trace(b, "automerge-paper.json.gz", 0)
	log := logOf(b, scripts.Records(changes))
	ctx, head := b.Context(), eventlog.Revision(len(changes))
	for name, ask := range map[string]func() error{
		"replay half": func() error {
			_, err := projection.Replay(ctx, log, scripts.Stream, head/2)
			return err
		},
		"difference since 0": func() error {
			d, err := projection.ReplayTombstones(ctx, log, scripts.Stream, 0, 0)
			if err == nil && (d.Thread().Text() != end || len(d.Deletions()) != 0) {
				b.Fatal("not what it should be")
			}
			return err
		},
		"difference since half": func() error {
			d, err := projection.ReplayTombstones(ctx, log, scripts.Stream, head/2, 0)
			if err == nil && len(d.Deletions()) == 0 {
				b.Fatal("nothing was deleted")
			}
			return err
		},
		"missing since half": func() error {
			d, err := projection.ReplayTombstones(ctx, log, scripts.Stream, head/2, 0)
			if err == nil && len(d.Missing()) == 0 {
				b.Fatal("nothing is missing")
			}
			return err
		},
		"timeline": func() error {
			t, err := projection.ReplayTimeline(ctx, log, scripts.Stream)
			if err == nil && len(t.Steps) < len(changes)/100 {
				b.Fatal("too few steps")
			}
			return err
		},
		"line": func() error {
			h, err := projection.ReplayLine(ctx, log, scripts.Stream, projection.LineQuery{Line: projection.LineID{Revision: 1}, Limit: 50})
			if err == nil {
				for _, p := range h.Passages {
					p.Parts()
				}
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
