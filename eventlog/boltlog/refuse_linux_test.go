package boltlog

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
)

// The tests here run themselves again in a process that something is done to.
// What that process finds, it prints; the last line is "ok" if all is well. None
// runs beside others: from fork to exec a child holds the locks of all logs that
// are open, also of one that its test has just closed and opens again.

const childEnv = "PARODYWAVE_BOLTLOG_CHILD"

func childProcess(t *testing.T, path string, wrap ...string) (out []string, failed error) {
	t.Helper()
	args := append(wrap, os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	b, err := cmd.CombinedOutput()
	t.Logf("%s", b)
	return strings.Split(strings.TrimSpace(string(b)), "\n"), err
}

func TestFullDiskIsUnavailableAndPasses(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println(fullDisk(path))
		os.Exit(0)
	}
	path := newPath(t)
	out, err := childProcess(t, path)
	if err != nil || out[len(out)-1] != "<nil>" {
		t.Fatalf("child: %v", err)
	}
	report, err := VerifyFile(ctx, path, Options{}, nil)
	if err != nil || !report.OK() {
		t.Fatal(err, report.Err())
	}
}

// fullDisk appends until the file may not grow, then lets it grow again.
func fullDisk(path string) error {
	fatal := make(chan error, 1)
	l, err := Open(path, Options{OnFatal: func(err error) { fatal <- err }})
	if err != nil {
		return err
	}
	for _, limit := range []uint64{1 << 20, 1<<20 + 12345, 3 << 20, 20 << 20} {
		if err := setLimit(limit); err != nil {
			return err
		}
		if err := fillUp(l); err != nil {
			return fmt.Errorf("limit of %d bytes: %w", limit, err)
		}
	}
	if err := setLimit(^uint64(0)); err != nil {
		return err
	}
	head, _ := l.Head(ctx, "s")
	if _, err := l.Append(ctx, "s", head.Revision, entryOf(100)); err != nil {
		return fmt.Errorf("after the limit was lifted: %w", err)
	}
	n := 0
	for _, err := range l.Prove(ctx, "s", 0) {
		if n++; err != nil {
			return err
		}
	}
	if n != int(head.Revision)+1 {
		return fmt.Errorf("%d records of %d", n, head.Revision+1)
	}
	select {
	case err := <-fatal:
		return fmt.Errorf("a full disk was taken for fatal: %w", err)
	default:
		return l.Close()
	}
}

// fillUp appends until that is refused, three times over.
func fillUp(l *Log) error {
	refused := 0
	for i := 0; refused < 3; i++ {
		head, _ := l.Head(ctx, "s")
		last, sum := l.End()
		_, err := l.Append(ctx, "s", head.Revision, entryOf(50_000))
		if err == nil {
			if i > 1000 {
				return errors.New("nothing stops the file from growing")
			}
			continue
		}
		refused++
		if !errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, eventlog.ErrUnknown) || !errors.Is(err, syscall.EFBIG) {
			return err
		}
		now, _ := l.Head(ctx, "s")
		if p, c := l.End(); now != head || p != last || c != sum {
			return fmt.Errorf("a refused append moved the head from %v to %v", head, now)
		}
	}
	if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
		return fmt.Errorf("verify: %v, %v", err, r.Err())
	}
	return nil
}

func entryOf(n int) eventlog.Record {
	return eventlog.Record{Kind: "changed", Shape: []byte("[]"), Text: make([]byte, n)}
}

func setLimit(n uint64) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	l.Cur = min(n, l.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l)
}

