package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(suite{m}, map[string]func(){"parodywave": main})
}

// TestScript runs testdata/script/*.txtar, which use the program as people do. With
// -short it runs those about the log, which has to be whole: the others start some
// six hundred processes.
func TestScript(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	if testing.Short() {
		files = nil
		for _, name := range []string{"cache", "compact", "tail", "verify"} {
			files = append(files, filepath.Join("testdata", "script", name+".txtar"))
		}
	}
	testscript.Run(t, testscript.Params{
		Files: files,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PARODYWAVE_AS", "소라")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": statusCmd, "capture": captureCmd, "ready": readyCmd, "flip": flipCmd, "replace": replaceCmd, "refold": refoldCmd, "taken": takenCmd,
		},
	})
}

// statusCmd runs a command that must exit with a status: status N command args…
func statusCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command [args]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want, _ := strconv.Atoi(args[0]); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// captureCmd puts what the last command printed into a variable: capture NAME.
func captureCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: capture NAME")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// readyCmd waits until the server of a data directory answers: ready DIR.
func readyCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready DIR")
	}
	a := &app{options: options{Data: ts.MkAbs(args[0])}}
	for range 1200 {
		if path, err := a.socketPath(); err == nil {
			if c, err := net.Dial("unix", path); err == nil {
				c.Close()
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("no server in %s after a minute", args[0])
}

// takenCmd listens on a port until the script ends: taken NAME.
func takenCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: taken NAME")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], l.Addr().String())
}

// flipCmd flips one bit in the middle of what a file has of a text: flip FILE TEXT.
func flipCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE TEXT")
	}
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	i := strings.Index(string(b), args[1])
	if i < 0 {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	b[i+len(args[1])/2] ^= 1
	ts.Check(os.WriteFile(path, b, 0o600))
}

// replaceCmd replaces the first of a text in a file: replace FILE OLD NEW.
func replaceCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	b := ts.ReadFile(args[0])
	if !strings.Contains(b, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(b, args[1], args[2], 1)), 0o600))
}

// refoldCmd runs every command that reads, and writes what they print to a
// directory: refold DIR THREAD flags….
func refoldCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refold DIR THREAD [flags]")
	}
	dir, thread, flags := ts.MkAbs(args[0]), args[1], args[2:]
	ts.Check(os.MkdirAll(dir, 0o700))
	for name, command := range map[string]string{
		"threads": "threads", "threads-json": "threads --json", "cat": "cat T", "cat-at": "cat T@2", "blame": "blame T", "blame-json": "blame --json T",
		"chars": "blame --chars T", "chars-json": "blame --chars --json T", "porcelain": "blame --porcelain T", "log": "log T", "log-json": "log T --json",
		"log-edits": "log T --every edit", "log-line": "log T -L 2", "log-line-json": "log T -L 2 --json", "replay": "replay T", "replay-edits": "replay T --every edit",
		"tail": "tail T", "tail-all": "tail -n 3 --json", "export": "export T", "export-text": "export T --format text",
		"export-git": "export T --format git", "export-html": "export T --format html", "export-markdown": "export T --format markdown", "cast": "export T --format asciicast",
		"grep": "grep e T", "grep-json": "grep -E --json [a-z]+ T", "diff": "diff T@1 T", "diff-back": "diff T T@3 --words", "diff-json": "diff T@3 T --json",
		"deletions": "log T --deletions", "deletions-json": "log T --deletions --json", "break": "replay T --break line:1", "verify": "verify", "verify-thread": "verify T",
	} {
		words := strings.Fields(command)
		for i, w := range words {
			if rest, ok := strings.CutPrefix(w, "T"); ok {
				words[i] = thread + rest
			}
		}
		if err := ts.Exec("parodywave", append(words, flags...)...); err != nil {
			ts.Fatalf("%s: %v\n%s", command, err, ts.ReadFile("stderr"))
		}
		out := ts.ReadFile("stdout")
		if out == "" {
			ts.Fatalf("%s printed nothing", command)
		}
		ts.Check(os.WriteFile(filepath.Join(dir, name), []byte(out), 0o600))
	}
}
