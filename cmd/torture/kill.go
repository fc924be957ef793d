package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "kill", fault: "`kill -9` at random moments under load, also during the start", unit: "kills", lie: "acknowledges 100 ms early",
		rounds: 100, lacks: nothing, outline: kill,
	})
}

// kill kills the server at random moments while clients type in many threads and in
// both modes, and starts it again on the same directory. After every kill the log is
// compared with the journal, and every thread must open. In the end all clients have
// the text of the log. A control ends at the first loss.
func kill(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	size := crowd.Size{Texts: 6, Each: 3, Lines: 3, Mixed: 2, Pause: 30 * time.Millisecond}
	if e.small || e.control {
		size = crowd.Size{Texts: 3, Each: 2, Lines: 1, Mixed: 1, Pause: 5 * time.Millisecond}
	}
	v, c, j, err := e.scene(ctx, ackEarly, size)
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	for end := time.Now().Add(time.Minute); ctx.Err() == nil; { // on a busy machine a kill may find nothing under way
		if e.control && (j.Lost() > 0 || time.Now().After(end)) || !e.control && o.tried >= e.size(20, 4) {
			break
		}
		pause := time.Duration(r.Int64N(int64(300 * time.Millisecond)))
		if e.control {
			pause += 300 * time.Millisecond
		}
		time.Sleep(pause)
		v.kill()
		o.tried++
		if r.IntN(10) == 0 && !e.control {
			if _, err := v.begin(); err != nil {
				return o, err
			}
			time.Sleep(time.Duration(r.Int64N(int64(60 * time.Millisecond))))
			v.kill()
			o.tried++
		}
		time.Sleep(5 * time.Millisecond) // for clients to read what reached them
		o.compare(v.logPath(), j)
		if e.control && j.Lost() > 0 {
			break
		}
		if err := v.start(); err != nil {
			o.lose("after %d kills: %v", o.tried, err)
			break
		}
		o.open(ctx, v, c, j, r)
	}
	if !e.control && o.lost == 0 {
		err = o.settle(ctx, e, v, c, j)
	}
	o.take(j)
	return o, err
}

// open reads every thread from the server, and compares one with the log.
func (o *outcome) open(ctx context.Context, v *victim, c *crowd.Crowd, j *crowd.Journal, r *rand.Rand) {
	chosen := r.IntN(len(c.Threads))
	for i, id := range c.Threads {
		url := v.url() + "/api/threads/" + id + "/text"
		want, rev := j.Text(id)
		if i == chosen {
			url += fmt.Sprintf("?at=%d", rev)
		}
		got, err := crowd.Get(ctx, url)
		if err != nil && ctx.Err() == nil {
			o.lose("thread %s does not open: %v", id, err)
		} else if i == chosen && got != want {
			o.lose("thread %s at %d reads %q, and %q by the log", id, rev, got, want)
		}
	}
}

// settle waits until all clients have all entries, stops the server, and compares its
// log with the journal for the last time.
func (o *outcome) settle(ctx context.Context, e *env, v *victim, c *crowd.Crowd, j *crowd.Journal) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.Settle(wait); err != nil {
		return err
	}
	c.Leave()
	if code, err := v.stop(); err != nil || code != 0 {
		return fmt.Errorf("the server ended with status %d: %v\n%s", code, err, &v.said)
	}
	o.compare(v.logPath(), j)
	return e.verify(ctx, o, v.data)
}
