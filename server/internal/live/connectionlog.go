package live

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/people"
)

// unsavedMax bounds the connection events that wait for the log. Beyond it the
// oldest are dropped, and counted.
const unsavedMax = 8192

// A connectionLog appends connections, joins and leaves to the log, beside
// everything else: no join waits for it, and a full disk does not stop readers.
type connectionLog struct {
	log      eventlog.AuditLog
	appended people.Appended
	logger   *slog.Logger
	now      func() time.Time
	place    event.Place
	keep     time.Duration // how long events are kept; 0: forever
	// prune removes the records through a revision from the log and appends record;
	// nil: the log cannot do that.
	prune func(ctx context.Context, through eventlog.Revision, record eventlog.Record) error

	mu      sync.Mutex
	arrived []eventlog.Record // guarded by mu

	wake   chan struct{} // there is something in arrived
	quit   chan struct{}
	closed chan struct{} // loop has ended

	// Owned by loop.
	unsaved []eventlog.Record
	dropped int
}

func (l *connectionLog) started()             { l.add(nil, event.Started{Place: l.place}) }
func (l *connectionLog) connected(p *peer)    { l.add(p, event.Connected{Place: l.place}) }
func (l *connectionLog) disconnected(p *peer) { l.add(p, event.Disconnected{Place: l.place}) }
func (l *connectionLog) joined(p *peer, thread eventlog.Stream) {
	l.add(p, event.Joined{Place: l.place, Thread: thread})
}
func (l *connectionLog) left(p *peer, thread eventlog.Stream) {
	l.add(p, event.Left{Place: l.place, Thread: thread})
}

func (l *connectionLog) add(p *peer, e event.Payload) {
	rec := event.Encode(e)
	rec.Time = l.now().UnixMilli()
	if p != nil {
		rec.Client, rec.Author = p.id, p.author
	}
	l.mu.Lock()
	full := len(l.arrived) >= unsavedMax
	if !full {
		l.arrived = append(l.arrived, rec)
	}
	l.mu.Unlock()
	if full { // loop is far behind, and waiting here would not help it
		l.logger.Warn("a connection event was not recorded", "kind", rec.Kind)
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// finish appends what is left, and ends the loop.
func (l *connectionLog) finish(ctx context.Context) error {
	select {
	case <-l.quit:
	default:
		close(l.quit)
	}
	select {
	case <-l.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *connectionLog) loop(ctx context.Context) {
	defer close(l.closed)
	hourly := time.NewTicker(time.Hour)
	defer hourly.Stop()
	l.pruneOld(ctx)
	for quit := false; !quit; {
		wake, retry := l.wake, (<-chan time.Time)(nil)
		if len(l.unsaved) > 0 { // the log refused them
			wake, retry = nil, time.After(time.Second)
		}
		select {
		case <-wake:
		case <-retry:
		case <-l.quit:
			quit = true
		case <-hourly.C:
			l.pruneOld(ctx)
		}
		l.collect()
		l.save()
	}
}

// collect moves what has arrived to unsaved. It keeps no buffer: a crowd that
// connects leaves thousands of events.
func (l *connectionLog) collect() {
	l.mu.Lock()
	arrived := l.arrived
	l.arrived = nil
	l.mu.Unlock()
	if l.unsaved = append(l.unsaved, arrived...); len(l.unsaved) > unsavedMax {
		over := len(l.unsaved) - unsavedMax
		l.dropped += over
		l.unsaved = l.unsaved[over:]
	}
}

func (l *connectionLog) save() {
	if len(l.unsaved) == 0 {
		return
	}
	ctx := context.Background()
	head, err := l.log.Head(ctx, eventlog.Connections)
	if err == nil {
		last := head.Time
		for i := range l.unsaved {
			last = max(last, l.unsaved[i].Time)
			l.unsaved[i].Time = last
		}
		_, err = l.log.Append(ctx, eventlog.Connections, head.Revision, l.unsaved...)
		l.appended(eventlog.Connections, head.Revision, l.unsaved, err)
	}
	switch {
	case err == nil:
		l.unsaved = nil
		if l.dropped > 0 {
			l.logger.Warn("connection events were dropped while the log refused appends", "events", l.dropped)
			l.dropped = 0
		}
	case errors.Is(err, eventlog.ErrUnknown): // they may be in the log: better missing than twice
		l.unsaved = nil
	}
}
