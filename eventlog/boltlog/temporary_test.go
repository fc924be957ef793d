package boltlog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestAWriterRemovesWhatAKillLeft: whoever opens the log for writing removes its
// temporary files, and no others; a reader leaves all.
func TestAWriterRemovesWhatAKillLeft(t *testing.T) {
	open := func(o Options) func(string) error {
		return func(path string) error {
			l, err := Open(path, o)
			if err == nil {
				err = l.Close()
			}
			return err
		}
	}
	for name, use := range map[string]func(string) error{
		"read":    open(Options{ReadOnly: true}),
		"write":   open(Options{}),
		"compact": func(path string) error { _, err := Compact(ctx, path, Options{}, nil); return err },
		"migrate": func(path string) error { _, err := Migrate(path, Options{}, false); return err },
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			if err := open(Options{})(path); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Dir(path)
			others := []string{"log.db", "log.db.v1", "log.tmp", "mine.tmp"}
			left := []string{"log.db.123.tmp", "log.db.v1.45.tmp"}
			for _, f := range append(others[1:], left...) {
				if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := use(path); err != nil {
				t.Fatal(err)
			}
			var there []string
			all, err := os.ReadDir(dir)
			for _, f := range all {
				there = append(there, f.Name())
			}
			want := others
			if name == "read" {
				want = append(slices.Clone(others), left...)
				slices.Sort(want)
			}
			if err != nil || !slices.Equal(there, want) {
				t.Errorf("there are %q, want %q, %v", there, want, err)
			}
		})
	}
}

// TestMigrateGoesOnAfterAKill: a killed migration left its backup, and in the log
// pages that do not count. To compare the bytes of the two is the wrong twin.
func TestMigrateGoesOnAfterAKill(t *testing.T) {
	path := newPath(t)
	old := firstRelease(t)
	begun := append(slices.Clone(old), bytes.Repeat([]byte{7}, pageSize)...)
	if bytes.Equal(old, begun) {
		t.Fatal("the twin would accept it")
	}
	write := func(path string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(path, begun)
	for what, b := range map[string][]byte{"not a log": []byte("mine"), "a damaged log": old[:3*pageSize]} {
		write(path+".v1", b)
		if _, err := Migrate(path, Options{}, false); !errors.Is(err, fs.ErrExist) {
			t.Fatalf("%s stands where the backup belongs: %v", what, err)
		}
	}
	write(path+".v1", old)
	m, err := Migrate(path, Options{}, false)
	if err != nil || m.From != 1 || m.To != version {
		t.Fatalf("%+v, %v", m, err)
	}
	if kept, err := os.ReadFile(m.Backup); err != nil || !bytes.Equal(kept, old) {
		t.Errorf("the backup has changed: %v", err)
	}
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() {
		t.Error(err, r.Err())
	}
}

// TestMigrateKeepsTheBackupOfAnotherState: a log that went on since the backup was
// made needs another one.
func TestMigrateKeepsTheBackupOfAnotherState(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 3)
	l.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(copied, before, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, more := range []int{0, 1} {
		l := open(t, path, Options{NoSync: true})
		appendN(t, l, "s", more)
		if same, err := l.isCopy(copied); err != nil || same != (more == 0) {
			t.Errorf("%d records later it is a copy: %t, %v", more, same, err)
		}
		l.Close()
	}
}

// firstRelease returns a log of format 1.
func firstRelease(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "migrations", "testdata", "v1", "log.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
