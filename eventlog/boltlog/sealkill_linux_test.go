package boltlog

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// TestKilledWhileSealingLosesNothing kills a process that appends and seals, at
// random moments, over and over on the same log. It forks, and so runs alone.
func TestKilledWhileSealingLosesNothing(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println("ended:", appendAndSeal(path))
		os.Exit(1)
	}
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := newPath(t)
	remnants, blocks, acked := 0, 0, eventlog.Revision(0)
	for round := 0; round < seeds.Rounds(25) || remnants == 0 && round < 500; round++ {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(40+rng.IntN(200))*time.Millisecond, func() { cmd.Process.Kill() })
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "ended") {
				t.Fatalf("seed %d: round %d: %s", seed, round, lines.Text())
			}
			var n eventlog.Revision
			if _, err := fmt.Sscanf(lines.Text(), "acked %d.", &n); err == nil && strings.HasSuffix(lines.Text(), ".") {
				acked = n
			}
		}
		cmd.Wait()
		if _, err := os.Stat(path); err != nil {
			continue // killed before there was a log
		}
		if r, err := VerifyFile(ctx, path, Options{Packer: bodies{7}}, nil); err != nil || !r.OK() {
			t.Fatalf("seed %d: round %d: %v %v", seed, round, err, r.Err())
		}
		l := open(t, path, Options{ReadOnly: true, Packer: bodies{7}})
		if l.remnants {
			remnants++
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
	if blocks == 0 || remnants == 0 {
		t.Errorf("seed %d: %d blocks, killed %d times between a sealing and its sweep: this shows nothing", seed, blocks, remnants)
	}
	t.Logf("seed %d: %d records, %d blocks, killed %d times between a sealing and its sweep", seed, acked, blocks, remnants)
}

// appendAndSeal does so until it is killed, and says what was acknowledged.
func appendAndSeal(path string) error {
	l, err := Open(path, Options{Packer: bodies{7}, sealAt: smallSizes, Timeout: time.Second})
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
