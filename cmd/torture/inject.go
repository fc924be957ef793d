package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	lacks := needsStrace
	rows = append(rows,
		row{name: "crashcalls", fault: "crash at each of the first write, sync and truncate calls", unit: "crashes", lie: "acknowledges 100 ms early",
			rounds: 20, lacks: lacks, outline: injector("signal=SIGKILL").round},
		row{name: "failedcalls", fault: "EIO and ENOSPC at each of the first write, sync and truncate calls", unit: "errors", lie: "acknowledges 100 ms early",
			rounds: 20, lacks: lacks, outline: injector("error=EIO,error=ENOSPC").round},
	)
}

// An injector injects faults into system calls of the server, by strace. It has the
// faults, as strace names them, separated by commas.
type injector string

// each is how many calls of a kind one round covers: the round of seed s injects at
// the calls from (s-1)*each+1 to s*each of a thread.
const each = 5

// An injection is one fault. A thread's nth call is hit.
type injection struct {
	call, fault string
	n           int
}

func (i injection) String() string { return fmt.Sprintf("%s:%s:when=%d", i.call, i.fault, i.n) }

// round runs the server once for each injection on the same directory, with clients
// that type all the time; in the first round each begins with no log at all.
func (f injector) round(ctx context.Context, e *env) (o outcome, err error) {
	nth := e.seed
	if e.small {
		nth = nth%4 + 1
	}
	for _, fault := range strings.Split(string(f), ",") {
		for n := range e.size(each, 2) {
			for _, call := range []string{"pwrite64", "fdatasync", "ftruncate"} {
				i := injection{call, fault, int(nth-1)*each + n + 1}
				if e.control {
					i.n = 20 + n // later than the start
				}
				if ctx.Err() != nil || call == "ftruncate" && i.n > 3 {
					continue
				}
				if err := i.try(ctx, e, &o); err != nil {
					return o, fmt.Errorf("%s: %w", i, err)
				}
				if e.control && o.lost > 0 {
					return o, nil
				}
			}
		}
	}
	return o, nil
}

// try runs one injection on a new directory.
func (i injection) try(ctx context.Context, e *env, o *outcome) error {
	data := filepath.Join(e.dir, i.String())
	v, err := e.serveAt(data, ackEarly)
	if err != nil {
		return err
	}
	defer v.kill()
	defer os.RemoveAll(data)
	trace := filepath.Join(e.dir, "trace")
	defer os.Remove(trace)
	before := o.lost
	ready, err := v.begin("strace", "-f", "-qq", "-y", "-s", "0", "-o", trace, "-e", "trace="+calls, "-e", "signal=none", "-e", "inject="+i.String())
	if err != nil {
		return err
	}
	j := crowd.NewJournal()
	var c *crowd.Crowd
	if err := <-ready; err == nil {
		// The fault may come before all clients are there.
		if c, err = crowd.Gather(ctx, v.url(), j, e.seed, crowd.Size{Texts: 2, Each: 2, Lines: 1, Pause: 3 * time.Millisecond}); err == nil {
			defer c.Leave()
		}
	}
	hit := i.await(ctx, v, trace)
	if hit {
		o.tried++
		o.count(i.call+" "+strings.TrimPrefix(i.fault, "error="), 1)
		if !e.control { // that goes on
			i.judge(v, o, trace)
		}
	}
	v.kill()
	if _, err := os.Stat(v.logPath()); err == nil {
		o.compare(v.logPath(), j)
	}
	if err := v.start(); err != nil {
		o.lose("%s: after it the server does not start: %v", i, err)
	} else if c != nil && !e.control {
		if err := o.settle(ctx, e, v, c, j); err != nil {
			return err
		}
	}
	o.take(j)
	if o.lost > before {
		o.problems = append(o.problems, "the lines above are of "+i.String())
	}
	return nil
}

// await waits until the fault has happened, and reports whether it did.
func (i injection) await(ctx context.Context, v *victim, trace string) bool {
	for end := time.Now().Add(10 * time.Second); ctx.Err() == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		running := v.running()
		if said, err := os.ReadFile(trace); err == nil && strings.Contains(string(said), "(INJECTED") {
			time.Sleep(100 * time.Millisecond)
			return true
		}
		if !running {
			return i.fault == "signal=SIGKILL" // the line may not have been written
		}
	}
	return false
}

// judge checks that the server did what an error calls for. After a failed sync nobody
// knows what is on disk, and no further call can find out: the server must exit with 1,
// and must not write or sync the log again. The same holds for a failed write or
// truncate, unless the disk was full; then the server may also go on. An error in
// another file than the log ends nothing.
func (i injection) judge(v *victim, o *outcome, trace string) {
	if said := v.said.String(); strings.Contains(said, "panic:") || strings.Contains(said, "fatal error:") {
		o.lose("%s: the server crashed: %s", i, said)
	}
	if i.fault == "signal=SIGKILL" {
		return
	}
	said, err := os.ReadFile(trace)
	if err != nil {
		o.lose("%s: %v", i, err)
	}
	before, after, _ := strings.Cut(string(said), "(INJECTED)\n")
	hit := before[strings.LastIndex(before, "\n")+1:]
	mayGoOn := !strings.Contains(hit, "/log.db") || i.call != "fdatasync" && i.fault == "error=ENOSPC"
	for end := time.Now().Add(patience); v.running() && !mayGoOn && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if v.running() {
		if o.count("went on", 1); !mayGoOn {
			o.lose("%s: the server goes on after %s", i, hit)
		}
		return
	}
	for line := range strings.Lines(after) {
		if i.call == "fdatasync" && strings.Contains(hit, "/log.db") && strings.Contains(line, "/log.db") {
			o.lose("%s: after a failed sync the server goes on with %s", i, line)
		}
	}
	if code := v.cmd.ProcessState.ExitCode(); code != 1 {
		o.lose("%s: the server ended with status %d, want 1: %s", i, code, &v.said)
	}
	o.count("exited with 1", 1)
}
