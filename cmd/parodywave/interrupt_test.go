package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCtrlCEndsACommandThatReads stdin, which gives no more and does not end, and nothing
// was written. A read that does not look at the signal, as it used to be, goes on; a
// command that had it would still run after the signal, and the test would hang.
func TestCtrlCEndsACommandThatReads(t *testing.T) {
	program, data := build(t), t.TempDir()
	output(t, program, "import", writeFile(t, "T.txt", "text"), "--data", data)
	before, err := os.ReadFile(filepath.Join(data, "log.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"import -", "import - --format etherpad", "import - --format ndjson", "put T -"} {
		cmd := exec.Command(program, append(strings.Fields(args), "--data", data)...)
		cmd.Env = environ()
		var said bytes.Buffer
		cmd.Stderr = &said
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		end := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
		// The pipe holds less than this, so that the command has read some.
		if _, err := io.WriteString(in, strings.Repeat("a line of text\n", 1<<17)); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		end.Stop()
		if cmd.ProcessState.ExitCode() != exitFailed || !strings.HasPrefix(said.String(), "parodywave: interrupted") {
			t.Errorf("%s: %v, %s", args, cmd.ProcessState, said.String())
		}
	}
	if after, err := os.ReadFile(filepath.Join(data, "log.db")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the log was changed: %v", err)
	}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
