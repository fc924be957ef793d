package boltlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// usedPages returns how many pages of a file are in use, and how many it has.
func usedPages(t testing.TB, path string) (used, all int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, _ := f.Stat()
	tr, err := openTree(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	buckets, err := tr.buckets(strict)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range buckets {
		if err := tr.bucket(name, r, func(_, _ []byte) error { return nil }, strict); err != nil {
			t.Fatal(err)
		}
	}
	used = 2 // the meta pages
	for id := range tr.pages {
		if tr.seen[id/64]&(1<<(id%64)) != 0 {
			used++
		}
	}
	return used, int(info.Size() / pageSize)
}

// TestCompactKeepsEverythingAndNoFreePage compacts logs of all shapes.
func TestCompactKeepsEverythingAndNoFreePage(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	for round := range max(3, seeds.Rounds(8)) {
		rng := rand.New(rand.NewPCG(seed, uint64(round)))
		o := Options{NoSync: true, sealAt: smallSizes, Packer: bodies{7}, NoSeal: round%3 == 0}
		path := newPath(t)
		l := open(t, path, o)
		for i := range []int{0, 1, 40, 41, 42, 43, 44, 45}[round] {
			randomStep(rng, i, l)
			if rng.IntN(5) == 0 {
				l.Close()
				l = open(t, path, o)
			}
		}
		want, err := told(l)
		if err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
		id := l.ID()
		l.Close()
		for range 2 {
			c, err := Compact(ctx, path, o, nil)
			if err != nil {
				t.Fatalf("seed %d, round %d: %v", seed, round, err)
			}
			info, _ := os.Stat(path)
			if used, all := usedPages(t, path); used != all || c.After != info.Size() {
				t.Fatalf("seed %d, round %d: %d of %d pages are used; %+v", seed, round, used, all, c)
			}
			if err := CheckStructure(path); err != nil {
				t.Fatalf("seed %d, round %d: %v", seed, round, err)
			}
		}
		l = open(t, path, Options{NoSync: true, NoSeal: true, Packer: bodies{7}})
		if have, err := told(l); err != nil || have != want || l.ID() != id {
			t.Fatalf("seed %d, round %d: %v: after it the log tells\n%.2000s\nbefore\n%.2000s", seed, round, err, have, want)
		}
		if l.sealed.position != l.last {
			t.Errorf("seed %d, round %d: not all is sealed", seed, round)
		}
		for i, b := range l.blocks {
			if n := b.last - b.first + 1; n < 100 && i < len(l.blocks)-1 && l.blocks[i+1].last-l.blocks[i+1].first+1 < 100 {
				t.Errorf("seed %d, round %d: blocks %d and the next are small", seed, round, i)
			}
		}
		for i := range 30 { // and it is a log like any other
			randomStep(rng, i, l)
		}
		if _, err := told(l); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
		l.Close()
		if r, err := VerifyFile(ctx, path, o, nil); err != nil || !r.OK() {
			t.Fatalf("seed %d, round %d: %v %v", seed, round, err, r.Err())
		}
		if err := CheckStructure(path); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
	}
}

// A tree of several levels, and a key that needs pages of its own.
func TestPageWriterWritesWhatBoltReads(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := newPageWriter(f)
	const n = 60_000
	for i := range n {
		v := bytes.Repeat([]byte{byte(i)}, i%50)
		if i == 777 {
			v = make([]byte, 100_000)
		}
		w.put(fmt.Appendf(nil, "a rather long key to have many pages, with number %08d", i), v)
	}
	w.end("many")
	w.end("none")
	if err := w.finish(7); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := CheckStructure(path); err != nil {
		t.Fatal(err)
	}
	if used, all := usedPages(t, path); used != all {
		t.Errorf("%d of %d pages are used", used, all)
	}
	count := 0
	for _, r := range values(t, path) {
		if r.bucket == "many" {
			count++
		}
	}
	if count != n {
		t.Errorf("%d keys of %d", count, n)
	}
	g, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	w = newPageWriter(g)
	w.put([]byte("b"), nil)
	w.put([]byte("a"), nil)
	if w.end("wrong"); w.finish(1) == nil {
		t.Error("keys out of order were taken")
	}
}

func TestCompactRefusesALogInUse(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 5)
	if _, err := Compact(ctx, path, Options{}, nil); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
	l.Close()
	open(t, path, Options{ReadOnly: true})
	if _, err := Compact(ctx, path, Options{}, nil); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
}

func TestCompactThatFailsLeavesTheLogAlone(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 30)
	l.Close()
	sound, _ := os.ReadFile(path)
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Compact(stopped, path, Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	tamper(t, path, func(tail, _ *bbolt.Bucket) error {
		return rewrite(tail, 3, func(r []eventlog.Record) []eventlog.Record { r[0].Text[4] = '!'; return r })
	})
	damaged, _ := os.ReadFile(path)
	if _, err := Compact(ctx, path, Options{}, nil); !errors.Is(err, eventlog.ErrDamaged) {
		t.Error(err)
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, damaged) || bytes.Equal(now, sound) {
		t.Error("the file was changed")
	}
	files, _ := os.ReadDir(filepath.Dir(path))
	if len(files) != 1 {
		t.Errorf("%v is left", files)
	}
}

// A link to the log stays one, and what stands where the new file is made is not
// written through.
func TestCompactFollowsNoLinkButThatToTheLog(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 30)
	l.Close()
	link, other := filepath.Join(t.TempDir(), "log.db"), filepath.Join(t.TempDir(), "other")
	err := errors.Join(os.Symlink(path, link), os.WriteFile(other, []byte("mine"), 0o600), os.Symlink(other, path+".compact"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Compact(ctx, link, Options{}, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the log is %v, %v", info, err)
	}
	if b, err := os.ReadFile(other); string(b) != "mine" {
		t.Errorf("the other file has %d bytes, %v", len(b), err)
	}
}

// A process that waits for the lock while a log is compacted opens the new file.
func TestOpenAfterCompactHasTheNewFile(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 2000)
	l.Close()
	compacted := make(chan error, 1)
	go func() {
		_, err := Compact(ctx, path, Options{Timeout: 2 * time.Minute}, nil)
		compacted <- err
	}()
	for i := range 1000 {
		l, err := Open(path, Options{NoSync: true, NoSeal: true, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		appendN(t, l, "s", 1)
		l.Close()
		select {
		case err := <-compacted:
			if err != nil {
				t.Fatal(err)
			}
			l = open(t, path, Options{ReadOnly: true})
			if n := count(t, l, "s", 0); n != 2001+i {
				t.Fatalf("%d records, want %d", n, 2001+i)
			}
			return
		case <-time.After(100 * time.Millisecond): // the lock is free: the other tries it every 50 ms
		}
	}
	t.Fatal("compacting never had its turn")
}

func TestCompactTellsProgress(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 2000)
	l.Close()
	var steps []string
	c, err := Compact(ctx, path, Options{}, func(done, total uint64) { steps = append(steps, fmt.Sprint(done, "/", total)) })
	if err != nil || c.Records != 2000 || c.Removed != 0 || c.After >= c.Before || c.Before == 0 || c.Blocks != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	if len(steps) < 2 || !strings.HasSuffix(steps[0], "/2000") {
		t.Errorf("%q", steps)
	}
}
