package live

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/people"
)

// Prove counts the records that are read for pages, as Read does those for folds.
func (l *countedLog) Prove(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range l.AuditLog.Prove(ctx, stream, after) {
			l.read++
			if !yield(r, err) {
				return
			}
		}
	}
}

// pagedThread returns a log with a thread of n records, most of which insert units, and
// what makes its pages.
func pagedThread(t *testing.T, n, units, most int) (*countedLog, *room, *catchUp) {
	t.Helper()
	r := &room{stream: "01JZ0000000000000000000000"}
	records := []eventlog.Record{event.Encode(event.Opened{Title: "T"})}
	text, length := utf16.Encode([]rune(strings.Repeat("a", units))), 0
	for len(records) < n {
		if len(records)%10 == 0 {
			records = append(records, event.Encode(event.Changed{Change: ot.Replace(length, 0, length, nil)}))
			length = 0
			continue
		}
		records = append(records, event.Encode(event.Changed{Change: ot.Replace(length, length, length, text)}))
		length += units
	}
	log := &countedLog{AuditLog: eventlog.NewMemory()}
	if _, err := log.Append(t.Context(), r.stream, 0, records...); err != nil {
		t.Fatal(err)
	}
	ignore := func(eventlog.Stream, eventlog.Revision, []eventlog.Record, error) {}
	return log, r, &catchUp{
		log: projection.Plain(log), people: people.New(log, projection.NewAuthors(), ignore, nil), logger: slog.Default(),
		slots: make(chan struct{}, streamsMax), pages: pages{most: most},
	}
}

// revisions returns those in frames.
func revisions(t *testing.T, frames [][]byte) (all []eventlog.Revision) {
	t.Helper()
	for _, f := range frames {
		var m struct {
			Updates []struct{ Rev eventlog.Revision }
		}
		if err := json.Unmarshal(f, &m); err != nil {
			t.Fatal(err)
		}
		for _, e := range m.Updates {
			all = append(all, e.Rev)
		}
	}
	return all
}

// TestPeersThatAreBehindShareTheWork has peers lack the entries between a random
// revision near the beginning and one near the end, and take turns at random. Each gets
// each of its entries once and in order, and the log is read as if for few peers. The
// twin keeps no page but the newest.
func TestPeersThatAreBehindShareTheWork(t *testing.T) {
	const n, units, peers, spread = 200, 15_000, 4, 20
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	serve := func(most int) int {
		random := rand.New(rand.NewPCG(seed, 0))
		log, r, u := pagedThread(t, n, units, most)
		u.begin()
		defer u.end()
		type span struct{ at, to eventlog.Revision }
		behind := make([]span, peers)
		for i := range behind {
			behind[i] = span{eventlog.Revision(1 + random.IntN(spread)), eventlog.Revision(n - random.IntN(spread))}
		}
		for begun := fmt.Sprint(behind); len(behind) > 0; {
			i := random.IntN(len(behind))
			p := &behind[i]
			next, err := u.after(t.Context(), r, func() int64 { return 0 }, p.at, p.to)
			if err != nil {
				t.Fatal(err)
			}
			frames, through := next.part(p.at, p.to)
			for _, rev := range revisions(t, frames) {
				if p.at++; rev != p.at {
					t.Fatalf("seed %d, peers %s: revision %d came after %d", seed, begun, rev, p.at-1)
				}
			}
			if p.at != through || p.at > p.to {
				t.Fatalf("seed %d, peers %s: a part through %d ends at %d of %d", seed, begun, through, p.at, p.to)
			}
			if p.at == p.to {
				behind = append(behind[:i], behind[i+1:]...)
			}
			if u.pages.bytes > max(most, 1<<20) {
				t.Fatalf("seed %d: %d bytes of pages are kept, more than %d", seed, u.pages.bytes, most)
			}
		}
		return log.read
	}
	read, twin := serve(pagesBytes), serve(0)
	t.Logf("%d records are read for %d peers; the twin reads %d", read, peers, twin)
	if bound := n + 3*peers*spread; read > bound || twin <= bound {
		t.Errorf("seed %d: %d records are read, and %d by the twin: want at most %d, and more", seed, read, twin, bound)
	}
}

// TestNoPageOutlivesARedaction: entries that were read before a redaction are read again.
func TestNoPageOutlivesARedaction(t *testing.T) {
	log, r, u := pagedThread(t, 10, 10, pagesBytes)
	u.begin()
	var redactions int64
	reads := func() int {
		before := log.read
		if _, err := u.after(t.Context(), r, func() int64 { return redactions }, 1, 10); err != nil {
			t.Fatal(err)
		}
		return log.read - before
	}
	if first, second := reads(), reads(); first == 0 || second > 0 {
		t.Fatalf("%d records are read, then %d", first, second)
	}
	if redactions++; reads() == 0 {
		t.Error("a page from before a redaction is used after it")
	}
	if u.end(); len(u.pages.all)+u.pages.bytes > 0 {
		t.Error("pages are kept while nobody is behind")
	}
}

// TestAThreadThatEndsTooEarlyIsDamaged: a log that lacks entries ends the stream.
func TestAThreadThatEndsTooEarlyIsDamaged(t *testing.T) {
	_, r, u := pagedThread(t, 10, 10, pagesBytes)
	_, err := u.after(t.Context(), r, func() int64 { return 0 }, 5, 11)
	if err == nil || !strings.Contains(err.Error(), "entries end at revision 10, want 11") {
		t.Errorf("error %v", err)
	}
}
