package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// unsavedMax bounds the connection events that wait for the log; beyond it the
// oldest are given up, and counted.
const unsavedMax = 8192

// A recorder appends who came and went to the log, behind everybody's back: a
// join never waits for it, and a full disk does not stop readers.
type recorder struct {
	s      *Server
	mu     sync.Mutex
	in     []eventlog.Record // guarded by mu
	come   chan struct{}     // something came in
	closed chan struct{}     // loop has ended
	quit   chan struct{}
	place  event.Place

	// Owned by loop.
	head    eventlog.Revision
	unsaved []eventlog.Record
	lost    int
}

func newRecorder(s *Server, head eventlog.Revision) *recorder {
	r := &recorder{
		s: s, head: head, place: event.Place{Run: s.run, Node: s.cfg.Node},
		come: make(chan struct{}, 1), closed: make(chan struct{}), quit: make(chan struct{}),
	}
	if !s.cfg.Offline {
		r.add(nil, event.Started{Place: r.place})
	}
	return r
}

func (r *recorder) connected(p *peer)    { r.add(p, event.Connected{Place: r.place}) }
func (r *recorder) disconnected(p *peer) { r.add(p, event.Disconnected{Place: r.place}) }
func (r *recorder) joined(p *peer, thread eventlog.Stream) {
	r.add(p, event.Joined{Place: r.place, Thread: thread})
}
func (r *recorder) left(p *peer, thread eventlog.Stream) {
	r.add(p, event.Left{Place: r.place, Thread: thread})
}

func (r *recorder) add(p *peer, f event.Payload) {
	rec := event.Encode(f)
	rec.Time = now()
	if p != nil {
		rec.Client, rec.Author = p.id, p.author
	}
	r.mu.Lock()
	full := len(r.in) >= unsavedMax
	if !full {
		r.in = append(r.in, rec)
	}
	r.mu.Unlock()
	if full { // loop is far behind: it will not catch up by our waiting
		r.s.logger.Warn("a connection event was not recorded", "kind", rec.Kind)
	}
	mark(r.come)
}

// finish appends what is left. It returns err or its own error.
func (r *recorder) finish(ctx context.Context, err error) error {
	select {
	case <-r.quit:
	default:
		close(r.quit)
	}
	select {
	case <-r.closed:
		return err
	case <-ctx.Done():
		return errors.Join(err, ctx.Err())
	}
}

func (r *recorder) loop(ctx context.Context) {
	defer close(r.closed)
	prune := time.NewTicker(time.Hour)
	defer prune.Stop()
	r.prune(ctx)
	for {
		select {
		case <-r.come:
			r.collect()
			r.save()
		case <-prune.C:
			r.prune(ctx)
		case <-r.quit:
			r.collect()
			r.save()
			return
		}
		if len(r.unsaved) > 0 { // the log refuses: try again with what follows
			select {
			case <-time.After(time.Second):
			case <-r.quit:
				r.collect()
				r.save()
				return
			}
			r.collect()
			r.save()
		}
	}
}

// collect takes what waits. Once all is saved nothing of it stays in memory: a
// crowd that comes leaves thousands of events.
func (r *recorder) collect() {
	r.mu.Lock()
	in := r.in
	r.in = nil
	r.mu.Unlock()
	if r.unsaved = append(r.unsaved, in...); len(r.unsaved) > unsavedMax {
		over := len(r.unsaved) - unsavedMax
		r.lost += over
		r.unsaved = r.unsaved[over:]
	}
}

func (r *recorder) save() {
	if len(r.unsaved) == 0 {
		return
	}
	ctx := context.Background()
	head, err := r.s.log.Head(ctx, eventlog.Connections)
	if err == nil {
		last := head.Time
		for i := range r.unsaved {
			last = max(last, r.unsaved[i].Time)
			r.unsaved[i].Time = last
		}
		after := head.Revision
		head, err = r.s.log.Append(ctx, eventlog.Connections, after, r.unsaved...)
		r.s.appends.report(eventlog.Connections, after, r.unsaved, err)
	}
	switch {
	case err == nil:
		r.head, r.unsaved = head.Revision, nil
		if r.lost > 0 {
			r.s.logger.Warn("connection events were given up while the log refused", "events", r.lost)
			r.lost = 0
		}
	case errors.Is(err, eventlog.ErrUnknown): // may be there: once too few is better than twice
		r.unsaved = nil
	}
}
