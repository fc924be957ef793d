package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"

	"golang.org/x/sys/unix"
)

func init() {
	rows = append(rows,
		row{name: "diskfull", fault: "disk full, and growing again (tmpfs)", unit: "full disks", lie: "acknowledges 100 ms early",
			rounds: 10, lacks: needsRoot, outline: tmpfs{}.round},
		row{name: "filelimit", fault: "the file must not grow (`RLIMIT_FSIZE`), and may again", unit: "limits", lie: "acknowledges 100 ms early",
			rounds: 10, lacks: nothing, outline: limit{}.round},
		row{name: "readonly", fault: "the file system becomes read-only under the server (ext4 on a loop device)", unit: "remounts", lie: "acknowledges 100 ms early",
			rounds: 10, lacks: needsLoop, outline: readOnly},
	)
}

// A disk refuses to let a file grow, and heals.
type disk interface {
	mount(dir string) (unmount func() error, err error)
	fill(v *victim) error // the log cannot grow by more than a little
	heal(v *victim) error // it can again
}

// refuses has clients type until the disk refuses, three times. Meanwhile everybody
// must be able to read; when the disk has healed, the server must accept edits again,
// without a restart.
func refuses(ctx context.Context, e *env, d disk) (o outcome, err error) {
	dir := filepath.Join(e.dir, "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return o, err
	}
	unmount, err := d.mount(dir)
	if err != nil {
		return o, err
	}
	defer func() { err = errors.Join(err, unmount()) }()
	v, err := e.serveAt(filepath.Join(dir, "data"), ackEarly)
	if err != nil {
		return o, err
	}
	c, j, err := v.scene(ctx, e.seed, crowd.Size{Texts: 2, Each: 2, Lines: 1, Mixed: 1, Pause: 5 * time.Millisecond, Bulk: 900})
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	for range e.size(3, 1) {
		if err := d.fill(v); err != nil {
			return o, err
		}
		o.tried++
		if e.control { // this victim never says that it is not ready
			time.Sleep(time.Second)
			break
		}
		if !o.until(ctx, v, "the server accepts appends, although the disk is full", func() bool { return !ready(ctx, v) }) {
			break
		}
		o.reads(ctx, v, c)
		if err := d.heal(v); err != nil {
			return o, err
		}
		before := j.Receipts()
		if !o.until(ctx, v, "the server accepts no edits, although the disk is no longer full", func() bool { return j.Receipts() > before+20 }) {
			break
		}
	}
	if e.control {
		v.kill()
		if err := d.heal(v); err != nil {
			return o, err
		}
		o.compare(v.logPath(), j)
	} else if o.lost == 0 {
		err = o.settle(ctx, e, v, c, j)
	}
	c.Leave()
	o.take(j)
	return o, err
}

// until waits until a condition holds. If the server ends or patience runs out
// first, that is a loss, and wrong describes it.
func (o *outcome) until(ctx context.Context, v *victim, wrong string, holds func() bool) bool {
	for end := time.Now().Add(patience); ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		switch {
		case holds():
			return true
		case !v.running():
			o.lose("the server ended: %s", &v.said)
			return false
		case time.Now().After(end):
			o.lose("%s: %s", wrong, &v.said)
			return false
		}
	}
	return false
}

// ready reports whether the server says that it accepts appends.
func ready(ctx context.Context, v *victim) bool {
	_, err := crowd.Get(ctx, v.url()+"/readyz")
	return err == nil
}

// reads checks that texts can be read while the disk refuses: over HTTP, and by clients
// that join, whether the server knows their names or not.
func (o *outcome) reads(ctx context.Context, v *victim, c *crowd.Crowd) {
	for _, id := range c.Threads {
		if _, err := crowd.Get(ctx, v.url()+"/api/threads/"+id+"/text"); err != nil {
			o.lose("while the disk refuses, thread %s cannot be read: %v", id, err)
		}
	}
	for _, name := range []string{"Ann", "Newcomer"} {
		wait, cancel := context.WithTimeout(ctx, patience)
		x, err := crowd.Dial(wait, client.Options{URL: v.url(), User: name, Thread: c.Threads[0]})
		cancel()
		if err != nil {
			o.lose("while the disk refuses, %s cannot join to read: %v", name, err)
			continue
		}
		_ = x.Close()
		o.count(name+" could join to read", 1)
	}
}

// tmpfs is a file system of a few megabytes.
type tmpfs struct{}

func (d tmpfs) round(ctx context.Context, e *env) (outcome, error) { return refuses(ctx, e, d) }

func (tmpfs) mount(dir string) (func() error, error) {
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=4m"); err != nil {
		return nil, fmt.Errorf("mount tmpfs: %w", err)
	}
	return func() error { return unix.Unmount(dir, unix.MNT_DETACH) }, nil
}

func (tmpfs) ballast(v *victim) string { return filepath.Join(filepath.Dir(v.data), "ballast") }

