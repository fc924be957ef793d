//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestTemporaryFilesOfKilledCommandsGo: verify removes the copies of logs that killed
// commands have left, and export --salvage the beginnings of its files, but nothing that a
// running command has. A twin that removes everything takes away a running one's.
func TestTemporaryFilesOfKilledCommandsGo(t *testing.T) {
	program, dir := build(t), t.TempDir()
	data, temp, into, text := filepath.Join(dir, "data"), filepath.Join(dir, "temp"), filepath.Join(dir, "into"), filepath.Join(dir, "text")
	for _, path := range []string{temp, into} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(text, []byte("hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	id := output(t, program, "import", text, "--title", "T", "--data", data)[:26]
	s := newServer(t, program, data)
	s.start()

	left := []string{filepath.Join(temp, "parodywave-verify-1"), filepath.Join(into, id+".ndjson.1.tmp")}
	running := []string{filepath.Join(temp, "parodywave-verify-2"), filepath.Join(into, id+".ndjson.2.tmp")}
	for _, path := range []string{left[0], running[0]} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "log.db"), []byte("half a copy"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{left[1], running[1]} {
		if err := os.WriteFile(path, []byte("half an export"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range running {
		release, err := hold(path)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
	}
	output(t, program, "verify", "--data", data)
	output(t, program, "export", "--salvage", "--into", into, "--data", data)
	for _, path := range left {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is still there", path)
		}
	}
	var names []string
	for _, d := range []string{temp, into} {
		files, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, f.Name())
		}
	}
	if want := []string{"parodywave-verify-2", id + ".ndjson", id + ".ndjson.2.tmp"}; !slices.Equal(names, want) {
		t.Errorf("the directories have %q, want %q", names, want)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
}
