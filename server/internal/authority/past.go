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
	// pastMax is how many entries behind the window are kept for those who come
	// back, pastWeight how much they may insert, in UTF-16 units, and pastRest for
	// how long.
	pastMax    = catchUpMax
	pastWeight = 1 << 20
	pastRest   = 10 * time.Second
)

// A past is entries behind the window, as the log has them, with their chain
// values. After a restart the window is empty, all that were there come back at
// once, and each lacks a little: what lies in a sealed block costs the log a
// tenth of a second to prove, so it is asked for all of them together.
type past struct {
	low     eventlog.Revision // before the first entry that was read
	base    eventlog.Revision // before the first that is kept
	entries []entry
	chains  []chain.Digest     // after each
	weight  int                // of the entries
	thread  *projection.Thread // after the last, which is where their rows are from
	rest    bool               // a timer is set to forget them
}

func (p *past) end() eventlog.Revision { return p.base + eventlog.Revision(len(p.entries)) }

// after returns the entries after a revision up to another one; false where they
// are not all there.
func (p *past) after(r, until eventlog.Revision) ([]entry, bool) {
	if r < p.base || r > until || p.end() < until {
		return nil, false
	}
	return p.entries[r-p.base : until-p.base], true
}

// keep forgets what is too much, the oldest first.
func (p *past) keep() {
	n := 0
	for n < len(p.entries) && (len(p.entries)-n > pastMax || p.weight > pastWeight) {
		p.weight -= p.entries[n].weight()
		n++
	}
	if n > 0 {
		p.base += eventlog.Revision(n)
		p.entries, p.chains = slices.Clone(p.entries[n:]), slices.Clone(p.chains[n:])
	}
}

// inserted returns how many units an event inserts.
func inserted(e event.Event) int {
	if c, ok := change(e); ok {
		return c.Inserted()
	}
	return 0
}

// chainAt returns the chain value at a revision below the head. Everything must
// be on disk.
func (a *Authority) chainAt(r eventlog.Revision) (chain.Digest, error) {
	p, until := &a.past, a.window.base
	if r >= until || until-r >= pastMax {
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

// remember makes the past reach from before a revision up to the window, unless
// that is too much.
func (a *Authority) remember(from, until eventlog.Revision) error {
	p := &a.past
	a.forgetLater()
	if p.thread == nil || from < p.low || p.end()+pastMax < until {
		begin := until - min(until, pastMax)
		t, err := ThreadAt(context.Background(), a.cfg.Log, a.cfg.Stream, begin)
		if err != nil {
			return err
		}
		*p = past{low: begin, base: begin, thread: t, rest: p.rest}
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
			*p = past{rest: p.rest}
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

// forgetLater forgets the past when those who came back should be there.
func (a *Authority) forgetLater() {
	if a.past.rest {
		return
	}
	a.past.rest = true
	a.cfg.After(pastRest, func() {
		a.enqueue(request{now: true, do: func() { a.past = past{} }})
	})
}

// light reports whether the entries after a revision are in memory and go into
// one frame.
func (a *Authority) light(from eventlog.Revision) bool {
	if a.thread.Revision-from > eventlog.Revision(a.catchUpMax) {
		return false
	}
	units := 0
	if from < a.window.base {
		entries, ok := a.past.after(from, a.window.base)
		if !ok {
			return false
		}
		for i := range entries {
			units += entries[i].weight()
		}
		from = a.window.base
	}
	entries, _ := a.window.after(from)
	return !heavy(entries, units)
}
