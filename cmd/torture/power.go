package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/cmd/torture/uml"
)

func init() {
	rows = append(rows, row{
		name: "power", fault: "power cuts of a guest under load (user-mode-linux; ext4, xfs, btrfs)", unit: "cuts",
		lie: "the server's system calls for syncing do nothing", rounds: 30, lacks: needsGuest, outline: power,
	})
}

// needsGuest is for rows that start a kernel and mount its disk.
func needsGuest() string {
	if _, err := uml.Kernel(); err != nil {
		return err.Error()
	}
	return needsRoot()
}

// disks are the file systems of the guest, with ways to mount them.
var disks = []struct {
	fs     string
	mkfs   []string
	mounts []string
}{
	{"ext4", []string{"mkfs.ext4", "-q", "-F"}, []string{"", "commit=1", "data=writeback", "nodelalloc", "commit=30"}},
	{"xfs", []string{"mkfs.xfs", "-q", "-f"}, []string{"", "logbsize=256k"}},
	{"btrfs", []string{"mkfs.btrfs", "-q", "-f"}, []string{"", "commit=1"}},
}

// power cuts the power of a guest in two ways. Most cuts stop it for a moment and copy
// its disk, which is then what a cut at that moment would leave. The last cut of each
// start kills the kernel; then the guest starts again on the disk as it is. Each disk is
// mounted here, which replays its file system's journal, and the log on it is compared
// with the journal of the console.
func power(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	disk := disks[e.seed%uint64(len(disks))]
	if _, err := exec.LookPath(disk.mkfs[0]); err != nil {
		disk = disks[0]
	}
	p := &powered{e: e, o: &o, r: r, journal: crowd.NewJournal(), fs: disk.fs, image: filepath.Join(e.dir, "disk")}
	if p.initrd, err = initrd(ctx, e.program); err != nil {
		return o, err
	}
	if err := makeDisk(ctx, p.image, disk.mkfs); err != nil {
		return o, err
	}
	for range e.size(2, 1) {
		if err := p.life(ctx, disk.mounts[r.IntN(len(disk.mounts))]); err != nil {
			return o, err
		}
		if o.lost > 0 || p.journal.Lost() > 0 || ctx.Err() != nil {
			break
		}
	}
	o.take(p.journal)
	return o, nil
}

// A powered is a guest whose power is cut.
type powered struct {
	e       *env
	o       *outcome
	r       *rand.Rand
	journal *crowd.Journal
	fs      string
	image   string // the disk
	initrd  string
	machine *uml.Machine
}

// life starts the guest and cuts its power.
func (p *powered) life(ctx context.Context, mount string) (err error) {
	params := map[string]string{"fs": p.fs, "mount": strings.ReplaceAll(mount, ",", "+"), "seed": fmt.Sprint(p.r.Uint64())}
	if p.e.control {
		params["unsynced"] = "true"
	}
	p.machine, err = uml.Boot(uml.Guest{Initrd: p.initrd, Disk: p.image, Params: params, Scratch: p.e.dir})
	if err != nil {
		return err
	}
	defer p.end()
	if err := p.until(ctx, "TYPES", 3*time.Minute); err != nil {
		return err
	}
	for range p.e.size(20, 3) {
		if err := p.hear(ctx, 50+p.r.IntN(400)); err != nil {
			return err
		}
		if err := p.copy(ctx); err != nil {
			return err
		}
		if p.e.control && p.journal.Lost() > 0 {
			return nil
		}
	}
	if err := p.hear(ctx, p.r.IntN(1000)); err != nil {
		return err
	}
	p.machine.Cut()
	for line := range p.machine.Lines() { // said before the cut
		p.journal.Hear(line)
	}
	p.o.count(p.fs+" cuts that ended the kernel", 1)
	return p.check(ctx, p.image)
}

// end ends the guest.
func (p *powered) end() {
	p.machine.Cut()
	for range p.machine.Lines() {
	}
	p.machine.Wait()
}

// until hears the console until a line.
func (p *powered) until(ctx context.Context, word string, limit time.Duration) error {
	late := time.After(limit)
	var said []string
	for {
		select {
		case line, ok := <-p.machine.Lines():
			switch {
			case !ok || strings.HasPrefix(line, "ENDED"):
				return fmt.Errorf("the guest ended: %s %s", line, strings.Join(said, "\n"))
			case line == word || strings.HasPrefix(line, word+" "):
				return nil
			case !p.journal.Hear(line):
				said = append(said, line)
			}
		case <-late:
			return fmt.Errorf("the guest did not say %q within %v: %s", word, limit, strings.Join(said, "\n"))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hear hears the console for a time in milliseconds.
func (p *powered) hear(ctx context.Context, ms int) error {
	end := time.After(time.Duration(ms) * time.Millisecond)
	for {
		select {
		case line, ok := <-p.machine.Lines():
			if !ok || strings.HasPrefix(line, "ENDED") {
				return fmt.Errorf("the guest ended: %s", line)
			}
			p.journal.Hear(line)
		case <-end:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// copy stops the guest, copies its disk, lets the guest go on, and checks the copy.
func (p *powered) copy(ctx context.Context) error {
	if err := p.machine.Stop(); err != nil {
		return err
	}
	if err := p.hear(ctx, 20); err != nil { // all that it said before
		return err
	}
	image := filepath.Join(p.e.dir, "copy")
	if err := command(ctx, "cp", "--sparse=always", p.image, image); err != nil {
		return err
	}
	if err := p.machine.Continue(); err != nil {
		return err
	}
	p.o.count(p.fs+" cuts by a copy of the disk", 1)
	return p.check(ctx, image)
}

// check mounts a disk here and compares its log with the journal.
func (p *powered) check(ctx context.Context, image string) error {
	p.o.tried++
	at := filepath.Join(p.e.dir, "mounted")
	if err := os.MkdirAll(at, 0o700); err != nil {
		return err
	}
	option := "loop"
	if p.fs == "xfs" {
		option += ",nouuid" // the guest's own disk has the same
	}
	if err := command(ctx, "mount", "-t", p.fs, "-o", option, image, at); err != nil {
		return err
	}
	defer func() { _ = syscall.Unmount(at, syscall.MNT_DETACH) }()
	data := filepath.Join(at, "pw")
	p.o.compare(filepath.Join(data, "log.db"), p.journal)
	if p.e.control || p.journal.Lost() > 0 || p.r.IntN(5) > 0 {
		return nil
	}
	return p.e.verify(ctx, p.o, data)
}

// makeDisk makes a sparse image with a file system.
func makeDisk(ctx context.Context, image string, mkfs []string) error {
	f, err := os.Create(image)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(384 << 20); err != nil {
		return err
	}
	return command(ctx, mkfs[0], append(mkfs[1:], image)...)
}

func command(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

var makeInitrd sync.Mutex

// initrd builds the programs of the guest, beside the program, once.
func initrd(ctx context.Context, program string) (string, error) {
	makeInitrd.Lock()
	defer makeInitrd.Unlock()
	dir := filepath.Join(filepath.Dir(program), "guest")
	path := filepath.Join(dir, "initrd")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", dir, "parodywave/cmd/parodywave", "parodywave/cmd/torture/guest")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the guest: %w\n%s", err, out)
	}
	return path, uml.WriteInitrd(path, map[string]string{"init": filepath.Join(dir, "guest"), "parodywave": filepath.Join(dir, "parodywave")})
}
