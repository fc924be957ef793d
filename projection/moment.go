package projection

import "parodywave/eventlog"

// A Moment says which record did something. The zero Moment is none.
type Moment struct {
	Revision eventlog.Revision
	Author   int   // index into the thread's Authors
	Time     int64 // Unix milliseconds
}
