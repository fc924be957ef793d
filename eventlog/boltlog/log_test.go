package boltlog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

var ctx = context.Background()

// open opens a log in a test's directory, and closes it at the end.
func open(t testing.TB, path string, o Options) *Log {
	t.Helper()
	l, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "log.db") }

// changed returns a record such as a keystroke makes, the i-th of its client.
func changed(i int) eventlog.Record {
	return eventlog.Record{Time: 1_700_000_000_000 + int64(i)*120, Author: eventlog.AuthorID{1}, Client: eventlog.ClientID{2},
		Seq: uint64(i), Kind: "changed", Schema: 1,
		Shape: fmt.Appendf(nil, "[%d,[0,1],%d]", i, i/2), Text: []byte{0, 0, 0, 1, 'a' + byte(i%26)}}
}

func appendN(t testing.TB, l eventlog.Log, s eventlog.Stream, n int) eventlog.Head {
	t.Helper()
	head, err := l.Head(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if head, err = l.Append(ctx, s, head.Revision, changed(int(head.Revision)+1)); err != nil {
			t.Fatalf("append %d: %v", i, err)
		}
	}
	return head
}

func count(t testing.TB, l eventlog.Log, s eventlog.Stream, after eventlog.Revision) int {
	t.Helper()
	n := 0
	for r, err := range l.Read(ctx, s, after) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; r.Revision != after+eventlog.Revision(n) {
			t.Fatalf("record %d after %d has revision %d", n, after, r.Revision)
		}
	}
	return n
}

func TestLogIsTheSameAfterReopening(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := open(t, path, Options{})
	var want []eventlog.Head
	for i := range max(100, seeds.Rounds(300)) {
		appendN(t, l, eventlog.Stream(fmt.Sprintf("thread-%d", i%7)), 1+i%5)
	}
	want, _ = l.Streams(ctx)
	last, chain := l.End()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, ro := range []bool{false, true, false} {
		l := open(t, path, Options{ReadOnly: ro})
		have, err := l.Streams(ctx)
		if err != nil || fmt.Sprint(have) != fmt.Sprint(want) {
			t.Fatalf("heads are %v, %v; were %v", have, err, want)
		}
		if p, c := l.End(); p != last || c != chain {
			t.Fatalf("log ends at %d %v; ended at %d %v", p, c, last, chain)
		}
		for _, h := range have {
			for _, after := range []eventlog.Revision{0, 1, 17, h.Revision - 1, h.Revision} {
				if n := count(t, l, h.Stream, after); n != int(h.Revision-after) {
					t.Fatalf("%s: %d records after %d of %d", h.Stream, n, after, h.Revision)
				}
			}
			for r, err := range l.Prove(ctx, h.Stream, h.Revision/2) {
				if err != nil {
					t.Fatal(err)
				}
				if r.Revision == h.Revision && r.Proof.Chain != h.Chain {
					t.Fatal("chain differs")
				}
			}
		}
		n := 0
		for r, err := range l.Scan(ctx, 10) {
			if n++; err != nil || r.Position != eventlog.Position(10+n) {
				t.Fatalf("%d %v", r.Position, err)
			}
		}
		if n != int(last)-10 {
			t.Fatalf("scan gave %d records", n)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadOnlyLogRefusesAppends(t *testing.T) {
	path := newPath(t)
	if _, err := Open(path, Options{ReadOnly: true}); err == nil {
		t.Fatal("opened a file that is not there")
	}
	open(t, path, Options{}).Close()
	a, b := open(t, path, Options{ReadOnly: true}), open(t, path, Options{ReadOnly: true})
	if _, err := a.Append(ctx, "s", 0, changed(1)); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrLocked) {
		t.Fatalf("opened for writing beside readers: %v", err)
	}
	a.Close()
	b.Close()
	open(t, path, Options{})
	if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, ErrLocked) {
		t.Fatalf("opened for reading beside a writer: %v", err)
	}
}
