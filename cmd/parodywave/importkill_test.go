package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// TestAKilledCommandChangesNothingOrAll kills commands that write at random
// moments, on a directory without a server. Whatever is there afterwards
// verifies, and is what was there before, or what the command was to make.
func TestAKilledCommandChangesNothingOrAll(t *testing.T) {
	t.Parallel()
	rounds := 10 // the first is not killed
	lines := 20_000
	if testing.Short() {
		rounds, lines = 2, 1000
	}
	program, dir := build(t), t.TempDir()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	long := strings.Repeat("한 줄의 글\n", lines)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data := filepath.Join(dir, "data")
	thread := strings.TrimSpace(output(t, program, "import", file("long.txt", long), "--data", data, "--as", "Ann"))
	output(t, program, "put", thread, file("short.txt", "short\n"), "--data", data, "--as", "Mallory", "--overwrite")
	pad, err := filepath.Abs(filepath.Join("etherpad", "testdata", "small.etherpad"))
	if err != nil {
		t.Fatal(err)
	}
	early, late := 0, 0
	commands := map[string][]string{
		"a text":    {"import", file("more.txt", long)},
		"a pad":     {"import", pad},
		"a restore": {"restore", thread + "@2"},
		"a revert":  {"revert", thread, "--author", "Mallory"},
	}
	for _, name := range slices.Sorted(maps.Keys(commands)) {
		args := commands[name]
		t.Run(name, func(t *testing.T) {
			took := time.Duration(0)
			nothing, all := 0, 0
			for round := 0; round < rounds || early+nothing == 0 && round < 100; round++ {
				work := filepath.Join(dir, fmt.Sprint(strings.ReplaceAll(name, " ", "-"), round))
				if err := os.CopyFS(work, os.DirFS(data)); err != nil {
					t.Fatal(err)
				}
				before := threadsOf(t, work)
				cmd := exec.Command(program, append(args, "--data", work, "--as", "Eve")...)
				cmd.Env = environ()
				start := time.Now()
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				if round > 0 {
					time.Sleep(time.Duration(rng.Int64N(int64(took)*3/2)) / time.Duration(max(1, round+2-rounds)))
					_ = cmd.Process.Kill()
				}
				if err := cmd.Wait(); round == 0 && err != nil {
					t.Fatal(err)
				}
				if round == 0 {
					took = time.Since(start)
				}
				switch after := threadsOf(t, work); {
				case after == before:
					nothing++
				case after == whole(name, before, len(long)):
					all++
				default:
					t.Fatalf("seed %d, round %d: it was\n%s\nand is\n%s", seed, round, before, after)
				}
				output(t, program, "verify", "--data", work)
				if err := os.RemoveAll(work); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("seed %d: of commands that take %v, killed within %v, %d did nothing and %d all", seed, took, took*3/2, nothing, all)
			early += nothing
			late += all - 1 // the first was not killed
		})
	}
	if early == 0 {
		t.Errorf("seed %d: no command was killed before it was done: the test shows nothing", seed)
	}
	t.Logf("%d were killed before, %d after", early, late)
}

// threadsOf tells the threads of a directory, the last changed first: title,
// revisions, length of the text in bytes.
func threadsOf(t *testing.T, data string) string {
	t.Helper()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	heads, err := log.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	directory, lengths := projection.NewDirectory(), map[eventlog.Stream]int{}
	for _, h := range heads {
		if !event.IsThread(h.Stream) {
			continue
		}
		thread, err := projection.Replay(t.Context(), projection.Plain(log), h.Stream, 0)
		if err != nil {
			t.Fatal(err)
		}
		directory.Put(thread.Summary())
		lengths[h.Stream] = len(thread.Text())
	}
	var all []string
	for _, s := range directory.List() {
		all = append(all, fmt.Sprintf("%s: %d revisions, %d bytes", s.Title, s.Revision, lengths[s.Stream]))
	}
	return strings.Join(all, "\n")
}

// whole is what threadsOf tells after the whole command.
func whole(name, before string, long int) string {
	switch name {
	case "a text":
		return fmt.Sprintf("more: 2 revisions, %d bytes\n%s", long, before)
	case "a pad":
		return "notes: 8 revisions, 17 bytes\n" + before
	}
	return fmt.Sprintf("long: 4 revisions, %d bytes", long)
}
