package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "clockjump", fault: "the server's clock jumps, back by days and forward by years, while people type; then it is killed and has the true time", unit: "jumps",
		lie: "the clock's own times are judged instead of the log's", rounds: 20, lacks: nothing, outline: clockjump,
	})
}

// clockjump sets the clock that a server was given. Nothing may be lost; in no stream may
// a record's time be before its predecessor's; and -0m names the newest text, wherever
// the clock stands. The row clock does the same to the clock of a whole machine.
func clockjump(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	v, err := e.serve("")
	if err != nil {
		return o, err
	}
	self, err := os.Executable()
	if err != nil {
		return o, err
	}
	honest := v.command
	v.command = []string{self, "lie", setClock, v.data, v.address}
	c, j, err := v.scene(ctx, e.seed, crowd.Size{Texts: 2, Each: 3, Lines: 2, Mixed: 1, Pause: 20 * time.Millisecond})
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	var clock []int64
	for range e.size(20, 3) {
		for _, by := range []time.Duration{-time.Duration(1+r.IntN(72)) * time.Hour, time.Duration(1+r.IntN(5*365)) * 24 * time.Hour} {
			typed := j.Receipts()
			for j.Receipts() < typed+e.size(100, 20) && j.Lost() == 0 && ctx.Err() == nil {
				time.Sleep(10 * time.Millisecond)
			}
			before, after, err := v.set(ctx, by)
			if err != nil {
				return o, err
			}
			clock = append(clock, before, after)
			o.tried++
		}
	}
	if e.control {
		o.descents("the clock", clock)
		return o, nil
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.Settle(wait); err != nil {
		return o, err
	}
	o.newest(ctx, v, c)
	v.kill()
	v.command = honest
	if err := v.start(); err != nil {
		return o, err
	}
	o.newest(ctx, v, c)
	if err := o.settle(ctx, e, v, c, j); err != nil {
		return o, err
	}
	o.take(j)
	return o, o.times(ctx, v.logPath())
}

// newest checks that the text of -0m is the text. Nobody may be typing.
func (o *outcome) newest(ctx context.Context, v *victim, c *crowd.Crowd) {
	for _, id := range c.Threads {
		text, _, err := crowd.TextAt(ctx, v.url(), id)
		if err == nil {
			var at string
			if at, err = crowd.Get(ctx, v.url()+"/api/threads/"+id+"/text?at=-0m"); err == nil && at != text {
				o.lose("thread %s: -0m names %.100q, and the text is %.100q", id, at, text)
			}
		}
		if err != nil && ctx.Err() == nil {
			o.lose("thread %s: %v", id, err)
		}
	}
}

// set sets the clock of a server that tells the lie setClock. It returns what the clock
// said before and after that, in Unix milliseconds.
func (v *victim) set(ctx context.Context, by time.Duration) (before, after int64, err error) {
	said, err := crowd.Get(ctx, v.url()+setPath+"?by="+by.String())
	if err == nil {
		_, err = fmt.Sscan(said, &before, &after)
	}
	return before, after, err
}

// setPath is where a request sets a clock: GET setPath?by=DURATION.
const setPath = "/torture/clock"

// A jumping clock is time.Now, set forwards or back.
type jumping struct{ by atomic.Int64 }

func (c *jumping) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

// handler sets the clock at requests of setPath.
func (c *jumping) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, setPath) {
			h.ServeHTTP(w, r)
			return
		}
		by, err := time.ParseDuration(r.URL.Query().Get("by"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		before := c.now().UnixMilli()
		c.by.Add(int64(by))
		_, _ = io.WriteString(w, fmt.Sprintln(before, c.now().UnixMilli()))
	})
}
