package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "dropped", fault: "the disk drops one page write of a commit and reports success", unit: "dropped writes", lie: "reads what bbolt returns, and checks no checksum",
		rounds: 20, lacks: needsStrace, outline: dropped,
	})
}

// dropped records the writes of a log under load and leaves one of them out: the page
// keeps its earlier content, which may be a valid older page. Opening the file, reading
// it or verifying it must name that, or every record must be as it was.
//
// The states are those after a sync of a meta page, a commit or a few after the
// dropped write. A dropped meta page is left out: the file is then, as a whole,
// the file of the commit before. Only a copy of a chain value kept elsewhere can show it.
func dropped(ctx context.Context, e *env) (o outcome, err error) {
	rec, err := e.record(ctx, &o, crowd.Size{Texts: 3, Each: 2, Lines: 1, Mixed: 1, Pause: 8 * time.Millisecond}, time.Duration(e.size(3000, 400))*time.Millisecond, 0)
	if err != nil {
		return o, err
	}
	examine := named
	if e.control {
		examine = believed
	}
	work, err := os.MkdirTemp(memory(), "torture-dropped-")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(work)
	path := filepath.Join(work, "log.db")
	writes := rec.pageWrites()
	r := rand.New(rand.NewPCG(e.seed, 3))
	drops := make([]int, e.states(200, 10))
	for i := range drops {
		drops[i] = r.IntN(len(writes))
	}
	slices.Sort(drops)
	file, done := slices.Clone(rec.base), 0
	for _, d := range drops {
		if e.done(ctx, &o) {
			break
		}
		for ; done < writes[d]; done++ {
			file = rec.ops[done].apply(file, nil)
		}
		sound, spoiled, lasts := slices.Clone(file), slices.Clone(file), r.IntN(3)
		i := done
		for ; i < len(rec.ops) && lasts >= 0; i++ {
			sound = rec.ops[i].apply(sound, nil)
			if i != writes[d] {
				spoiled = rec.ops[i].apply(spoiled, nil)
			}
			if rec.ops[i].isMeta() {
				lasts--
			}
		}
		if len(spoiled) < len(sound) {
			spoiled = append(spoiled, make([]byte, len(sound)-len(spoiled))...)
		}
		if slices.Equal(sound, spoiled) {
			continue // the page was written again
		}
		want, how, err := examine(ctx, path, sound)
		if err != nil || how != "" {
			return o, fmt.Errorf("the sound file is named damaged by %s: %w", how, err)
		}
		o.tried++
		what := fmt.Sprintf("write of %d bytes at %d dropped, %d calls later", len(rec.ops[writes[d]].data), rec.ops[writes[d]].offset, i-writes[d])
		o.judge(what, want, func() (contents, string, error) { return examine(ctx, path, spoiled) })
	}
	return o, nil
}

// isMeta reports whether the operation writes a meta page, which ends a commit.
func (o *operation) isMeta() bool { return len(o.data) > 0 && o.offset < 2*pageSize }

// pageWrites returns the indexes of the writes that are not of meta pages.
func (rec *recording) pageWrites() (at []int) {
	for i, o := range rec.ops {
		if len(o.data) > 0 && !o.isMeta() {
			at = append(at, i)
		}
	}
	return at
}
