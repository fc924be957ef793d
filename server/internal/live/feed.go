package live

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

// A feed sends the stats to the peers that watch them. While there are none it
// does nothing.
type feed struct {
	stats  *stats
	peers  *peerSet
	hub    *Hub
	people *people.People

	mu       sync.Mutex
	watchers map[*peer]*watcher
	now      counts        // at the last tick; owned by loop
	stop     chan struct{} // closed when the last watcher leaves; nil while there is none
}

// A watcher gets the difference to what it was sent last. While other frames
// wait for it, it is skipped.
type watcher struct {
	sent counts
	due  bool // its next frame has the detail of the last ten seconds
}

// watch begins or ends to send p the stats.
func (f *feed) watch(p *peer, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !on {
		delete(f.watchers, p)
		if len(f.watchers) == 0 && f.stop != nil {
			close(f.stop)
			f.stop = nil
		}
		return
	}
	if f.watchers[p] == nil {
		f.watchers[p] = &watcher{sent: f.stats.counts()}
	}
	f.watchers[p].due = true
	if f.stop == nil {
		f.stop = make(chan struct{})
		go f.loop(f.stop)
	}
}

func (f *feed) loop(stop <-chan struct{}) {
	tick := time.NewTicker(time.Second / wire.ActivityPerSecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		f.send(n%wire.ActivityPerSecond == 0)
	}
}

// send sends the stats to the watchers for whom nothing else waits. With detail
// all of them are due the detail. Watchers that were sent the same before get the
// same frame.
func (f *feed) send(detail bool) {
	m := wire.ActivityReply{At: f.hub.now().UnixMilli(), Connections: f.peers.count(), Threads: f.hub.threads()}
	var lately *wire.ActivityDetail
	frames := map[watcher][]byte{}
	for p, w := range f.audience(detail) {
		frame := frames[w]
		if frame == nil {
			if m.Detail = nil; w.due {
				if lately == nil {
					lately = f.detail()
				}
				m.Detail = lately
			}
			c := f.now
			m.Edits, m.Deliveries, m.Pushes = c.edits-w.sent.edits, c.sent-w.sent.sent, c.pushes-w.sent.pushes
			frame = encoded(&m)
			frames[w] = frame
		}
		p.offer(activityKind, frame)
	}
}

// audience returns the watchers due an update with the counts they last saw, and
// marks them as updated.
func (f *feed) audience(detail bool) map[*peer]watcher {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.stats.counts()
	to := make(map[*peer]watcher, len(f.watchers))
	for p, w := range f.watchers {
		w.due = w.due || detail
		if p.idle() {
			to[p] = *w
			*w = watcher{sent: f.now}
		}
	}
	return to
}

// detail returns the figures of the last ten seconds, from all rooms.
func (f *feed) detail() *wire.ActivityDetail {
	second := f.stats.clock() / 1e6
	f.stats.mu.Lock()
	q, n := f.stats.latency.quantiles(second, 0.5, 0.99)
	f.stats.mu.Unlock()
	d := &wire.ActivityDetail{Ack: wire.Ack{P50: q[0], P99: q[1], N: n}}
	people := map[eventlog.AuthorID]uint64{}
	for _, t := range f.hub.loaded() {
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
		d.People = append(d.People, wire.BusyPerson{User: f.people.Name(author), Edits: edits})
	}
	slices.SortFunc(d.People, func(a, b wire.BusyPerson) int {
		return cmp.Or(cmp.Compare(b.Edits, a.Edits), cmp.Compare(a.User, b.User))
	})
	d.People = d.People[:min(len(d.People), wire.PeopleInActivity)]
	return d
}

// busy returns a room's edits and connections, and adds the edits to those of
// their authors.
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
