package snapshot

import (
	"slices"
	"sort"

	"parodywave/eventlog"
)

// An index has the frames that count: for each thread some, by revision, and the
// newest state.
type index struct {
	threads map[eventlog.Stream][]*frame
	state   *frame
	live    int64 // bytes of all of them
}

func newIndex() index { return index{threads: map[eventlog.Stream][]*frame{}} }

// add adds a frame that is behind all others.
func (x *index) add(f *frame) {
	switch f.kind {
	case kindThread:
		x.put(f)
	case kindState:
		if x.state != nil {
			x.live -= x.state.size()
		}
		x.state = f
		x.live += f.size()
	case kindForget:
		x.forget(f.stream)
	}
}

// forget drops all threads of a stream.
func (x *index) forget(stream eventlog.Stream) {
	for _, f := range x.threads[stream] {
		x.live -= f.size()
	}
	delete(x.threads, stream)
}

// drop drops one thread, or the state.
func (x *index) drop(f *frame) {
	if f == x.state {
		x.live -= f.size()
		x.state = nil
		return
	}
	all := x.threads[f.stream]
	if i := slices.Index(all, f); i >= 0 {
		x.live -= f.size()
		x.threads[f.stream] = slices.Delete(all, i, i+1)
	}
}

func (x *index) put(f *frame) {
	all := x.threads[f.stream]
	i := sort.Search(len(all), func(i int) bool { return all[i].revision >= f.revision })
	x.live += f.size()
	if i < len(all) && all[i].revision == f.revision {
		x.live -= all[i].size()
		all[i] = f
		return
	}
	all = slices.Insert(all, i, f)
	kept := thin(all)
	for _, g := range all {
		if !slices.Contains(kept, g) {
			x.live -= g.size()
		}
	}
	x.threads[f.stream] = kept
}

// nearest returns the newest frame that is not above a revision, or the newest of
// all if at is 0; nil if there is none.
func (x *index) nearest(stream eventlog.Stream, at eventlog.Revision) *frame {
	all := x.threads[stream]
	n := len(all)
	if at > 0 {
		n = sort.Search(n, func(i int) bool { return all[i].revision > at })
	}
	if n == 0 {
		return nil
	}
	return all[n-1]
}

// near is a number of records that are folded in some milliseconds, so that a
// snapshot between them is not worth its bytes. Only tests change it.
var near eventlog.Revision = 1 << 14

// far returns the most records between a snapshot and the one before: twice near,
// or as many as the later one has bytes, so that all snapshots have about one byte
// for each record.
func far(f *frame) eventlog.Revision { return max(2*near, eventlog.Revision(f.payload)) }

// thin returns the frames, which ascend by revision, without superfluous ones. A
// frame is superfluous if the gap without it is no longer than the distance from
// there to the newest frame, but at least near and at most far.
func thin(all []*frame) []*frame {
	newest := all[len(all)-1].revision
	kept := []*frame{all[len(all)-1]}
	for i := len(all) - 2; i >= 0; i-- {
		after, before := kept[len(kept)-1], eventlog.Revision(0)
		if i > 0 {
			before = all[i-1].revision
		}
		if after.revision-before > max(min(newest-after.revision, far(after)), near) {
			kept = append(kept, all[i])
		}
	}
	slices.Reverse(kept)
	return kept
}

// worth is the number of records from which on a thread is worth saving when the
// whole log is folded.
const worth = 512

// Plan returns the ascending revisions at which to save a thread while it is folded
// from its beginning to the head.
func Plan(head eventlog.Revision) []eventlog.Revision {
	var plan []eventlog.Revision
	if head >= worth {
		plan = append(plan, head)
	}
	for back := near; back < head-min(head, near); back += min(back, 2*near) {
		plan = append(plan, head-back)
	}
	slices.Reverse(plan)
	return plan
}
