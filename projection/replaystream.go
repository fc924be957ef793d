package projection

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A replay is the state of a ReplayAll.
type replay struct {
	Overview
	ReplayOptions
	streams map[eventlog.Stream]*replayed
	last    *replayed   // the stream of the last segment
	open    []*replayed // in order of their first segment; some may be done
	memory  int         // about how many bytes they take
	waiting int         // number of streams that wait for a further pass
	folder  folder
	of      uint64 // records of all streams
	shown   uint64 // records at the last call of Progress
}

// A replayed is one stream of a replay.
type replayed struct {
	head  eventlog.Head
	done  bool
	waits bool // it waits for a further pass

	apply  func(event.Event) error // for a stream that is not a thread
	begun  bool                    // apply was called
	thread *Thread                 // while it is open
	weight int                     // about how many bytes it takes
	stops  []eventlog.Revision     // still to come
}

// showEvery is the number of records between two calls of Progress.
const showEvery = 1 << 16

func newReplay(heads []eventlog.Head, o ReplayOptions) *replay {
	if o.Memory == 0 {
		o.Memory = defaultReplayMemory
	}
	a := &replay{
		Overview:      Overview{Directory: NewDirectory(), Authors: NewAuthors(), Connections: NewConnections()},
		ReplayOptions: o, streams: map[eventlog.Stream]*replayed{},
	}
	for _, h := range heads {
		p := &replayed{head: h}
		switch {
		case h.Stream == eventlog.Authors:
			p.apply = a.Authors.Apply
		case h.Stream == eventlog.Connections:
			p.apply = a.Connections.Apply
		case !event.IsThread(h.Stream):
			continue
		case o.Stops != nil:
			p.stops = o.Stops(h)
		}
		a.streams[h.Stream] = p
		a.of += uint64(h.Revision)
	}
	return a
}

// segment folds one segment, up to the head of its stream.
func (a *replay) segment(seg eventlog.Segment) error {
	p := a.last
	if p == nil || p.head.Stream != seg.Stream {
		if p = a.streams[seg.Stream]; p == nil {
			return nil // newer than the call, or not folded here
		}
		a.last = p
	}
	var err error
	switch {
	case p.done || p.waits:
		return nil
	case p.apply != nil:
		err = a.events(p, &seg)
	case p.thread != nil || a.begin(p):
		err = a.advance(p, &seg)
	}
	if a.Progress != nil && a.Records-a.shown >= showEvery {
		a.shown = a.Records
		a.Progress(a.Records, a.of)
	}
	return err
}

// events applies a segment event by event.
func (a *replay) events(p *replayed, seg *eventlog.Segment) error {
	end := p.head.Revision
	err := a.folder.decoder.Decode(seg, func(r *event.Run) error {
		for i := range r.Times {
			e := event.Event{Stream: seg.Stream, Revision: r.First + eventlog.Revision(i), Payload: event.Changed{}}
			if r.Event != nil {
				e = *r.Event
			}
			if p.done = e.Revision >= end; e.Revision > end {
				return errArrived
			}
			if !p.begun { // the records before were pruned
				p.begun = true
				a.of -= uint64(e.Revision) - 1
			}
			if err := p.apply(e); err != nil {
				return err
			}
			a.Records++
		}
		return nil
	})
	if err == errArrived {
		return nil
	}
	return err
}

// begin begins a thread, unless there is no memory for it now.
func (a *replay) begin(p *replayed) bool {
	if a.memory > a.Memory {
		a.wait(p)
		return false
	}
	p.thread = NewThread(p.head.Stream)
	a.open = append(a.open, p)
	return true
}

func (a *replay) wait(p *replayed) {
	p.waits = true
	a.waiting++
}

// advance folds a segment of a thread, from stop to stop.
func (a *replay) advance(p *replayed, seg *eventlog.Segment) error {
	t, was := p.thread, p.thread.Revision
	for more := true; more; {
		at := p.head.Revision
		if len(p.stops) > 0 {
			at = min(at, max(p.stops[0], 1))
		}
		if err := a.folder.fold(t, seg, at); err != nil {
			return err
		}
		for more = false; len(p.stops) > 0 && t.Revision >= p.stops[0]; more = t.Revision < seg.Last() {
			a.Visit(t)
			p.stops = p.stops[1:]
			seg.Skip = int(t.Revision + 1 - seg.First)
		}
	}
	a.Records += uint64(t.Revision - was)
	weight := t.weight()
	a.memory += weight - p.weight
	p.weight = weight
	if t.Revision >= p.head.Revision {
		a.Directory.Put(t.Summary())
		p.done = true
		a.drop(p)
	} else if a.memory > a.Memory {
		a.makeRoom()
	}
	return nil
}

func (a *replay) drop(p *replayed) {
	a.memory -= p.weight
	p.thread, p.weight = nil, 0
}

// makeRoom makes threads wait, the last one first. The first one stays, so that
// every pass completes at least one.
func (a *replay) makeRoom() {
	for a.open[0].done {
		a.open = a.open[1:]
	}
	for a.memory > a.Memory && len(a.open) > 1 {
		p := a.open[len(a.open)-1]
		if a.open = a.open[:len(a.open)-1]; !p.done {
			a.Records -= uint64(p.thread.Revision)
			a.shown = min(a.shown, a.Records)
			a.drop(p)
			a.wait(p)
		}
	}
}

// complete returns an error if a stream that was folded ended before its head.
func (a *replay) complete() error {
	for _, p := range a.streams {
		if p.done || p.waits {
			continue
		}
		at := eventlog.Revision(0)
		if p.thread != nil {
			at = p.thread.Revision
		}
		return fmt.Errorf("%s ends at revision %d of %d: %w", p.head.Stream, at, p.head.Revision, eventlog.ErrDamaged)
	}
	return nil
}

// again reports whether a further pass is needed, and prepares it.
func (a *replay) again() bool {
	if a.waiting == 0 {
		return false
	}
	for _, p := range a.streams {
		p.waits = false
	}
	a.waiting, a.open = 0, nil
	return true
}

// weight returns about how many bytes t takes. It guesses the number of spans from
// the number of records: each leaves few.
func (t *Thread) weight() int {
	return 4<<10 + 4*t.text.length + 128*t.lines.count + 2*int(t.Revision)
}