// fill fills the disk up to 64 KiB.
func (d tmpfs) fill(v *victim) error {
	var s unix.Statfs_t
	if err := unix.Statfs(v.data, &s); err != nil {
		return err
	}
	free := int64(s.Bavail)*s.Bsize - 64<<10
	if free <= 0 {
		return nil
	}
	err := os.WriteFile(d.ballast(v), make([]byte, free), 0o600)
	if errors.Is(err, unix.ENOSPC) {
		return nil // the server was faster
	}
	return err
}

// heal doubles the disk.
func (d tmpfs) heal(v *victim) error {
	var s unix.Statfs_t
	if err := unix.Statfs(v.data, &s); err != nil {
		return err
	}
	return unix.Mount("none", filepath.Dir(v.data), "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", 2*int64(s.Blocks)*s.Bsize))
}

// limit is a limit on the size of the server's files.
type limit struct{}

func (d limit) round(ctx context.Context, e *env) (outcome, error) { return refuses(ctx, e, d) }

func (limit) mount(string) (func() error, error) { return func() error { return nil }, nil }

func (limit) fill(v *victim) error {
	info, err := os.Stat(v.logPath())
	if err != nil {
		return err
	}
	return setLimit(v, uint64(info.Size())+64<<10)
}

func (limit) heal(v *victim) error {
	if v.cmd == nil {
		return nil // it was killed
	}
	return setLimit(v, math.MaxUint64)
}

func setLimit(v *victim, bytes uint64) error {
	return unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: math.MaxUint64}, nil)
}

// needsLoop is for rows that mount a file.
func needsLoop() string {
	if why := needsRoot(); why != "" {
		return why
	}
	if _, err := exec.LookPath("mkfs.ext4"); err != nil {
		return "mkfs.ext4 is not installed"
	}
	if _, err := os.Stat("/dev/loop-control"); err != nil {
		return "there are no loop devices"
	}
	return ""
}

// readOnly lets the kernel make the file system read-only, as it does after an error of
// the disk. The server may go on for readers or exit with 1. Mounted again, the file
// system must have all acknowledged edits.
func readOnly(ctx context.Context, e *env) (o outcome, err error) {
	dir, image := filepath.Join(e.dir, "disk"), filepath.Join(e.dir, "image")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return o, err
	}
	for _, args := range [][]string{{"truncate", "-s", "64M", image}, {"mkfs.ext4", "-q", "-F", "-m", "0", image}, {"mount", "-o", "loop", image, dir}} {
		if err := tool(ctx, args...); err != nil {
			return o, err
		}
	}
	defer func() { err = errors.Join(err, tool(context.WithoutCancel(ctx), "umount", dir)) }()
	v, err := e.serveAt(filepath.Join(dir, "data"), ackEarly)
	if err != nil {
		return o, err
	}
	c, j, err := v.scene(ctx, e.seed, crowd.Size{Texts: 3, Each: 2, Lines: 1, Mixed: 1, Pause: 4 * time.Millisecond})
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	time.Sleep(time.Duration(500+e.seed%500) * time.Millisecond)
	if err := tool(ctx, "mount", "-o", "remount,abort", dir); err != nil {
		return o, err
	}
	o.tried++
	if e.control { // it never says that it is not ready
		before := j.Receipts()
		o.until(ctx, v, "the control acknowledges nothing", func() bool { return j.Receipts() >= before+50 })
	} else {
		o.refused(ctx, v, c)
	}
	v.kill()
	for _, args := range [][]string{{"umount", dir}, {"mount", "-o", "loop", image, dir}} {
		if err := tool(ctx, args...); err != nil {
			return o, err
		}
	}
	o.compare(v.logPath(), j)
	if !e.control {
		if err := v.start(); err != nil {
			o.lose("mounted again: %v", err)
		} else if err := o.settle(ctx, e, v, c, j); err != nil {
			return o, err
		}
	}
	c.Leave()
	o.take(j)
	return o, nil
}

// refused checks what a server does on a disk that is read-only: it accepts no appends,
// and exits with 1 or lets everybody read.
func (o *outcome) refused(ctx context.Context, v *victim, c *crowd.Crowd) {
	for end := time.Now().Add(patience); v.running() && ready(ctx, v) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	var reading outcome
	if v.running() {
		reading.reads(ctx, v, c)
	}
	switch {
	case !v.running() || reading.lost > 0 && v.ends(patience): // perhaps while somebody read
		o.count("the server exited", 1)
		if code := v.cmd.ProcessState.ExitCode(); code != 1 {
			o.lose("the server ended with status %d, want 1: %s", code, &v.said)
		}
	case ready(ctx, v):
		o.lose("the server accepts appends on a disk that is read-only")
	case reading.lost > 0:
		o.lost += reading.lost
		o.problems = append(o.problems, reading.problems...)
	default:
		o.count("the server stayed for readers", 1)
		for detail, n := range reading.details {
			o.count(detail, n)
		}
	}
}

// tool runs a program of the system.
func tool(ctx context.Context, args ...string) error {
	if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, out)
	}
	return nil
}
