package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "stall", fault: "readers that stop reading, in a process that is stopped, while others type", unit: "readers stopped",
		lie: "acknowledges 100 ms early, and is killed in the end", rounds: 5, lacks: needsProc, outline: stall,
	})
}

// stall stops a process with many readers (SIGSTOP) while a crowd types on. The crowd's
// edits are acknowledged as before, the server's memory stays bounded, and once the
// process goes on, every reader gets every revision once.
func stall(ctx context.Context, e *env) (o outcome, err error) {
	e.small = e.small || e.control
	size := crowd.Size{Texts: 1, Each: 4, Pause: time.Duration(e.size(5, 20)) * time.Millisecond, Bulk: e.size(2000, 200)}
	v, c, j, err := e.scene(ctx, ackEarly, size)
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	readers := e.size(60, 20)
	p, err := startReaders(v.url(), c.Threads[0], readers)
	if err != nil {
		return o, err
	}
	defer p.kill()
	before := resident(v)
	for range e.size(3, 1) {
		if err := syscall.Kill(p.cmd.Process.Pid, syscall.SIGSTOP); err != nil {
			return o, err
		}
		typed := j.Receipts()
		for j.Receipts() < typed+e.size(900, 60) && ctx.Err() == nil && j.Lost() == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		o.most("most MiB of resident memory", resident(v)>>10)
		o.tried += readers
		if err := syscall.Kill(p.cmd.Process.Pid, syscall.SIGCONT); err != nil {
			return o, err
		}
	}
	if more := resident(v) - before; more > 200<<10 { // each may have a queue of a MiB or so
		o.lose("the server's memory grew by %d MiB", more>>10)
	}
	if e.control {
		v.kill()
		o.compare(v.logPath(), j)
		o.take(j)
		return o, nil
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := c.Quiet(wait); err != nil {
		return o, err
	}
	_, head, err := crowd.TextAt(ctx, v.url(), c.Threads[0])
	if err != nil {
		return o, err
	}
	if err := p.reach(head); err != nil {
		o.lose("%v", err)
	}
	p.kill()
	err = o.settle(ctx, e, v, c, j)
	o.take(j)
	return o, err
}

// resident returns the memory of a server in KiB.
func resident(v *victim) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib := 0
	_, _ = fmt.Sscan(rest, &kib)
	return kib
}

// readAll is what the process of the readers does: torture readers URL THREAD N. It
// joins N readers, prints READY, reads a revision from its standard input, waits until
// all have it, and prints ALL, or what is wrong.
func readAll(args []string) {
	var n int
	_, _ = fmt.Sscan(args[2], &n)
	all := make([]*follower, n)
	for i := range all {
		f := new(follower)
		var err error
		ctx := context.Background()
		f.Reader, err = crowd.Again(ctx, func() (*client.Reader, error) {
			return client.DialReader(ctx, client.ReaderOptions{URL: args[0], Thread: args[1], User: fmt.Sprint("Reader ", i), OnBatch: f.read})
		})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		all[i] = f
	}
	fmt.Println("READY")
	var head uint64
	_, _ = fmt.Scan(&head)
	resumed := 0
	for i, f := range all {
		if err := f.reach(head); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if gap := f.wrong(); gap != "" {
			fmt.Printf("reader %d: %s\n", i, gap)
			os.Exit(1)
		}
		resumed += f.Stats().Resumes
	}
	fmt.Println("ALL", resumed)
	os.Exit(0)
}

// A follower is a reader that counts what it gets.
type follower struct {
	*client.Reader

	mu   sync.Mutex
	last uint64
	gap  string
}

// reach waits until f has a revision, as long as it gets anything: on a busy machine two
// gigabytes for all readers may need longer than patience.
func (f *follower) reach(rev uint64) error {
	for before := uint64(0); ; {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := f.Reach(ctx, rev)
		cancel()
		f.mu.Lock()
		last := f.last
		f.mu.Unlock()
		if !errors.Is(err, context.DeadlineExceeded) || last == before {
			return err
		}
		before = last
	}
}

func (f *follower) read(b *client.Batch, _ time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range b.Notes {
		if f.last > 0 && n.Rev != f.last+1 && f.gap == "" {
			f.gap = fmt.Sprintf("revision %d came after %d", n.Rev, f.last)
		}
		f.last = n.Rev
	}
}

func (f *follower) wrong() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gap
}
