package server

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

var kindChanged = event.Kind(event.Changed{})

// An activity counts what the server does, and shows it to those who watch.
// Counting costs an addition; while nobody watches nothing else happens.
type activity struct {
	s       *Server
	edits   atomic.Uint64 // changes logged by authorities
	sent    atomic.Uint64 // frames, but for those that tell of this
	pushes  atomic.Uint64 // messages with edits that came
	timing  sync.Mutex
	latency latencies // guarded by timing

	mu       sync.Mutex
	watchers map[*peer]*watcher
	now      counts        // at the last look; owned by loop
	stop     chan struct{} // closed when the last goes; nil while there is none
}

// A watcher is shown what was done since it was last shown something: while
// other frames wait for it, it is passed over.
type watcher struct {
	shown counts
	due   bool // the last ten seconds are to be told
}

func newActivity(s *Server) *activity {
	return &activity{s: s, watchers: map[*peer]*watcher{}}
}

// clock returns microseconds since the server began, never 0, and never less
// than before.
func (s *Server) clock() int64 { return time.Since(s.began).Microseconds() + 1 }

// durable takes into account that an edit which came at a time is on disk.
func (a *activity) durable(came, now int64) {
	a.timing.Lock()
	a.latency.add(now/1e6, now-came)
	a.timing.Unlock()
}

// watch begins or ends to show p what happens.
func (a *activity) watch(p *peer, on bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !on {
		delete(a.watchers, p)
		if len(a.watchers) == 0 && a.stop != nil {
			close(a.stop)
			a.stop = nil
		}
		return
	}
	if a.watchers[p] == nil {
		a.watchers[p] = &watcher{shown: a.counts()}
	}
	a.watchers[p].due = true
	if a.stop == nil {
		a.stop = make(chan struct{})
		go a.loop(a.stop)
	}
}

// counts are what was done since the server began.
type counts struct{ edits, sent, pushes uint64 }

func (a *activity) counts() counts {
	return counts{a.edits.Load(), a.sent.Load(), a.pushes.Load()}
}

func (a *activity) loop(stop <-chan struct{}) {
	tick := time.NewTicker(time.Second / wire.ActivityPerSecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-a.s.stopped:
			return
		case <-tick.C:
		}
		a.show(n%wire.ActivityPerSecond == 0)
	}
}

// show shows what was done to those for whom nothing else waits; second has all
// of them told of the last ten seconds. Who was shown the same before gets the
// same frame.
func (a *activity) show(second bool) {
	m := wire.ActivityReply{At: now(), Connections: a.s.peers.count(), Threads: a.s.hub.threads()}
	var detail *wire.ActivityDetail
	frames := map[watcher][]byte{}
	for p, w := range a.audience(second) {
		frame := frames[w]
		if frame == nil {
			if m.Detail = nil; w.due {
				if detail == nil {
					detail = a.detail()
				}
				m.Detail = detail
			}
			c := a.now
			m.Edits, m.Deliveries, m.Pushes = c.edits-w.shown.edits, c.sent-w.shown.sent, c.pushes-w.shown.pushes
			frame = framed(&m)
			frames[w] = frame
		}
		p.offer(activityKind, frame)
	}
}

// audience returns who is to be shown something, as it was until now, and takes
// it that it was.
func (a *activity) audience(second bool) map[*peer]watcher {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.counts()
	to := make(map[*peer]watcher, len(a.watchers))
	for p, w := range a.watchers {
		w.due = w.due || second
		if p.idle() {
			to[p] = *w
			*w = watcher{shown: a.now}
		}
	}
	return to
}

// detail looks at all rooms.
func (a *activity) detail() *wire.ActivityDetail {
	second := a.s.clock() / 1e6
	a.timing.Lock()
	q, n := a.latency.quantiles(second, 0.5, 0.99)
	a.timing.Unlock()
	d := &wire.ActivityDetail{Ack: wire.Ack{P50: q[0], P99: q[1], N: n}}
	people := map[eventlog.AuthorID]uint64{}
	for _, t := range a.s.hub.loaded() {
		if b := t.room.busy(second, people); b.Edits > 0 {
			b.ID, b.Title = t.Stream, t.Title
			d.Busiest = append(d.Busiest, b)
		}
	}
	slices.SortFunc(d.Busiest, func(a, b wire.BusyThread) int {
		return cmp.Or(cmp.Compare(b.Edits, a.Edits), cmp.Compare(a.ID, b.ID))
	})
	d.Busiest = d.Busiest[:min(len(d.Busiest), wire.RowsInActivity)]
	for author, edits := range people {
		d.People = append(d.People, wire.BusyPerson{User: a.s.people.Name(author), Edits: edits})
	}
	slices.SortFunc(d.People, func(a, b wire.BusyPerson) int {
		return cmp.Or(cmp.Compare(b.Edits, a.Edits), cmp.Compare(a.User, b.User))
	})
	d.People = d.People[:min(len(d.People), wire.PeopleInActivity)]
	return d
}

// busy returns a room's edits and connections, and adds the edits to those of
// people.
func (r *room) busy(second int64, people map[eventlog.AuthorID]uint64) wire.BusyThread {
	r.mu.Lock()
	defer r.mu.Unlock()
	for author, w := range r.writers {
		if n := w.edits.sum(second); n > 0 {
			people[author] += n
		}
	}
	return wire.BusyThread{Edits: r.edits.sum(second), Connections: len(r.peers)}
}
