package loadgen

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	settleTime  = 30 * time.Second // Plan.Patience unless set
	compareTime = 2 * time.Minute  // limit for comparing texts and logs after the typing
)

const (
	joinsAtOnce = 8  // threads that are joined concurrently
	connsAtOnce = 16 // connections that are made concurrently, in each thread
)

// A generator is a running load test. step.go has one step, thread.go the clients of
// a thread, report.go the final comparison.
type generator struct {
	plan           Plan
	threads        []*thread
	server         int   // process id; 0: not visible in /proc
	before, joined int64 // the server's resident memory in KiB, before the first connection and after the last
}

// Run carries out a plan and calls say with its progress. The report includes all
// problems met while typing; Run returns an error only if there is no report.
func Run(ctx context.Context, p Plan, say func(format string, args ...any)) (*Report, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if p.Patience == 0 {
		p.Patience = settleTime
	}
	g := &generator{plan: p}
	if s := serverOf(p.URL); s != nil {
		g.server, g.before = s.pid, s.rss
	}
	defer g.close()
	if err := g.join(ctx); err != nil {
		return nil, err
	}
	if s := read(g.server); s != nil {
		g.joined = s.rss
	}
	say("%d connections joined %d threads", p.Threads*(p.Writers+p.Readers), p.Threads)
	best, steps := g.climb(ctx, say)
	say("comparing all texts, and the log")
	g.close() // ends the goroutines that read, so that report sees the final counts
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), compareTime)
	defer cancel()
	r := g.report(end, best, steps)
	return r, nil
}

// climb types at the plan's rate and, if the plan has a bound (UntilP99), raises the
// rate after each step that holds. It ends once Plan.Tries steps in a row have not
// held. It returns the last step that held, or the first if none did, and all steps;
// steps is empty for a plan without a bound.
func (g *generator) climb(ctx context.Context, say func(format string, args ...any)) (best *Step, steps []*Step) {
	p := g.plan
	if p.UntilP99 == 0 {
		say("typing for %v", p.Duration)
		return g.step(ctx, p.Rate), []*Step{}
	}
	failed := 0 // steps in a row that did not hold
	for rate := p.Rate; len(steps) < maxSteps && rate <= maxRate && p.edits(rate) <= MaxEdits && ctx.Err() == nil; {
		s := g.step(ctx, rate)
		steps = append(steps, s)
		say("%s", s.line(p))
		if s.Held || best == nil {
			best = s
		}
		switch {
		case s.Held:
			rate, failed = rate*p.Step, 0
		case g.damaged():
			return best, steps
		default:
			if failed++; failed >= p.Tries {
				return best, steps
			}
		}
	}
	return best, steps
}

// damaged reports whether a connection has ended with an error.
func (g *generator) damaged() bool {
	for _, t := range g.threads {
		for _, c := range t.conns {
			if c.Err() != nil {
				return true
			}
		}
	}
	return false
}

// join opens the threads and makes all connections.
func (g *generator) join(ctx context.Context) error {
	now := time.Now().Format("15:04:05")
	for i := range g.plan.Threads {
		t := &thread{plan: g.plan, name: fmt.Sprintf("loadtest %s #%d", now, i+1)}
		t.frames.Extra = t.editsOf // decoded once for all readers of the thread
		g.threads = append(g.threads, t)
	}
	return each(g.threads, joinsAtOnce, func(t *thread) error {
		// The first join opens the thread; clients that keep the text go before readers.
		for i := range g.plan.full() {
			if err := t.join(ctx, i); err != nil {
				return err
			}
		}
		var rest []int
		for i := g.plan.full(); i < g.plan.Writers+g.plan.Readers; i++ {
			rest = append(rest, i)
		}
		if err := each(rest, connsAtOnce, func(i int) error { return t.join(ctx, i) }); err != nil {
			return err
		}
		t.joined()
		return nil
	})
}

func (g *generator) close() {
	_ = each(g.threads, len(g.threads), func(t *thread) error {
		t.close()
		return nil
	})
}

// each calls f for every item, up to atOnce concurrently, and returns the first
// error.
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
