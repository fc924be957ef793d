package projection

import (
	"errors"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A folder applies segments to threads, run by run. The zero folder is ready to
// use.
type folder struct {
	decoder event.SegmentDecoder
	thread  *Thread
	at      eventlog.Revision
	yield   func(*event.Run) error // f.take, made once
}

// errArrived ends a fold at the revision that it is to reach.
var errArrived = errors.New("arrived")

// fold applies the records of seg to t until t is at revision at, or all of them if
// at is 0.
func (f *folder) fold(t *Thread, seg *eventlog.Segment, at eventlog.Revision) error {
	if f.yield == nil {
		f.yield = f.take
	}
	if f.thread, f.at = t, at; at != 0 && t.Revision >= at {
		return nil
	}
	t.effect.quiet = true
	err := f.decoder.Decode(seg, f.yield)
	t.effect.quiet = false
	if err == errArrived {
		return nil
	}
	return err
}

func (f *folder) take(r *event.Run) error {
	t, n := f.thread, len(r.Times)
	if f.at != 0 {
		n = min(n, int(f.at-t.Revision))
	}
	if err := t.run(r, n); err != nil {
		return err
	}
	if f.at != 0 && t.Revision >= f.at {
		return errArrived
	}
	return nil
}
