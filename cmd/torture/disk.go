package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"parodywave/cmd/torture/uml"
)

// mounted mounts a disk of the guest here while f reads the server's data in it.
func (p *powered) mounted(ctx context.Context, image string, f func(data string) error) error {
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
	return f(filepath.Join(at, "pw"))
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
	files := map[string]string{"init": filepath.Join(dir, "guest"), "parodywave": filepath.Join(dir, "parodywave")}
	if module := netem(); module != "" {
		files[filepath.Base(module)] = module
	}
	return path, uml.WriteInitrd(path, files)
}

// netem returns the path of the guest kernel's module that loses packets, "" if there is
// none.
func netem() string {
	found, _ := filepath.Glob("/usr/lib/uml/modules/*/kernel/net/sched/sch_netem.ko")
	if len(found) == 0 {
		return ""
	}
	return found[0]
}
