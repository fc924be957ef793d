package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// settleTime is how long clients may take to have everything at the end.
const settleTime = 30 * time.Second

// joinsAtOnce bounds how many threads are being joined at one time.
const joinsAtOnce = 8

// Run carries a plan out. say is told what is going on. A report comes with
// everything that went wrong on the way; the error is for what prevented it.
func Run(ctx context.Context, p Plan, say func(format string, args ...any)) (*Report, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	idle := serverOf(p.URL)
	threads, err := join(ctx, p)
	defer func() {
		for _, t := range threads {
			t.close()
		}
	}()
	if err != nil {
		return nil, err
	}
	say("%d connections joined %d threads; typing for %v", p.Threads*(p.Writers+p.Readers), p.Threads, p.Duration)
	joined := serverOf(p.URL)
	use := write(ctx, p, threads)
	say("waiting until everybody has everything")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	each(threads, len(threads), func(t *thread) error {
		t.settle(end)
		return nil
	})
	r := report(end, p, threads)
	r.Generator, r.Foreign, r.Server = use.generator, use.foreign, use.server
	if r.Server != nil && idle != nil && joined != nil {
		r.Server.RSSBefore, r.Server.RSSJoined = idle.rss, joined.rss
	}
	return r, nil
}

// join opens the threads and has everybody join.
func join(ctx context.Context, p Plan) ([]*thread, error) {
	now := time.Now().Format("15:04:05")
	threads := make([]*thread, p.Threads)
	for i := range threads {
		threads[i] = &thread{plan: p, name: fmt.Sprintf("loadtest %s #%d", now, i+1)}
	}
	err := each(threads, joinsAtOnce, func(t *thread) error {
		for i := range p.Writers + p.Readers {
			if err := t.join(ctx, i); err != nil {
				return err
			}
		}
		t.joined()
		return nil
	})
	return threads, err
}

// write has all writers type, and returns what that cost.
func write(ctx context.Context, p Plan, threads []*thread) cost {
	ctx, cancel := context.WithTimeout(ctx, warmUp+p.Duration)
	defer cancel()
	var all sync.WaitGroup
	for _, t := range threads {
		for _, m := range t.members[:p.Writers] {
			all.Go(func() { m.write(ctx, rand.New(rand.NewPCG(rand.Uint64(), 0))) })
		}
	}
	select {
	case <-time.After(warmUp):
	case <-ctx.Done():
	}
	for _, t := range threads {
		t.from.Store(time.Now().UnixNano())
	}
	before := measure(p.URL)
	all.Wait()
	<-ctx.Done() // readers alone have nothing to do but be there
	return before.until(measure(p.URL))
}

// each calls f for every thread, some at once, and returns the first error.
func each(threads []*thread, atOnce int, f func(*thread) error) error {
	var all sync.WaitGroup
	var once sync.Once
	var first error
	slots := make(chan struct{}, atOnce)
	for _, t := range threads {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			if err := f(t); err != nil {
				once.Do(func() { first = err })
			}
		})
	}
	all.Wait()
	return first
}
