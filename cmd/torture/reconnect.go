package main

import (
	"context"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "storm", fault: "a reconnect storm: the server is killed and started again under many clients", unit: "clients that came back",
		lie: "acknowledges 100 ms early", rounds: 5, lacks: nothing, outline: storm,
	})
}

// storm kills a server that many clients use, starts it again, and waits until all have
// come back and have the text of the log.
func storm(ctx context.Context, e *env) (o outcome, err error) {
	size := crowd.Size{Texts: e.size(80, 6), Each: 5, Lines: e.size(4, 1), Pause: time.Second}
	if e.control {
		size.Pause = 100 * time.Millisecond
	}
	v, c, j, err := e.scene(ctx, ackEarly, size)
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	for end := time.Now().Add(time.Minute); o.tried == 0 || e.control && j.Lost() == 0 && time.Now().Before(end); {
		typed := j.Receipts()
		for j.Receipts() < typed+50 && ctx.Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		v.kill()
		time.Sleep(50 * time.Millisecond) // for clients to read what reached them
		o.compare(v.logPath(), j)
		if err := v.start(); err != nil {
			return o, err
		}
		o.tried += (size.Texts + size.Lines) * size.Each
	}
	if e.control {
		o.take(j)
		return o, nil
	}
	began := time.Now()
	err = o.settle(ctx, e, v, c, j)
	o.most("most seconds until all had all", int(time.Since(began).Seconds()+1))
	o.take(j)
	return o, err
}
