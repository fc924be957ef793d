package load

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// How long clients may take to have everything, unless the plan says otherwise,
// and how long comparing all of it may take.
const (
	settleTime  = 30 * time.Second
	compareTime = 2 * time.Minute
)

// joinsAtOnce bounds how many threads are being joined at one time, and
// membersAtOnce how many members of one thread.
const (
	joinsAtOnce   = 8
	membersAtOnce = 16
)

// A crowd is everybody who types and reads.
type crowd struct {
	plan           Plan
	threads        []*thread
	server         int   // process id; 0: not to be seen
	before, joined int64 // the server's resident memory in KiB
}

// Run carries a plan out. say is told what is going on. A report comes with
// everything that went wrong on the way; the error is for what prevented it.
func Run(ctx context.Context, p Plan, say func(format string, args ...any)) (*Report, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if p.Patience == 0 {
		p.Patience = settleTime
	}
	c := &crowd{plan: p}
	if s := serverOf(p.URL); s != nil {
		c.server, c.before = s.pid, s.rss
	}
	defer c.close()
	if err := c.join(ctx); err != nil {
		return nil, err
	}
	if s := read(c.server); s != nil {
		c.joined = s.rss
	}
	say("%d connections joined %d threads", p.Threads*(p.Writers+p.Readers), p.Threads)
	best, steps := c.climb(ctx, say)
	say("comparing all texts, and the log")
	c.close()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), compareTime)
	defer cancel()
	r := c.report(end, best, steps)
	return r, nil
}

// climb types at one rate, or raises it until that no longer works. It returns
// the last step that held, or the first where none did, and all steps if there
// were to be several.
func (c *crowd) climb(ctx context.Context, say func(format string, args ...any)) (best *Step, steps []*Step) {
	p := c.plan
	if p.UntilP99 == 0 {
		say("typing for %v", p.Duration)
		return c.step(ctx, p.Rate), []*Step{}
	}
	failed := 0
	for rate := p.Rate; len(steps) < maxSteps && rate <= maxRate && p.edits(rate) <= MaxEdits && ctx.Err() == nil; {
		s := c.step(ctx, rate)
		steps = append(steps, s)
		say("%s", s.line(p))
		if s.Held || best == nil {
			best = s
		}
		switch {
		case s.Held:
			rate, failed = rate*p.Step, 0
		case c.damaged():
			return best, steps
		default:
			if failed++; failed >= p.Tries {
				return best, steps
			}
		}
	}
	return best, steps
}

// damaged reports whether somebody cannot go on.
func (c *crowd) damaged() bool {
	for _, t := range c.threads {
		for _, m := range t.members {
			if m.reader != nil && m.reader.Err() != nil || m.client != nil && m.client.Err() != nil {
				return true
			}
		}
	}
	return false
}

// join opens the threads and has everybody join.
func (c *crowd) join(ctx context.Context) error {
	now := time.Now().Format("15:04:05")
	for i := range c.plan.Threads {
		t := &thread{plan: c.plan, name: fmt.Sprintf("loadtest %s #%d", now, i+1)}
		t.frames.Extra = t.strokesOf
		c.threads = append(c.threads, t)
	}
	return each(c.threads, joinsAtOnce, func(t *thread) error {
		for i := range c.plan.full() {
			if err := t.join(ctx, i); err != nil {
				return err
			}
		}
		var rest []int
		for i := c.plan.full(); i < c.plan.Writers+c.plan.Readers; i++ {
			rest = append(rest, i)
		}
		if err := each(rest, membersAtOnce, func(i int) error { return t.join(ctx, i) }); err != nil {
			return err
		}
		t.joined()
		return nil
	})
}

func (c *crowd) close() {
	_ = each(c.threads, len(c.threads), func(t *thread) error {
		t.close()
		return nil
	})
}

// each calls f for every item, some at once, and returns the first error.
func each[T any](items []T, atOnce int, f func(T) error) error {
	var all sync.WaitGroup
	var once sync.Once
	var first error
	slots := make(chan struct{}, max(atOnce, 1))
	for _, x := range items {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := f(x); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	all.Wait()
	return first
}
