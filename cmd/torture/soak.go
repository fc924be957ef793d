package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "soak", fault: "time: mixed clients, visitors who come and go, a kill and a stop between three lives of the server", unit: "minutes",
		lie: "leaks 8 goroutines and 64 KiB at every request", rounds: 1, lacks: needsProc, outline: soak,
	})
}

// needsProc is for rows that watch the server's process.
func needsProc() string {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		return "there is no /proc"
	}
	return ""
}

// soak lets people type at a low rate through three lives of a server: the first ends
// by a kill, the others by a stop. Of each life the first third is left out; between
// the second and the last third the server must not grow.
func soak(ctx context.Context, e *env) (o outcome, err error) {
	v, err := e.serve(leak)
	if err != nil {
		return o, err
	}
	defer v.kill()
	every := 15 * time.Second
	size := crowd.Size{Texts: 3, Each: 2, Lines: 1, Mixed: 1, Pause: 200 * time.Millisecond}
	if e.small || e.control {
		every, size.Pause = 200*time.Millisecond, 20*time.Millisecond
	}
	j := crowd.NewJournal()
	var c *crowd.Crowd
	begin := time.Now()
	for life := range 3 {
		w := newWatch(v, filepath.Join(e.dir, fmt.Sprint("said", life)), every)
		if err := w.start(); err != nil {
			return o, err
		}
		if c == nil {
			if c, err = crowd.Gather(ctx, v.url(), j, e.seed, size); err != nil {
				return o, err
			}
			defer c.Leave()
		}
		if err := w.gathered(ctx, size.Clients()); err != nil {
			return o, err
		}
		samples, visits := 80, 80 // 20 minutes
		if e.small || e.control {
			samples, visits = 9, 40
		}
		if err := w.watch(ctx, c.Threads[0], samples, visits); err != nil {
			return o, err
		}
		if life == 0 {
			v.kill()
		} else if code, err := v.stop(); err != nil || code != 0 {
			return o, fmt.Errorf("the server ended with status %d: %v\n%s", code, err, &v.said)
		}
		o.compare(v.logPath(), j)
		if err := w.judge(&o); err != nil {
			return o, err
		}
		if e.control && o.lost > 0 {
			break
		}
		if !e.small {
			fmt.Printf("life %d: goroutines %d, KiB of heap %d, KiB of resident memory %d, open files %d\n", life+1, w.goroutines, w.heap, w.rss, w.files)
		}
	}
	o.tried = max(1, int(time.Since(begin).Minutes()))
	c.Leave()
	o.take(j)
	if e.control {
		return o, nil
	}
	return o, e.verify(ctx, &o, v.data)
}

// A watch is what is seen of one life of a server, from outside: the Go runtime prints
// its goroutines and its heap if GODEBUG asks for them.
type watch struct {
	v     *victim
	said  string // file: the server's standard error
	from  int64  // offset in said: what the server printed before does not count
	every time.Duration

	rss, heap         []int // KiB
	files, goroutines []int // numbers of open ones
}

func newWatch(v *victim, said string, every time.Duration) *watch {
	return &watch{v: v, said: said, every: every}
}

func (w *watch) start() error {
	trace := fmt.Sprintf("GODEBUG=gctrace=1,scheddetail=1,schedtrace=%d", w.every.Milliseconds())
	return w.v.start("env", trace, "sh", "-c", `exec "$@" 2>"$0"`, w.said)
}

// gathered waits until the server has n connections: it grows while clients come, and
// that is no leak. The watch begins with what the server prints from then on.
func (w *watch) gathered(ctx context.Context, n int) error {
	for end := time.Now().Add(patience); w.sockets() < n+1; time.Sleep(10 * time.Millisecond) { // 1: it listens
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case !w.v.running():
			return fmt.Errorf("the server ended by itself; see %s", w.said)
		case time.Now().After(end):
			return fmt.Errorf("the server has %d sockets, want at least one for each of %d clients", w.sockets(), n)
		}
	}
	info, err := os.Stat(w.said)
	if err != nil {
		return err
	}
	w.from = info.Size()
	return nil
}

// sockets returns how many sockets the server has open.
func (w *watch) sockets() (n int) {
	dir := fmt.Sprintf("/proc/%d/fd", w.v.cmd.Process.Pid)
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		if to, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// watch takes samples, while visitors open the thread, type and leave.
func (w *watch) watch(ctx context.Context, thread string, samples, visits int) error {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	visited, done := make(chan error), make(chan struct{})
	defer close(done)
	go func() {
		for n := 0; ; n++ {
			err := visit(ctx, w.v.url(), thread)
			select {
			case visited <- err:
			case <-done:
				return
			}
		}
	}()
	for visits > 0 || len(w.rss) < samples {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-visited:
			if err != nil {
				return err
			}
			visits--
		case <-tick.C:
			w.sample()
		}
		if !w.v.running() {
			return fmt.Errorf("the server ended by itself; see %s", w.said)
		}
	}
	return nil
}

// visit joins a thread, types a character, waits for its receipt and leaves.
func visit(ctx context.Context, url, thread string) error {
	c, err := crowd.Dial(ctx, client.Options{URL: url, User: "Visitor", Thread: thread})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Splice(0, 0, "v"); err != nil {
		return err
	}
	return c.Settle(ctx)
}

func (w *watch) sample() {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.v.cmd.Process.Pid))
	w.rss, w.files = append(w.rss, resident(w.v)), append(w.files, len(files))
}
