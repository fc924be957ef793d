package snapshot

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A ThreadComparer compares one thread, while it is folded, with everything that a
// cache has of it.
type ThreadComparer struct {
	all    *Comparer
	stream eventlog.Stream
	frames []*frame
	listed eventlog.Revision   // of the state's list of threads, 0 if not in it
	stops  []eventlog.Revision // at which something was saved, ascending
	differ []difference
}

// A difference is an entry that is not as the log gives it, and how many redactions
// the thread had then: if it has more now, the entry is older than the redaction.
type difference struct {
	redactions int
	err        error
}

// Thread returns a comparer of a thread that the log has.
func (c *Comparer) Thread(stream eventlog.Stream) *ThreadComparer {
	x := &ThreadComparer{all: c, stream: stream, frames: c.index.threads[stream]}
	for _, f := range x.frames {
		x.stops = append(x.stops, f.revision)
	}
	delete(c.index.threads, stream)
	if c.state != nil {
		if sum, ok := c.state.Directory.Get(stream); ok {
			x.listed = sum.Revision
			x.stops = append(x.stops, x.listed)
			c.directory.Put(sum)
		}
	}
	if len(x.frames) > 0 {
		c.Threads++
	}
	slices.Sort(x.stops)
	x.stops = slices.Compact(x.stops)
	return x
}

// At must be called with the folded thread after each of its records.
func (x *ThreadComparer) At(t *projection.Thread) {
	if len(x.stops) == 0 || x.stops[0] != t.Revision {
		return
	}
	x.stops = x.stops[1:]
	if t.Revision == x.listed {
		if sum, _ := x.all.state.Directory.Get(x.stream); !sameSummary(sum, t.Summary()) {
			x.differ = append(x.differ, difference{t.Redactions, errors.New("the list of threads differs from the log")})
		}
	}
	for _, f := range x.frames {
		if f.revision == t.Revision {
			x.snapshot(t, f)
		}
	}
}

// End must be called with the thread at its head.
func (x *ThreadComparer) End(t *projection.Thread) {
	if len(x.stops) > 0 {
		x.all.problem("thread %s was saved at revision %d and ends at %d", x.stream, x.stops[0], t.Revision)
	}
	for _, d := range x.differ {
		if d.redactions < t.Redactions {
			x.all.redacted++
		} else {
			x.all.problem("%v", d.err)
		}
	}
}

// snapshot compares a snapshot with the thread at the same revision.
func (x *ThreadComparer) snapshot(t *projection.Thread, f *frame) {
	b, err := x.all.unpack(f)
	var saved *projection.Thread
	if err == nil {
		saved, err = thaw(f, b)
	}
	if errors.Is(err, projection.ErrFrozenOther) {
		x.all.other++
		return
	}
	x.all.Snapshots++
	if err != nil {
		x.all.problem("thread %s, saved at revision %d: %v", x.stream, f.revision, err)
	} else if want := t.Freeze(nil); !bytes.Equal(b, want) || !bytes.Equal(saved.Freeze(nil), want) {
		x.differ = append(x.differ, difference{t.Redactions, fmt.Errorf("thread %s, saved at revision %d: it differs from the log", x.stream, f.revision)})
	}
}

func sameSummary(a, b projection.Summary) bool {
	x, y := projection.NewDirectory(), projection.NewDirectory()
	x.Put(a)
	y.Put(b)
	return bytes.Equal(x.Freeze(nil), y.Freeze(nil))
}