func TestFailedSyncIsUnknownAndFinal(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println(failedSync(path))
		os.Exit(0)
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here")
	}
	path := newPath(t)
	for _, inject := range []string{
		"fdatasync:error=EIO:when=7",    // of data pages
		"fdatasync:error=EIO:when=8",    // of the meta page
		"fdatasync:error=ENOSPC:when=7", // whatever it says, a sync failed
		"pwrite64:error=EIO:when=20",    // a write that failed for a reason that is not known to be harmless
	} {
		os.Remove(path)
		open(t, path, Options{}).Close()
		out, err := childProcess(t, path, strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,pwrite64", "-e", "inject="+inject)
		if err != nil && strings.Contains(strings.Join(out, " "), "ptrace") {
			t.Skip("strace may not trace here")
		}
		if err != nil || out[len(out)-1] != "<nil>" {
			t.Fatalf("%s: child: %v", inject, err)
		}
		l := open(t, path, Options{})
		head, _ := l.Head(ctx, "s")
		acked := 0
		fmt.Sscanf(out[len(out)-2], "acked %d", &acked)
		if acked == 0 || int(head.Revision) < acked || int(head.Revision) > acked+1 {
			t.Fatalf("%s: %d acknowledged, %d there", inject, acked, head.Revision)
		}
		if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
			t.Fatal(inject, err, r.Err())
		}
		l.Close()
	}
}

// failedSync appends until a commit fails, and checks that the log is broken for good.
func failedSync(path string) error {
	fatal := make(chan error, 9)
	l, err := Open(path, Options{OnFatal: func(err error) { fatal <- err }})
	if err != nil {
		return err
	}
	acked := 0
	for i := range 100 {
		if _, err = l.Append(ctx, "s", eventlog.Revision(i), entryOf(10)); err != nil {
			break
		}
		acked++
	}
	if !errors.Is(err, eventlog.ErrUnknown) || errors.Is(err, eventlog.ErrUnavailable) {
		return fmt.Errorf("after %d appends: %w", acked, err)
	}
	for _, s := range []eventlog.Stream{"s", "other"} {
		if _, err := l.Append(ctx, s, 0, entryOf(10)); !errors.Is(err, eventlog.ErrUnknown) {
			return fmt.Errorf("append to a broken log: %w", err)
		}
	}
	select {
	case <-fatal:
	case <-time.After(time.Minute):
		return errors.New("OnFatal was not called")
	}
	n := 0
	for _, err := range l.Read(ctx, "s", 0) {
		if n++; err != nil {
			return err
		}
	}
	if n != acked {
		return fmt.Errorf("a reader of the broken log sees %d records, %d were acknowledged", n, acked)
	}
	if err := l.Close(); err != nil {
		return err
	}
	if len(fatal) > 0 {
		return errors.New("OnFatal was called again")
	}
	fmt.Println("acked", acked)
	return nil
}

// A write that finds no space has changed nothing as long as it was one of data
// pages; that of the meta page may have.
func TestNoSpaceIsHarmlessOnlyBeforeTheFirstSync(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println(noSpace(path))
		os.Exit(0)
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here")
	}
	path, seen := newPath(t), map[string]int{}
	for when := 12; when < 22; when++ {
		os.Remove(path)
		open(t, path, Options{}).Close()
		out, err := childProcess(t, path, strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64",
			"-e", fmt.Sprintf("inject=pwrite64:error=ENOSPC:when=%d", when))
		if err != nil && strings.Contains(strings.Join(out, " "), "ptrace") {
			t.Skip("strace may not trace here")
		}
		if err != nil || out[len(out)-1] != "<nil>" {
			t.Fatalf("write %d: child: %v", when, err)
		}
		seen[out[len(out)-2]]++
		if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() {
			t.Fatal(when, err, r.Err())
		}
	}
	if seen["unavailable"] < seen["unknown"] || seen["unknown"] == 0 {
		t.Fatalf("outcomes are %v", seen)
	}
}

func noSpace(path string) error {
	l, err := Open(path, Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	for range 20 {
		head, _ := l.Head(ctx, "s")
		_, err = l.Append(ctx, "s", head.Revision, entryOf(10))
		switch {
		case err == nil:
			continue
		case errors.Is(err, eventlog.ErrUnknown):
			fmt.Println("unknown")
			return nil
		case !errors.Is(err, eventlog.ErrUnavailable):
			return err
		}
		if _, err := l.Append(ctx, "s", head.Revision, entryOf(10)); err != nil {
			return err
		}
		fmt.Println("unavailable")
		return nil
	}
	return errors.New("nothing failed")
}
