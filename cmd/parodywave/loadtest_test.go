package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"parodywave/cmd/parodywave/loadgen"
)

// TestLoadtestCountsWhatItTyped runs the command as people do, and holds what
// it says against the server.
func TestLoadtestCountsWhatItTyped(t *testing.T) {
	t.Parallel()
	program := build(t)
	s := newServer(t, program, t.TempDir())
	s.start()
	args := []string{"loadtest", s.url(), "--threads", "2", "--writers", "2", "--readers", "1", "--rate", "20", "--duration", "1s"}
	var r loadgen.Report
	if err := json.Unmarshal([]byte(output(t, program, append(args, "--json")...)), &r); err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Typed == 0 || r.Delivered != 3*r.Typed || r.Server == nil || r.Server.PID != s.cmd.Process.Pid {
		t.Errorf("%+v", r)
	}
	holdFields(t, r)
	var raised loadgen.Report
	ramp := []string{"loadtest", s.url(), "--threads", "1", "--readers", "1", "--rate", "20", "--duration", "200ms", "--until-p99", "1ns", "--tries", "1", "--json"}
	if err := json.Unmarshal([]byte(output(t, program, ramp...)), &raised); err != nil {
		t.Fatal(err)
	}
	if raised.Held || len(raised.Steps) != 1 || raised.Reason == "" {
		t.Errorf("%+v", raised)
	}
	table := output(t, program, args...)
	for _, want := range []string{"to other clients  p50 ", "at clients        0 lost, 0 duplicated, 0 reordered", "texts             0 of 6 differ", "to the last one   p50 ", "deliveries per processor second"} {
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

// holdFields holds the fields that --json prints against those that are
// described for people, and both against each other.
func holdFields(t *testing.T, r loadgen.Report) {
	t.Helper()
	r.Steps = []*loadgen.Step{&r.Step}
	var printed any
	data, err := json.Marshal(r)
	if err == nil {
		err = json.Unmarshal(data, &printed)
	}
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	name("", printed, fields)
	page, err := os.ReadFile("../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "<!-- fields: begin -->")
	section, _, ok2 := strings.Cut(section, "<!-- fields: end -->")
	if !ok || !ok2 {
		t.Fatal("docs/benchmarks.md has no section about fields")
	}
	described := map[string]bool{}
	for line := range strings.Lines(section) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(first, -1) {
			described[m[1]] = true
		}
	}
	for f := range fields {
		if !described[f] {
			t.Errorf("--json prints %s and docs/benchmarks.md says nothing of it", f)
		}
	}
	for f := range described {
		if !fields[f] {
			t.Errorf("docs/benchmarks.md describes %s, which --json does not print", f)
		}
	}
}

// name notes the names of all fields of what was read from JSON. Steps have the
// fields of a report, and quantiles are described once.
func name(above string, v any, fields map[string]bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return
	}
	for key, value := range object {
		fields[above+key] = true
		switch {
		case strings.HasSuffix(key, "_ms"):
			name("…_ms.", value, fields)
		default:
			name(above+key+".", value, fields)
		}
	}
}
