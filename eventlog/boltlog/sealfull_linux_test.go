package boltlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"parodywave/eventlog"
)

// A disk too full for a block refuses the sealing and nothing else.
func TestFullDiskStopsSealingOnly(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println(sealOnFullDisk(path))
		os.Exit(0)
	}
	path := newPath(t)
	out, err := childProcess(t, path)
	if err != nil || out[len(out)-1] != "<nil>" {
		t.Fatalf("child: %v", err)
	}
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() {
		t.Fatal(err, r.Err())
	}
}

func sealOnFullDisk(path string) error {
	fatal := make(chan error, 1)
	l, err := Open(path, Options{NoSeal: true, OnFatal: func(err error) { fatal <- err }})
	if err != nil {
		return err
	}
	for i := range 200 { // whose pages appends have when the file cannot grow
		if _, err := l.Append(ctx, "free", eventlog.Revision(i), entryOf(100)); err != nil {
			return err
		}
	}
	if err := l.Seal(ctx); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		r := entryOf(100_000) // incompressible
		for j := range r.Text {
			r.Text[j] = byte(rng.Uint32())
		}
		if _, err := l.Append(ctx, "s", eventlog.Revision(i), r); err != nil {
			return err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := setLimit(uint64(info.Size())); err != nil {
		return err
	}
	for range 3 {
		if err := l.Seal(ctx); !errors.Is(err, eventlog.ErrUnavailable) || len(l.blocks) > 1 {
			return fmt.Errorf("sealing into a full disk: %v, %d blocks", err, len(l.blocks))
		}
		head, _ := l.Head(ctx, "s")
		if _, err := l.Append(ctx, "s", head.Revision, entryOf(10)); err != nil {
			return fmt.Errorf("append after it: %w", err)
		}
	}
	if err := setLimit(^uint64(0)); err != nil {
		return err
	}
	if err := l.Seal(ctx); err != nil || len(l.blocks) != 2 {
		return fmt.Errorf("after the limit was lifted: %w, %d blocks", err, len(l.blocks))
	}
	select {
	case err := <-fatal:
		return fmt.Errorf("a full disk was taken for fatal: %w", err)
	default:
		return l.Close()
	}
}
