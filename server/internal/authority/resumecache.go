package authority

import (
	"context"
	"fmt"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

const (
	// cacheMax bounds the entries in the resume cache, cacheWeight their
	// weight, and cacheRest how long they are kept.
	cacheMax    = catchUpMax
	cacheWeight = 1 << 20
	cacheRest   = 10 * time.Second
)

// A resumeCache holds entries that are older than the recent ones, read from
// the log with their chain values. After a restart there are no recent entries,
// and all clients come back at once, and each lacks a little. Proving
// entries that are in a sealed block takes the log a tenth of a second, so it
// is done once for all clients.
type resumeCache struct {
	low     eventlog.Revision // revision before the first entry that was read
	base    eventlog.Revision // revision before the first entry that is kept
	entries []entry
	chains  []chain.Digest     // after each entry
	weight  int                // of the entries
	thread  *projection.Thread // after the last entry; gives the entries' rows
	rest    bool               // a timer to forget the entries is running
}

func (p *resumeCache) end() eventlog.Revision { return p.base + eventlog.Revision(len(p.entries)) }

// after returns the entries after revision r up to until, or false if they are
// not all there.
func (p *resumeCache) after(r, until eventlog.Revision) ([]entry, bool) {
	if r < p.base || r > until || p.end() < until {
		return nil, false
	}
	return p.entries[r-p.base : until-p.base], true
}

// keep forgets the oldest entries until the bounds hold.
func (p *resumeCache) keep() {
	n := 0
	for n < len(p.entries) && (len(p.entries)-n > cacheMax || p.weight > cacheWeight) {
		p.weight -= p.entries[n].weight()
		n++
	}
	if n > 0 {
		p.base += eventlog.Revision(n)
		p.entries, p.chains = slices.Clone(p.entries[n:]), slices.Clone(p.chains[n:])
	}
}

// inserted returns how many UTF-16 units an event inserts.
func inserted(e event.Event) int {
	if c, ok := change(e); ok {
		return c.Inserted()
	}
	return 0
}

// chainAt returns the chain value at a revision below the head. Everything must
// be on disk.
func (a *Authority) chainAt(r eventlog.Revision) (chain.Digest, error) {
	p, until := &a.cache, a.recent.base
	if r >= until || until-r >= cacheMax {
		return a.cfg.Log.ChainAt(context.Background(), a.cfg.Stream, r)
	}
	if err := a.remember(r, until); err != nil {
		return chain.Digest{}, err
	}
	if r <= p.base {
		return a.cfg.Log.ChainAt(context.Background(), a.cfg.Stream, r)
	}
	return p.chains[r-p.base-1], nil
}

// remember fills the resume cache with the entries after from up to until,
// where the recent ones begin, as far as its bounds allow.
func (a *Authority) remember(from, until eventlog.Revision) error {
	p := &a.cache
	a.forgetLater()
	if p.thread == nil || from < p.low || p.end()+cacheMax < until {
		begin := until - min(until, cacheMax)
		t, err := ThreadAt(context.Background(), a.cfg.Log, a.cfg.Stream, begin)
		if err != nil {
			return err
		}
		*p = resumeCache{low: begin, base: begin, thread: t, rest: p.rest}
	}
	if p.end() == until {
		return nil
	}
	for rec, err := range a.cfg.Log.Prove(context.Background(), a.cfg.Stream, p.end()) {
		if err != nil {
			return err
		}
		e, err := event.Decode(rec)
		if err != nil {
			return err
		}
		eff, err := p.thread.Apply(e)
		if err != nil {
			*p = resumeCache{rest: p.rest}
			return err
		}
		p.entries, p.chains = append(p.entries, newEntry(p.thread, e, eff, nil)), append(p.chains, rec.Proof.Chain)
		p.weight += p.entries[len(p.entries)-1].weight()
		p.keep()
		if rec.Revision == until {
			return nil
		}
	}
	return fmt.Errorf("thread %s: entries end at revision %d, want %d: %w", a.cfg.Stream, p.end(), until, eventlog.ErrDamaged)
}

// forgetLater empties the resume cache when clients have had time to come back.
func (a *Authority) forgetLater() {
	if a.cache.rest {
		return
	}
	a.cache.rest = true
	a.cfg.After(cacheRest, func() {
		a.enqueue(request{now: true, do: func() { a.cache = resumeCache{} }})
	})
}

// inMemory reports whether the entries after a revision are in memory and may
// go into one frame.
func (a *Authority) inMemory(from eventlog.Revision) bool {
	if a.thread.Revision-from > eventlog.Revision(a.catchUpMax) {
		return false
	}
	units := 0
	if from < a.recent.base {
		entries, ok := a.cache.after(from, a.recent.base)
		if !ok {
			return false
		}
		for i := range entries {
			units += entries[i].weight()
		}
		from = a.recent.base
	}
	entries, _ := a.recent.after(from)
	return !heavy(entries, units)
}
