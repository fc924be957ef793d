package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTraceEndsWithItsProcess: if the process ends inside a call, the call counts as not
// made, however strace writes them.
func TestTraceEndsWithItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace")
	lines := []string{
		`7 1.000000 pwrite64(9, "\x61\x62", 2, 4096) = 2 <0.000010>`,
		`7 2.000000 fdatasync(9 <unfinished ...>`,
		`8 2.500000 pwrite64(9, "\x63", 1, 0)   = 1 <0.000010>`,
		`7 3.000000 <... fdatasync resumed>) = 0 <1.000000>`,
		`8 4.000000 fdatasync(9)            = -1 EIO (Input/output error) <0.000010>`,
		`8 5.000000 fdatasync(9 <unfinished ...>`,
		`9 5.100000 pwrite64(9, "\x61"... <detached ...>`,
		`10 5.200000 fdatasync( <detached ...>`,
		`11 5.300000 fdatasync(9)            = ?`,
		`11 5.400000 +++ exited with 0 +++`,
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ops, err := readTrace(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(ops) != 3 || string(ops[0].data) != "ab" || ops[0].offset != 4096 || ops[1].call != "fdatasync" || ops[1].end != 3 || string(ops[2].data) != "c" {
		t.Errorf("%d operations: %+v", len(ops), ops)
	}
}
