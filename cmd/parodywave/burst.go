package main

// burstPause is how long an author pauses, in milliseconds, before the next
// edit counts as another row.
const burstPause = 30_000

// A folder folds the edits of each author until the author pauses or does
// something else. Other people's edits may lie between.
type folder struct {
	each bool // do not fold
	done []*eventRow
	open map[string]*eventRow // by author id
}

func newFolder(every string) *folder {
	return &folder{each: every == "edit", open: map[string]*eventRow{}}
}

func (f *folder) add(r *eventRow) {
	if last, ok := f.open[r.AuthorID]; ok && r.Edits > 0 && r.at-last.at <= burstPause {
		last.add(r)
		return
	}
	delete(f.open, r.AuthorID)
	f.done = append(f.done, r)
	if r.Edits > 0 && !f.each {
		f.open[r.AuthorID] = r
	}
}
