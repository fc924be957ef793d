package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
)

// TestQuestionsAboutAPaperAreAnswered asks the program, with its log in a file,
// about a quarter of a million keystrokes.
func TestQuestionsAboutAPaperAreAnswered(t *testing.T) {
	t.Parallel()
	paper := sequential(t, filepath.Join(traces(t), "automerge-paper.json.gz"), 3)
	if testing.Short() {
		paper = paper.cut(2000)
	}
	memory, thread := logOf(t, paper)
	data := t.TempDir()
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	var records []eventlog.Record
	for r, err := range memory.Read(t.Context(), testThread, 0) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	head := eventlog.Revision(0)
	for batch := range slices.Chunk(records, 500) {
		h, err := log.Append(t.Context(), testThread, head, batch...)
		if err != nil {
			t.Fatal(err)
		}
		head = h.Revision
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	program := build(t)
	half, most := len(paper.keystrokes)/2, len(paper.keystrokes)
	for _, question := range []string{
		"grep the trace", "grep -i THE trace", `grep -E [a-z]+ing trace`, `grep -E \\cite\{[^}]*\} trace`, "grep --json the", fmt.Sprintf("diff trace@%d", half),
		fmt.Sprintf("diff trace@%d trace@%d --json", most, half), "log trace --deletions", "log trace --deletions -L 3", "log trace -L 3", "log trace", "cat trace",
	} {
		start := time.Now()
		cmd := exec.CommandContext(t.Context(), program, append(strings.Fields(question), "--data", data)...)
		out, err := cmd.Output()
		took := time.Since(start)
		if err != nil || len(out) == 0 {
			t.Errorf("%s: %v, %d bytes", question, err, len(out))
		}
		t.Logf("%-40s %8d lines in %v, %v of the cores", question, strings.Count(string(out), "\n"), took.Round(time.Millisecond),
			(cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Round(time.Millisecond))
	}
	if got := output(t, program, "--data", data, "cat", "trace"); got != thread.Text() {
		t.Error("and the text is another")
	}
}
