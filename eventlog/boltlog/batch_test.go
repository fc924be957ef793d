package boltlog

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
)

// hold keeps the committer busy until the returned function is called.
func hold(t *testing.T, l *Log) (release func()) {
	t.Helper()
	tx, err := l.db.Begin(true)
	if err != nil {
		t.Fatal(err)
	}
	q := &request{stream: "hold", records: []eventlog.Record{changed(0)}, done: make(chan struct{})}
	if err := l.queue.put(q); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return waiting(l) == 0 })
	return func() { tx.Rollback() }
}

func waiting(l *Log) int {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	return len(l.queue.waiting)
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal("it does not happen")
		}
	}
}

type result struct {
	head eventlog.Head
	err  error
}

// enqueue appends in the background, but has its place in the queue on return.
func enqueue(t *testing.T, l *Log, c context.Context, s eventlog.Stream, at eventlog.Revision, r ...eventlog.Record) chan result {
	t.Helper()
	n, done := waiting(l), make(chan result, 1)
	go func() {
		head, err := l.Append(c, s, at, r...)
		done <- result{head, err}
	}()
	waitFor(t, func() bool { return waiting(l) > n })
	return done
}

func TestBatchDecidesEachAppendAfterThoseBefore(t *testing.T) {
	l := open(t, newPath(t), Options{})
	appendN(t, l, "s", 2)
	release := hold(t, l)
	early := changed(0)
	early.Time = 1
	var answers []chan result
	for _, a := range []struct {
		at      eventlog.Revision
		records []eventlog.Record
	}{
		{2, []eventlog.Record{changed(3), changed(4)}},
		{2, []eventlog.Record{changed(5)}}, // was right before the one above
		{4, []eventlog.Record{changed(5)}},
		{5, []eventlog.Record{early}},
		{5, []eventlog.Record{changed(6), {Time: changed(7).Time}}},
		{5, nil},
		{5, []eventlog.Record{changed(6)}},
	} {
		answers = append(answers, enqueue(t, l, ctx, "s", a.at, a.records...))
	}
	other := enqueue(t, l, ctx, "t", 0, changed(1))
	last, _ := l.End()
	release()
	for i, want := range []struct {
		head eventlog.Revision
		err  error
	}{{4, nil}, {0, eventlog.ErrConflict}, {5, nil}, {0, eventlog.ErrInvalid}, {0, eventlog.ErrInvalid}, {5, nil}, {6, nil}} {
		got := <-answers[i]
		if !errors.Is(got.err, want.err) || (got.err == nil) != (want.err == nil) || got.head.Revision != want.head {
			t.Errorf("append %d: %d, %v; want %d, %v", i, got.head.Revision, got.err, want.head, want.err)
		}
	}
	if got := <-other; got.err != nil {
		t.Error(got.err)
	}
	if n := count(t, l, "s", 0); n != 6 {
		t.Errorf("%d records", n)
	}
	// All of it was one group: it was one batch.
	groups, err := l.scanPage(ctx, last+2)
	if err != nil || len(groups) != 1 {
		t.Errorf("%d groups, %v", len(groups), err)
	}
}

func TestAppendThatWaitsCanBeWithdrawn(t *testing.T) {
	l := open(t, newPath(t), Options{})
	release := hold(t, l)
	c, cancel := context.WithCancel(ctx)
	withdrawn := enqueue(t, l, c, "s", 0, changed(1))
	kept := enqueue(t, l, ctx, "s", 0, changed(2))
	cancel()
	if got := <-withdrawn; !errors.Is(got.err, context.Canceled) {
		t.Fatal(got.err)
	}
	release()
	if got := <-kept; got.err != nil || got.head.Revision != 1 {
		t.Fatal(got)
	}
}

func TestCloseFailsAppendsThatWait(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{})
	release := hold(t, l)
	waits := enqueue(t, l, ctx, "s", 0, changed(1))
	closed := make(chan error)
	go func() { closed <- l.Close() }()
	if got := <-waits; !errors.Is(got.err, eventlog.ErrClosed) {
		t.Fatal(got.err)
	}
	release()
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	l = open(t, path, Options{})
	if n := count(t, l, "hold", 0) + count(t, l, "s", 0); n != 1 {
		t.Fatalf("%d records, want the one that was being committed", n)
	}
}

// A commit whose failure nobody understands fails every append of its batch, the
// one that would conflict with another of the batch, too.
func TestBrokenLogStaysBroken(t *testing.T) {
	fatal := make(chan error, 2)
	l := open(t, newPath(t), Options{OnFatal: func(err error) { fatal <- err }})
	appendN(t, l, "s", 1)
	release := hold(t, l)
	a := enqueue(t, l, ctx, "s", 1, changed(2))
	b := enqueue(t, l, ctx, "s", 1, changed(2))
	stale := enqueue(t, l, ctx, "s", 7, changed(2))
	l.wrecked.Store(true)
	release()
	for i, c := range []chan result{a, b, stale} {
		if got := <-c; !errors.Is(got.err, eventlog.ErrUnknown) {
			t.Errorf("append %d: %v", i, got.err)
		}
	}
	if err := <-fatal; !errors.Is(err, eventlog.ErrUnknown) {
		t.Error(err)
	}
	if _, err := l.Append(ctx, "s", 1, changed(2)); !errors.Is(err, eventlog.ErrUnknown) {
		t.Error(err)
	}
	if h, err := l.Head(ctx, "s"); err != nil || h.Revision != 1 {
		t.Error(h, err)
	}
}

func TestCopyOfALiveLogIsALog(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 100)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 100; ; i++ {
			select {
			case <-stop:
				return
			default:
				if _, err := l.Append(ctx, "s", eventlog.Revision(i), changed(i+1)); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	for i := range 10 {
		var b bytes.Buffer
		if err := l.CopyTo(&b); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "copy.db")
		if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := VerifyFile(ctx, name, Options{}, nil); err != nil || !r.OK() || r.Records < 100 {
			t.Fatal(i, err, r.Err(), r.Records)
		}
		c := open(t, name, Options{})
		if c.ID() != l.ID() || count(t, c, "s", 0) < 100 {
			t.Fatal("copy is another log")
		}
		c.Close()
	}
	close(stop)
	<-done
}

func TestFileIsCreatedWholeAndPrivate(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info.Mode(), err)
	}
	files, _ := os.ReadDir(filepath.Dir(path))
	if len(files) != 1 {
		t.Fatalf("creating left %v behind", files)
	}
	if l.ID() == ([16]byte{}) || l.id.created == 0 || l.Path() != path {
		t.Fatal(l.ID(), l.id.created)
	}
	if _, err := Open(filepath.Join(path, "x", "log.db"), Options{}); err == nil || !strings.Contains(err.Error(), "log.db") {
		t.Fatalf("opened below a file: %v", err)
	}
}

func TestOpenWaitsForTheLock(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{})
	begin := time.Now()
	if _, err := Open(path, Options{Timeout: 200 * time.Millisecond}); !errors.Is(err, ErrLocked) {
		t.Fatal(err)
	}
	if d := time.Since(begin); d < 100*time.Millisecond {
		t.Fatalf("waited %v", d)
	}
	time.AfterFunc(100*time.Millisecond, func() { l.Close() })
	open(t, path, Options{Timeout: time.Minute})
}
