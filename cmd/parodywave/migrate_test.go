package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMigrateUpgradesTheFirstRelease: the log of the first release is read as it
// is, refused to writers, upgraded after a backup, and says the same afterwards.
func TestMigrateUpgradesTheFirstRelease(t *testing.T) {
	t.Parallel()
	program, data := build(t), t.TempDir()
	path := filepath.Join(data, "log.db")
	thaw(t, filepath.Join("..", "..", "migrations", "testdata", "v1", "log.db.gz"), path)
	old, _ := os.ReadFile(path)
	say := func(status int, want string, args ...string) string {
		t.Helper()
		cmd := exec.Command(program, append(args, "--data", data)...)
		cmd.Env = environ()
		out, _ := cmd.CombinedOutput()
		if have := cmd.ProcessState.ExitCode(); have != status || !strings.Contains(string(out), want) {
			t.Fatalf("parodywave %s: status %d\n%s\nwant status %d and %q", args, have, out, status, want)
		}
		return string(out)
	}
	blame := say(0, "", "blame", "Incident")
	verified := say(0, "ok  2 threads", "verify")
	say(1, "run parodywave migrate", "put", "Incident", "migrate_test.go", "--overwrite")
	say(1, "run parodywave migrate", "serve", "--listen", "127.0.0.1:0")
	say(1, "run parodywave migrate", "compact")
	say(0, "to be upgraded from format 1 to 3", "migrate", "--dry-run")
	if now, _ := os.ReadFile(path); !bytes.Equal(now, old) {
		t.Fatal("something has written to the old log")
	}
	backup := path + ".v1"
	if err := os.WriteFile(backup, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	say(1, "already exists", "migrate")
	if now, _ := os.ReadFile(path); !bytes.Equal(now, old) {
		t.Fatal("the log was upgraded without a backup")
	}
	if err := os.WriteFile(backup, old, 0o600); err != nil { // a run was broken off behind its copy
		t.Fatal(err)
	}
	say(0, "upgraded from format 1 to 3, 72 records", "migrate")
	if kept, _ := os.ReadFile(backup); !bytes.Equal(kept, old) {
		t.Fatal("the backup is not what the log was")
	}
	for range 2 {
		if now := say(0, "", "blame", "Incident"); now != blame {
			t.Fatalf("blame was\n%s\nand is\n%s", blame, now)
		}
		if now := say(0, "", "verify"); now != verified {
			t.Fatalf("verify said\n%s\nand says\n%s", verified, now)
		}
		say(0, "after ", "compact")
	}
	say(0, "nothing to do", "migrate")
	say(0, "", "put", "Incident", "migrate_test.go", "--overwrite")
}

// TestMigrateWarnsAsOpeningDoes: of a meta page that is not valid, in every old format.
func TestMigrateWarnsAsOpeningDoes(t *testing.T) {
	t.Parallel()
	program := build(t)
	warned := 0
	for _, version := range []string{"v1", "v2"} {
		for page := range 2 {
			data := t.TempDir()
			path := filepath.Join(data, "log.db")
			thaw(t, filepath.Join("..", "..", "migrations", "testdata", version, "log.db.gz"), path)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			clear(b[page*4096 : (page+1)*4096])
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			code, opened := fails(program, "threads", "--data", data)
			status, said := fails(program, "migrate", "--dry-run", "--data", data)
			warning, _, _ := strings.Cut(opened, "\n")
			if code == 0 && strings.HasPrefix(warning, "warning: meta page ") {
				warned++
			} else if code != exitDamaged || !strings.Contains(opened, "later commit") {
				t.Errorf("%s, page %d: threads ends with status %d: %s", version, page, code, opened)
			}
			if status != code || code == 0 && !strings.HasPrefix(said, warning) {
				t.Errorf("%s, page %d: threads says\n%sand migrate, with status %d,\n%s", version, page, opened, status, said)
			}
		}
	}
	if warned < 2 {
		t.Errorf("%d warnings", warned)
	}
}

// thaw decompresses a frozen log.
func thaw(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
