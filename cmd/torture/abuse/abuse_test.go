package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestServersEndWhileTheyAreAbused starts each abuse once and ends the server meanwhile:
// it ends within ten seconds, and the log has every key that has its receipt.
func TestServersEndWhileTheyAreAbused(t *testing.T) {
	program := filepath.Join(t.TempDir(), "parodywave")
	if out, err := exec.Command("go", "build", "-o", program, "parodywave/cmd/parodywave").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	crowdSize, longHistory = 200, 20_000
	for _, a := range slices.Concat(abuses, crowds, pasts) {
		if testing.Short() && !slices.Contains([]string{"sections", "pairs"}, a.name) {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			r, err := a.row(t.Context(), program, t.TempDir(), 100*time.Millisecond)
			if err != nil {
				t.Fatal(err)
			}
			if r.problem != "" {
				t.Error(r.problem)
			}
			t.Log(r)
		})
	}
}

// TestALostReceiptIsSeen compares the log with a receipt for a key that was never typed.
func TestALostReceiptIsSeen(t *testing.T) {
	program := filepath.Join(t.TempDir(), "parodywave")
	if out, err := exec.Command("go", "build", "-o", program, "parodywave/cmd/parodywave").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s, err := serve(program, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	id, err := s.open("a thread")
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.keyboard(id)
	if err != nil {
		t.Fatal(err)
	}
	for p.acknowledged() < 3 {
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := s.stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	if err := s.holds(p); err != nil {
		t.Error(err)
	}
	p.mu.Lock()
	p.acked += 2
	p.mu.Unlock()
	if s.holds(p) == nil {
		t.Error("a receipt for a key that is not in the log is not seen")
	}
}
