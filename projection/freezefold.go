package projection

import "parodywave/eventlog"

// A Folder applies segments to threads, in memory that it uses again. The zero
// Folder is ready for use, by one goroutine at a time.
type Folder struct{ folder folder }

// Fold applies all records of seg that are not to be skipped: those that follow
// t's. Errors are those of Advance.
func (f *Folder) Fold(t *Thread, seg *eventlog.Segment) error { return f.folder.fold(t, seg, 0) }
