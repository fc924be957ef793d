package authority

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

const (
	// cacheMax bounds the entries in the resume cache, cacheWeight their
	// weight, and cacheRest how long they are kept.
	cacheMax    = catchUpMax
	cacheWeight = 1 << 20
	cacheRest   = 10 * time.Second
)

// A resumeCache holds the entries up to where the recent ones begin, read from
// the log with their chain values. After a restart there are no recent entries,
// and all clients come back at once, and each lacks a little. Proving
// entries that are in a sealed block takes the log a tenth of a second, so it
// is done once for all clients, beside the authority. It does not change.
type resumeCache struct {
	age     int64             // redactions by others before it
	base    eventlog.Revision // revision before the first entry
	entries []entry
	chains  []chain.Digest // after each entry
}

// resumes is what senders need for the resume cache beside the authority.
type resumes struct {
	cache atomic.Pointer[resumeCache] // the authority's
	age   atomic.Int64                // redactions by others so far: a cache from before one is void
}

// Redactions returns how many redactions by others the authority has met: entries that
// were read before one may have the text that it removed. It may be called concurrently.
func (a *Authority) Redactions() int64 { return a.resumes.age.Load() }

func (p *resumeCache) end() eventlog.Revision { return p.base + eventlog.Revision(len(p.entries)) }

// after returns the entries after revision r up to until, or false if they are
// not all there. p may be nil.
func (p *resumeCache) after(r, until eventlog.Revision) ([]entry, bool) {
	if p == nil || r < p.base || r > until || p.end() < until {
		return nil, false
	}
	return p.entries[r-p.base : until-p.base], true
}

// keep forgets the oldest entries until the bounds hold.
func (p *resumeCache) keep() {
	n, weight := len(p.entries), 0
	for n > 0 && len(p.entries)-n < cacheMax && weight+p.entries[n-1].weight() <= cacheWeight {
		n--
		weight += p.entries[n].weight()
	}
	p.base += eventlog.Revision(n)
	p.entries, p.chains = slices.Clone(p.entries[n:]), slices.Clone(p.chains[n:])
}

// inserted returns how many UTF-16 units an event inserts.
func inserted(e event.Event) int {
	if c, ok := change(e); ok {
		return c.Inserted()
	}
	return 0
}

// A resumption is what is known of a client that resumes.
type resumption struct {
	since eventlog.Revision
	known bool         // the log has there what the client saw
	cache *resumeCache // of what the client lacks; nil: nothing, or too much
}

// resuming compares what a client saw with the log. It runs in the sender's goroutine.
// The result is nil where r is.
func (a *Authority) resuming(ctx context.Context, r *wire.Resume) (*resumption, *wire.Error) {
	if r == nil {
		return nil, nil
	}
	out := &resumption{since: r.Since}
	head, base, _ := a.marks.at()
	if r.Chain == nil || r.Since > head {
		return out, nil
	}
	at, err := chain.Digest{}, error(nil)
	if r.Since < base && base-r.Since < cacheMax {
		if out.cache, err = a.cached(ctx, base); err != nil {
			return nil, refusalOf(err)
		}
	}
	if c := out.cache; c != nil && r.Since > c.base {
		at = c.chains[r.Since-c.base-1]
	} else {
		at, err = pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("chain %s %d", a.cfg.Stream, r.Since), func(ctx context.Context) (chain.Digest, error) {
			return a.cfg.Log.ChainAt(ctx, a.cfg.Stream, r.Since)
		})
	}
	out.known = err == nil && at == *r.Chain
	return out, refusalOf(err)
}

// cached returns the resume cache of the entries up to a revision.
func (a *Authority) cached(ctx context.Context, until eventlog.Revision) (*resumeCache, error) {
	age := a.resumes.age.Load()
	if c := a.resumes.cache.Load(); c != nil && c.end() == until && c.age == age {
		return c, nil
	}
	return pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("resume %s %d %d", a.cfg.Stream, until, age), func(ctx context.Context) (*resumeCache, error) {
		c := &resumeCache{age: age, base: until - min(until, cacheMax)}
		t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, c.base)
		if err != nil {
			return nil, err
		}
		for rec, err := range a.cfg.Log.Prove(ctx, a.cfg.Stream, c.base) {
			if err != nil {
				return nil, err
			}
			e, err := event.Decode(rec)
			if err != nil {
				return nil, err
			}
			eff, err := t.Apply(e)
			if err != nil {
				return nil, err
			}
			c.entries, c.chains = append(c.entries, newEntry(t, e, eff, nil)), append(c.chains, rec.Proof.Chain)
			if rec.Revision == until {
				c.keep()
				return c, nil
			}
		}
		return nil, fmt.Errorf("thread %s: entries end at revision %d, want %d: %w", a.cfg.Stream, c.end(), until, eventlog.ErrDamaged)
	})
}

// adoptCache makes c the resume cache, unless that is of other entries by now.
func (a *Authority) adoptCache(c *resumeCache) {
	if c == nil || c.end() != a.recent.base || c.age != a.resumes.age.Load() {
		return
	}
	a.resumes.cache.Store(c)
	if a.resting { // the cache is forgotten when clients have had time to come back
		return
	}
	a.resting = true
	a.cfg.After(cacheRest, func() {
		a.enqueue(request{now: true, do: func() {
			a.resting = false
			a.resumes.cache.Store(nil)
		}})
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
		entries, ok := a.resumes.cache.Load().after(from, a.recent.base)
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
