package main

import (
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"parodywave/cmd/parodywave/typist/load"
)

// TestLoadtestCountsWhatItTyped runs the command as people do, and holds what
// it says against the server.
func TestLoadtestCountsWhatItTyped(t *testing.T) {
	program := build(t)
	s := newServer(t, program, t.TempDir())
	s.start()
	args := []string{"loadtest", s.url(), "--threads", "2", "--writers", "2", "--readers", "1", "--rate", "20", "--duration", "1s"}
	var r load.Report
	if err := json.Unmarshal([]byte(output(t, program, append(args, "--json")...)), &r); err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Typed < 100 || r.Delivered != 3*r.Typed || r.Server == nil || r.Server.PID != s.cmd.Process.Pid {
		t.Errorf("%+v", r)
	}
	table := output(t, program, args...)
	for _, want := range []string{"to other clients  p50 ", "at clients        0 lost, 0 duplicated, 0 reordered", "texts             0 of 6 differ"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	for status, bad := range map[int][]string{
		exitUsage:  {"loadtest", s.url(), "--threads", "0"},
		exitFailed: {"loadtest", "http://" + freeAddress(t), "--duration", "1s"},
	} {
		cmd := exec.Command(program, bad...)
		cmd.Env = environ()
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != status || !strings.Contains(string(out), "hint: ") {
			t.Errorf("%v: %v, want status %d and a hint:\n%s", bad, err, status, out)
		}
	}
}
