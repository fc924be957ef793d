package boltlog

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// TestKilledWhileSealingLosesNothing kills a process that appends and seals, over
// and over on the same log: in every other round at a random moment after its first
// append, in the others after a block was stored and before its remnants are removed.
// It forks, and so runs alone.
func TestKilledWhileSealingLosesNothing(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println("ended:", appendAndSeal(path))
		os.Exit(1)
	}
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := newPath(t)
	remnants, blocks, acked := 0, 0, eventlog.Revision(0)
	for round := range max(4, seeds.Rounds(25)) {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		kill := func() { time.AfterFunc(time.Duration(rng.IntN(200))*time.Millisecond, func() { cmd.Process.Kill() }) }
		if round%2 == 0 {
			cmd.Env = append(cmd.Env, killEnv+"=1")
			kill = func() {}
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for first := true; lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "ended") {
				t.Fatalf("seed %d: round %d: %s", seed, round, lines.Text())
			}
			var n eventlog.Revision
			if _, err := fmt.Sscanf(lines.Text(), "acked %d.", &n); err == nil && strings.HasSuffix(lines.Text(), ".") {
				if acked = n; first {
					kill()
				}
				first = false
			}
		}
		cmd.Wait()
		if r, err := VerifyFile(ctx, path, Options{Packer: bodies{7}}, nil); err != nil || !r.OK() {
			t.Fatalf("seed %d: round %d: %v %v", seed, round, err, r.Err())
		}
		l := open(t, path, Options{ReadOnly: true, Packer: bodies{7}})
		if l.remnants {
			remnants++
		} else if round%2 == 0 {
			t.Errorf("seed %d: round %d: no remnants of the block that was just stored", seed, round)
		}
		blocks = len(l.blocks)
		if n := count(t, l, "s", 0); n < int(acked) {
			t.Fatalf("seed %d: round %d: %d records of %d acknowledged", seed, round, n, acked)
		}
		for r, err := range l.Prove(ctx, "s", 0) {
			if err != nil || string(r.Shape) != string(changed(int(r.Revision)).Shape) {
				t.Fatalf("seed %d: round %d: revision %d: %s %v", seed, round, r.Revision, r.Shape, err)
			}
		}
		l.Close()
	}
	t.Logf("seed %d: %d records, %d blocks, killed %d times between a sealing and its sweep", seed, acked, blocks, remnants)
}

// killEnv makes the process kill itself when it has stored a block.
const killEnv = "PARODYWAVE_BOLTLOG_KILL"

// appendAndSeal appends and seals until it is killed, and prints what was
// acknowledged.
func appendAndSeal(path string) error {
	stored := func(uint64, int, error) {
		if os.Getenv(killEnv) != "" {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	l, err := Open(path, Options{Packer: bodies{7}, sealAt: smallSizes, Timeout: time.Minute, OnSeal: stored})
	if err != nil {
		return err
	}
	go func() {
		for {
			if err := l.Seal(ctx); err != nil {
				fmt.Println("ended:", err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	for {
		head, err := l.Head(ctx, "s")
		if err != nil {
			return err
		}
		if head, err = l.Append(ctx, "s", head.Revision, changed(int(head.Revision)+1)); err != nil {
			return err
		}
		fmt.Printf("acked %d.\n", head.Revision)
	}
}
