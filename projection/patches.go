package projection

import (
	"slices"
	"sort"

	"parodywave/eventlog"
)

// patches are the patches of a thread, in order of lines. No line is in two. A patch
// that is no line now lies before the line at[k].
type patches struct {
	at    []int32 // index of the first line of each, now
	list  []*patch
	lines int // before, of all
	units int // gone, of all
	near  int // the patch that was found last
	spare []*patch
}

// A smallPatch is a patch in one piece of memory.
type smallPatch struct {
	patch
	before [1]line
	kept   [2]kept
}

const (
	sparePatches = 4
	spareGone    = 256 // units gone that a spare patch has memory for, at most
	spareLines   = 4   // lines of before
)

// make returns a patch of nothing yet.
func (f *patches) make(by stamp, lines int) *patch {
	n := len(f.spare) - 1
	if n < 0 {
		one := &smallPatch{patch: patch{author: by.author, rev: by.rev, lines: lines}}
		one.patch.before, one.patch.kept = one.before[:0], one.kept[:0]
		return &one.patch
	}
	p := f.spare[n]
	f.spare = f.spare[:n]
	*p = patch{author: by.author, rev: by.rev, lines: lines, before: p.before[:0], kept: p.kept[:0], gone: p.gone[:0]}
	return p
}

// free leaves the memory of p, which is no longer among f, to other patches.
func (f *patches) free(p *patch) {
	if len(f.spare) < sparePatches && cap(p.gone) <= spareGone && cap(p.before) <= spareLines {
		f.spare = append(f.spare, p)
	}
}

// find returns the patch that line i is in, -1 if there is none.
func (f *patches) find(i int) int {
	if len(f.list) == 0 {
		return -1
	}
	if k := f.near; k < len(f.list) && i >= int(f.at[k]) && i < int(f.at[k])+f.list[k].lines {
		return k
	}
	k := f.behind(i) - 1
	if k < 0 || i >= int(f.at[k])+f.list[k].lines {
		return -1
	}
	f.near = k
	return k
}

// behind returns the number of patches that begin at line i or above.
func (f *patches) behind(i int) int {
	return sort.Search(len(f.at), func(k int) bool { return int(f.at[k]) > i })
}

// count adds the bounded sizes of p to those of all, or takes them off.
func (f *patches) count(p *patch, sign int) {
	f.lines += sign * max(1, len(p.before))
	f.units += sign * len(p.gone)
}

// begin begins a patch of line i, which is as ln, and returns its place.
func (f *patches) begin(i int, by stamp, ln *line) int {
	p := f.make(by, 1)
	p.units = int(ln.length)
	p.before, p.kept = append(p.before, *ln), appendKept(p.kept, kept{0, 0, p.units})
	k := f.behind(i)
	f.replace(k, k, []int32{int32(i)}, []*patch{p})
	f.near = k
	return k
}

// replace puts in, which begin at the lines at, in place of the patches from..to.
func (f *patches) replace(from, to int, at []int32, in []*patch) {
	for _, p := range f.list[from:to] {
		f.count(p, -1)
	}
	for _, p := range in {
		f.count(p, 1)
	}
	f.at = slices.Replace(f.at, from, to, at...)
	f.list = slices.Replace(f.list, from, to, in...)
}

// end ends patch k.
func (f *patches) end(k int) { f.replace(k, k+1, nil, nil) }

// drop ends patch k, which nothing else refers to.
func (f *patches) drop(k int) {
	p := f.list[k]
	f.end(k)
	f.free(p)
}

// shift moves the patches from k on by n lines.
func (f *patches) shift(k, n int) {
	if n != 0 {
		for ; k < len(f.at); k++ {
			f.at[k] += int32(n)
		}
	}
}

// bound ends the patches that were last worked on longest ago, until all are within
// the bounds.
func (f *patches) bound() {
	for f.lines > patchLines || f.units > patchUnits {
		oldest := eventlog.Revision(1<<64 - 1)
		for _, p := range f.list {
			oldest = min(oldest, p.rev)
		}
		n := 0
		for k, p := range f.list {
			if p.rev == oldest {
				f.count(p, -1)
				continue
			}
			f.at[n], f.list[n] = f.at[k], p
			n++
		}
		clear(f.list[n:])
		f.at, f.list = f.at[:n], f.list[:n]
	}
}

// clear ends all patches.
func (f *patches) clear() {
	for _, p := range f.list {
		f.free(p)
	}
	clear(f.list)
	*f = patches{at: f.at[:0], list: f.list[:0], spare: f.spare}
}
