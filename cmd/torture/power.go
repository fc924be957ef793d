package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/cmd/torture/uml"
)

func init() {
	rows = append(rows, row{
		name: "power", fault: "power cuts of a guest under load (user-mode-linux; ext4, xfs, btrfs)", unit: "cuts",
		lie: "the server's system calls for syncing do nothing", rounds: 30, lacks: needsGuest, long: true, outline: power,
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
	if err := p.prepare(ctx, disk.mkfs); err != nil {
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

// prepare makes the disk and what the kernel starts with.
func (p *powered) prepare(ctx context.Context, mkfs []string) (err error) {
	if p.initrd, err = initrd(ctx, p.e.program); err != nil {
		return err
	}
	return makeDisk(ctx, p.image, mkfs)
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
	clock   []int64 // times that the guest said, Unix milliseconds
	again   int     // segments that the guest's network sent again, as it said
	early   int     // segments that arrived before an earlier one
}

// boot starts the guest with words of its command line, and waits until people type.
func (p *powered) boot(ctx context.Context, params map[string]string) (err error) {
	params["fs"], params["seed"] = p.fs, fmt.Sprint(p.r.Uint64())
	p.machine, err = uml.Boot(uml.Guest{Initrd: p.initrd, Disk: p.image, Params: params, Scratch: p.e.dir})
	if err != nil {
		return err
	}
	return p.until(ctx, "TYPES", bootTime)
}

// bootTime is the limit for a start. It takes some seconds on an idle computer.
const bootTime = 5 * time.Minute

// life starts the guest and cuts its power.
func (p *powered) life(ctx context.Context, mount string) error {
	params := map[string]string{"mount": strings.ReplaceAll(mount, ",", "+")}
	if p.e.control {
		params["unsynced"] = "true"
	} else if netem() != "" && p.r.IntN(3) == 0 {
		params["loss"], params["delay"] = "3", "10ms"
		p.o.count("starts with packet loss in the guest", 1)
	}
	return p.cuts(ctx, params)
}

// cuts starts the guest and cuts its power several times.
func (p *powered) cuts(ctx context.Context, params map[string]string) error {
	defer p.end()
	if err := p.boot(ctx, params); err != nil {
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

// listen notes what the guest says of its clock and its network.
func (p *powered) listen(line string) {
	_, _ = fmt.Sscanf(line, "SETTLED %d %d", &p.again, &p.early)
	var ms int64
	if n, _ := fmt.Sscanf(line, "CLOCK %d", &ms); n == 1 {
		p.clock = append(p.clock, ms)
	}
}

// end ends the guest, if it was started.
func (p *powered) end() {
	if p.machine == nil {
		return
	}
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
				p.listen(line)
				return nil
			case !p.journal.Hear(line):
				said = append(said, line)
				p.listen(line)
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
	return p.mounted(ctx, image, func(data string) error {
		p.o.compare(filepath.Join(data, "log.db"), p.journal)
		if p.e.control || p.journal.Lost() > 0 || p.r.IntN(5) > 0 {
			return nil
		}
		return p.e.verify(ctx, p.o, data)
	})
}
