package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "order", fault: "kills between conditional writes and reads, over HTTP and the control socket; the history must be linearizable", unit: "operations",
		lie: "acknowledges 100 ms early", rounds: 20, lacks: nothing, outline: order,
	})
}

// order lets clients write and read two threads while the server is killed and started
// again. To everybody a thread must look like one register that is read, and written
// only where it has the revision that its writer expects: porcupine looks for an order
// of all operations that explains every answer. One that is impossible is a loss.
func order(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	v, err := e.serve(ackEarly)
	if err == nil {
		err = v.start()
	}
	if err != nil {
		return o, err
	}
	defer v.kill()
	histories := make([]history, 2)
	for i := range histories {
		c, err := crowd.Dial(ctx, client.Options{URL: v.url(), User: "Opener", Title: "Order"})
		if err != nil {
			return o, err
		}
		histories[i].thread = c.Thread()
		_ = c.Close()
	}
	for range e.size(10, 3) {
		run, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		for range 6 {
			w := &writer{history: &histories[r.IntN(len(histories))], v: v, r: rand.New(rand.NewPCG(r.Uint64(), 0))}
			all.Go(func() { w.work(run) })
		}
		time.Sleep(time.Duration(100+r.IntN(200)) * time.Millisecond)
		v.kill()
		o.count("kills", 1)
		stop()
		all.Wait()
		if err := v.start(); err != nil {
			return o, err
		}
		for i := range histories { // otherwise a write that was lost would not be missed
			w := &writer{history: &histories[i], v: v, r: r}
			w.read(ctx)
		}
	}
	for i := range histories {
		if err := histories[i].judge(&o); err != nil {
			return o, err
		}
	}
	return o, nil
}

// A writer reads a thread, and writes it on the condition that it has not changed.
type writer struct {
	*history
	v   *victim
	r   *rand.Rand
	rev uint64 // of the last answer
}

func (w *writer) work(ctx context.Context) {
	for ctx.Err() == nil {
		switch w.r.IntN(4) {
		case 0:
			w.read(ctx)
		case 1:
			w.head(ctx)
		default:
			if w.rev == 0 || w.r.IntN(4) == 0 {
				w.read(ctx)
			}
			w.write(ctx, fmt.Sprintf("%x", w.r.Uint64()))
		}
	}
}
