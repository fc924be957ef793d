package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"parodywave/eventlog/seeds"
)

// killCalls are the system calls that change files.
var killCalls = []string{"fdatasync", "fsync", "pwrite64", "write", "ftruncate", "linkat", "renameat", "unlinkat", "mkdirat", "symlinkat"}

// TestAKilledCommandCanBeRunAgain kills each command that writes at some of its first
// 40 system calls of each kind, in make storm at all of them, and runs it again. The second run must succeed, the log
// must verify and have the same past, and nothing may be left that no command needs.
func TestAKilledCommandCanBeRunAgain(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	t.Parallel()
	k := killer{strace: strace, program: build(t), dir: t.TempDir()}
	k.prepare(t)
	points, calls, names := []int{1, 2, 3, 5, 8, 13, 21, 34}, killCalls, k.names()
	switch {
	case testing.Short():
		points, calls, names = points[:1], []string{"fdatasync", "linkat"}, []string{"import", "migrate"}
	case seeds.Storm():
		points = nil
		for n := range 40 {
			points = append(points, n+1)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			k.before = k.past(t, k.from[name])
			killed := 0
			for _, call := range calls {
				for _, n := range points {
					if !k.at(t, name, call, n) {
						break
					}
					killed++
				}
			}
			if killed == 0 {
				t.Error("it was never killed: the test shows nothing")
			}
			t.Logf("killed %d times", killed)
		})
	}
}

// A killer has the directories and commands that it kills commands with.
type killer struct {
	strace, program, dir string
	args                 map[string][]string
	from                 map[string]string // the directory that a command begins with
	before               string            // the past of that directory
}

func (k *killer) names() []string {
	return []string{"compact", "import", "migrate", "put", "restore", "revert", "serve"}
}

func (k *killer) prepare(t *testing.T) {
	t.Helper()
	file := func(name, text string) string {
		path := filepath.Join(k.dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	data, old, none := filepath.Join(k.dir, "data"), filepath.Join(k.dir, "old"), filepath.Join(k.dir, "none")
	for _, dir := range []string{old, none} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	thread := strings.TrimSpace(output(t, k.program, "import", file("long.txt", strings.Repeat("글\n", 300)), "--data", data, "--as", "Ann"))
	output(t, k.program, "put", thread, file("short.txt", "short\n"), "--data", data, "--as", "Mallory", "--overwrite")
	export := file("t.ndjson", output(t, k.program, "export", thread, "--format", "ndjson", "--data", data))
	thaw(t, filepath.Join("..", "..", "migrations", "testdata", "v1", "log.db.gz"), filepath.Join(old, "log.db"))
	k.from = map[string]string{"import": none, "serve": none, "migrate": old}
	k.args = map[string][]string{
		"compact": {"compact"}, "import": {"import", export}, "migrate": {"migrate"}, "put": {"put", thread, file("new.txt", "short\nnew\n")},
		"restore": {"restore", thread + "@2"}, "revert": {"revert", thread, "--author", "Mallory"}, "serve": {"serve", "--listen", "127.0.0.1:0"},
	}
	for _, name := range k.names() {
		if k.from[name] == "" {
			k.from[name] = data
		}
	}
}

// at kills a command at its n-th call of a kind. It returns false if the command
// makes fewer.
func (k *killer) at(t *testing.T, name, call string, n int) bool {
	t.Helper()
	work := filepath.Join(k.dir, "work-"+name)
	if err := os.RemoveAll(work); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(work, os.DirFS(k.from[name])); err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(k.args[name]), "--data", work)
	inject := fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", call, n)
	traced := append([]string{"-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", inject, k.program}, args...)
	out, whole := k.run(t, name == "serve", k.strace, traced...)
	at := fmt.Sprintf("%s, killed at %s %d", name, call, n)
	if !whole && out != "" && !strings.Contains(out, "http://") {
		t.Logf("%s: it said %s", at, out)
	}
	if out, done := k.run(t, name == "serve", k.program, args...); !done {
		t.Fatalf("%s, cannot be run again: %s", at, out)
	}
	output(t, k.program, "verify", "--data", work)
	if after := k.past(t, work); !strings.HasPrefix(after, k.before) {
		t.Errorf("%s: the past was\n%s\nand is\n%s", at, k.before, after)
	}
	k.tidy(t, at, work)
	return !whole
}

// run runs a command to its end, a server until it is ready. It reports whether the
// command succeeded.
func (k *killer) run(t *testing.T, server bool, program string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = environ()
	if !server {
		out, err := cmd.CombinedOutput()
		return string(out), err == nil
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
	_ = cmd.Wait()
	return line, err == nil
}

// past returns the blame of the second revision of each thread.
func (k *killer) past(t *testing.T, data string) string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(data, "log.db")); err != nil {
		return ""
	}
	var all strings.Builder
	for line := range strings.Lines(here(t, data, "threads --json")) {
		_, rest, _ := strings.Cut(line, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		all.WriteString(here(t, data, "blame --json "+id+"@2"))
	}
	return all.String()
}

// here runs a command on a directory without a server, in this process, which is
// twenty times as fast as to start one, and returns what it printed.
func here(t *testing.T, data, command string) string {
	t.Helper()
	out, said, err := ask(t, data, command, nil)
	if err != nil {
		t.Fatalf("parodywave %s: %v\n%s%s", command, err, out, said)
	}
	return out
}

// tidy checks that only files are left that a directory keeps.
func (k *killer) tidy(t *testing.T, at, data string) {
	t.Helper()
	all, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if !slices.Contains([]string{"log.db", "log.db.v1", "cache.db", "control", "control.sock"}, f.Name()) {
			t.Errorf("%s: %s is left", at, f.Name())
		}
	}
}
