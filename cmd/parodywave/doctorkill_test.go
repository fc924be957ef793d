//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"parodywave/eventlog/seeds"
)

// TestKilledRepairCanBeRepeated copies the directory after each step of a repair, as a
// kill leaves it, and repairs each copy: the result is the same as after a repair
// that nobody killed, and the evidence is there once.
func TestKilledRepairCanBeRepeated(t *testing.T) {
	asCommand(t)
	seed := seeds.For(t)
	data, states := t.TempDir(), t.TempDir()
	path := filepath.Join(data, "log.db")
	was := stocked(t, path, rand.New(rand.NewPCG(seed, 0)))
	bad, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad = bytes.ReplaceAll(bad, []byte("word 1"), []byte("word 0"))
	err = errors.Join(os.WriteFile(path, bad, 0o600), os.WriteFile(filepath.Join(data, "cache.db"), []byte("cache"), 0o600),
		os.WriteFile(filepath.Join(data, "log.db.1.tmp"), nil, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	seen := map[string]int{}
	out, err := repaired(t, data, func(step string) {
		if seen[step]++; seen[step] > 2 && (step == "append" || testing.Short()) {
			return
		}
		copyLinked(t, data, filepath.Join(states, fmt.Sprint(len(steps))))
		steps = append(steps, step)
	})
	if err != nil || !strings.Contains(out, "the new log has") {
		t.Fatalf("%v\n%s", err, out)
	}
	checkRepaired(t, "not killed", was, data, bad)
	for i, step := range steps {
		dir := filepath.Join(states, fmt.Sprint(i))
		if out, err := repaired(t, dir, nil); err != nil {
			t.Errorf("killed after %s (step %d): %v\n%s", step, i, err, out)
			continue
		}
		checkRepaired(t, fmt.Sprintf("killed after %s (step %d)", step, i), was, dir, bad)
	}
	for _, step := range []string{"open", "append", "verify", "make", "export", "link", "aside", "delete", "install"} {
		if seen[step] == 0 {
			t.Errorf("no step %q: the repair has %v", step, seen)
		}
	}
}

// copyLinked copies a directory. Names of one file in it become names of one file.
func copyLinked(t *testing.T, from, to string) {
	t.Helper()
	first := map[uint64]string{}
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
			if name, ok := first[st.Ino]; ok {
				return os.Link(name, target)
			}
			first[st.Ino] = target
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}
