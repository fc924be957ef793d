// Command abuse sends a server the costliest messages known, and measures how long people
// who type meanwhile wait for their receipts.
//
//	abuse [-program PROGRAM] [-only NAME,…] [-for DURATION]
//
// For each row it starts PROGRAM (default: the one that it builds) with a new log, and two
// people type at it, a key every 25 ms: one in the thread that is abused, one in another.
// Their waits are taken before the abuse and during it. After each row the server gets
// SIGTERM while the abuse goes on; it must end within ten seconds, and each receipt that
// the two people got must be in the log that it leaves. Abuse exits with 1 if not.
//
// The longest wait in the abused thread is as long as one message held the goroutine that
// owns the thread, with the disk's and the machine's share. It is no verdict: a busy
// machine makes it longer.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	program := flag.String("program", "", "the parodywave to abuse (default: build it)")
	only := flag.String("only", "", "rows to run, separated by commas (default: all)")
	long := flag.Duration("for", 5*time.Second, "how long each abuse is repeated")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *program, *only, *long); err != nil {
		fmt.Fprintln(os.Stderr, "abuse:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program, only string, long time.Duration) error {
	dir, err := os.MkdirTemp("", "abuse-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if program == "" {
		program = filepath.Join(dir, "parodywave")
		if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "parodywave/cmd/parodywave").CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	fmt.Println("| abuse | answer after | wait in the thread: p50, p99, longest | in another: p50, p99 before → during | MiB before → most | ended after |")
	fmt.Println("|---|--:|--:|--:|--:|--:|")
	var bad []string
	for _, a := range slices.Concat(abuses, crowds, pasts) {
		if only != "" && !slices.Contains(strings.Split(only, ","), a.name) {
			continue
		}
		r, err := a.row(ctx, program, filepath.Join(dir, a.name), long)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		fmt.Println(r)
		if r.problem != "" {
			bad = append(bad, a.name+": "+r.problem)
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("%s", strings.Join(bad, "; "))
	}
	return nil
}

// A result is a row of the table.
type result struct {
	what                 string
	answer, ended        time.Duration
	here, before, during waits
	idle, most           int // MiB
	problem              string
}

func (r result) String() string {
	ms := func(d time.Duration) string { return fmt.Sprint(d.Round(100 * time.Microsecond)) }
	return fmt.Sprintf("| %s | %s | %s, %s, %s | %s, %s → %s, %s | %d → %d | %s |", r.what, ms(r.answer),
		ms(r.here.at(0.5)), ms(r.here.at(0.99)), ms(r.here.at(1)), ms(r.before.at(0.5)), ms(r.before.at(0.99)),
		ms(r.during.at(0.5)), ms(r.during.at(0.99)), r.idle, r.most, ms(r.ended))
}

// waits are how long receipts took.
type waits []time.Duration

func (w waits) at(q float64) time.Duration {
	if len(w) == 0 {
		return 0
	}
	w = slices.SortedFunc(slices.Values(w), cmp.Compare)
	return w[min(len(w)-1, int(q*float64(len(w))))]
}

// row measures one abuse.
func (a abuse) row(ctx context.Context, program, dir string, long time.Duration) (r result, err error) {
	s, err := serve(program, dir)
	if err != nil {
		return r, err
	}
	defer s.kill()
	target, err := s.open("abused")
	if err != nil {
		return r, err
	}
	other, err := s.open("other")
	if err != nil {
		return r, err
	}
	t := &thread{server: s, id: target}
	if err := a.prepare(t); err != nil {
		return r, fmt.Errorf("prepare: %w", err)
	}
	here, err := s.keyboard(target)
	if err != nil {
		return r, err
	}
	there, err := s.keyboard(other)
	if err != nil {
		return r, err
	}
	time.Sleep(min(long, 2*time.Second))
	r.what, r.idle = a.what, s.resident()
	here.take()
	r.before = there.take()
	for end := time.Now().Add(long); time.Now().Before(end) && ctx.Err() == nil; {
		took, err := a.once(t)
		if err != nil {
			return r, err
		}
		r.answer = max(r.answer, took)
		r.most = max(r.most, s.resident())
	}
	r.here, r.during = here.take(), there.take()
	go func() { // until the server is gone
		for {
			if _, err := a.once(t); err != nil {
				return
			}
		}
	}()
	time.Sleep(100 * time.Millisecond)
	r.ended, err = s.stop(10 * time.Second)
	if err != nil {
		r.problem = err.Error()
		return r, nil
	}
	if err := s.holds(there); err != nil {
		r.problem = err.Error()
	}
	if a.name == "put" { // it replaces the whole text, Ann's line with it
		return r, nil
	}
	if err := s.holds(here); err != nil {
		r.problem = err.Error()
	}
	return r, nil
}
