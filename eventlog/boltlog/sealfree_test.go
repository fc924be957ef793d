package boltlog

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
)

// TestACommitWritesNoListOfFreePages: after a large tail was sealed, a commit writes as
// much as before. The twin stores the list, as bbolt does by default.
func TestACommitWritesNoListOfFreePages(t *testing.T) {
	t.Parallel()
	const mib = 4
	before, after := commitBytes(t, mib, false)
	_, listed := commitBytes(t, mib, true)
	t.Logf("after sealing %d MiB: %d bytes a commit, before it %d, with the list %d", mib, after, before, listed)
	if after > before+4*pageSize {
		t.Errorf("%d bytes a commit after sealing, %d before", after, before)
	}
	if freed := int64(mib << 20 / pageSize); listed < after+8*freed/2 { // eight bytes a page
		t.Errorf("the twin writes %d bytes a commit, for %d free pages: the test proves nothing", listed, freed)
	}
}

// BenchmarkCommitAfterSealing reports the bytes that a commit of one keystroke writes
// after a tail of 256 MiB was sealed, and what it would write with the list.
func BenchmarkCommitAfterSealing(b *testing.B) {
	for _, listed := range []bool{false, true} {
		b.Run(fmt.Sprintf("list=%v", listed), func(b *testing.B) {
			for b.Loop() {
				_, after := commitBytes(b, 256, listed)
				b.ReportMetric(float64(after), "B/commit")
			}
		})
	}
}

// commitBytes fills a tail and seals it. It returns the bytes that a commit of a keystroke
// writes before and after.
func commitBytes(t testing.TB, mib int, listed bool) (before, after int64) {
	l := open(t, newPath(t), Options{NoSync: true, NoSeal: true})
	l.db.NoFreelistSync = !listed
	written := int64(0)
	onWrite(l, func(b []byte, _ int64) error {
		written += int64(len(b))
		return nil
	})
	commit := func() int64 {
		head, _ := l.Head(ctx, "keys")
		from := written
		if _, err := l.Append(ctx, "keys", head.Revision, changed(int(head.Revision))); err != nil {
			t.Fatal(err)
		}
		return written - from
	}
	commit()
	before = commit()
	const size = 64 << 10
	for i := range mib << 20 / size {
		if _, err := l.Append(ctx, "s", eventlog.Revision(i), entryOf(size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	commit()
	return before, commit()
}
