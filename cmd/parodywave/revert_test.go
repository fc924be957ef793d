package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/revert"

	"github.com/aymanbagabas/go-udiff"
)

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString([]string{"a", "b\n", "다", "😀", "é"}[r.IntN(5)])
	}
	return b.String()
}

// sameEdits replaces a random stretch of before by after, as a change and as
// edits of lines.
func sameEdits(before, after string, r *rand.Rand) error {
	units, err := ot.Units(before)
	if err != nil {
		return err
	}
	from := r.IntN(len(units) + 1)
	for !ot.Boundary(units, from) {
		from++
	}
	to := from + r.IntN(len(units)-from+1)
	for !ot.Boundary(units, to) {
		to++
	}
	insert, err := ot.Units(after)
	if err != nil {
		return err
	}
	var b ot.Builder
	b.Replace(0, insert)
	b.Keep(from)
	b.Replace(to-from, insert)
	b.Keep(len(units) - to)
	c := b.Change()
	want, err := c.Apply(units)
	if err != nil {
		return err
	}
	edits, err := lineEdits(before, c)
	if err != nil {
		return err
	}
	got, err := udiff.Apply(before, edits)
	if err == nil && got != ot.String(want) {
		err = fmt.Errorf("%s gives %q, want %q", c, got, ot.String(want))
	}
	return err
}

// TestRevertOfARecordedPaper takes one of three authors' edits back, of a
// quarter of a million, and then all: what it takes and what is left.
func TestRevertOfARecordedPaper(t *testing.T) {
	t.Parallel()
	tr := sequential(t, filepath.Join(traces(t), "automerge-paper.json.gz"), 3)
	if testing.Short() {
		tr = tr.cut(6000)
	}
	log, whole := logOf(t, tr)
	for _, authors := range [][]byte{{2}, {1, 2, 3}} {
		start := time.Now()
		r, err := revert.Replay(t.Context(), log, testThread, func(e *event.Event) bool {
			return strings.ContainsRune(string(authors), rune(e.Author[15]))
		})
		if err != nil {
			t.Fatal(err)
		}
		x := r.Plan()
		t.Logf("%d edits of %d in %v: -%d +%d, %d had been deleted by others", x.Edits, len(tr.keystrokes), time.Since(start), x.Deleted, x.Restored, x.Lost)
		after, err := x.Change.Apply(whole.Units(0, whole.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if len(authors) == 3 && (len(after) > 0 || x.Lost > 0) {
			t.Errorf("without all its authors the paper reads %.80q", ot.String(after))
		}
		if len(authors) == 1 && (x.Deleted == 0 || x.Deleted > whole.Len() || len(after) == 0) {
			t.Errorf("-%d of %d", x.Deleted, whole.Len())
		}
	}
}

// TestADryRunShowsNoLineThatStays: a change that takes a line out with the break
// before it, which is how it was written, touches the line above in no diff.
func TestADryRunShowsNoLineThatStays(t *testing.T) {
	const text = "beta two\ngamma three\nBEN four\n"
	c, err := ot.Parse([]byte("[20,[9],1]"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	a := &app{out: bufio.NewWriter(&out)}
	x := &reversal{Change: c.String(), Text: text}
	if err := x.print(a, "a", "b"); err != nil {
		t.Fatal(err)
	}
	a.out.Flush()
	if want := "--- a\n+++ b\n@@ -1,3 +1,2 @@\n beta two\n gamma three\n-BEN four\n"; out.String() != want {
		t.Errorf("%s, want %s", out.String(), want)
	}
}
