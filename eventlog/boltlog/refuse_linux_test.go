package boltlog

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"parodywave/eventlog"
)

// The tests here run themselves again in a process that something is done to.
// That process prints its findings; the last line is "<nil>" if all is well. None
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

// Whatever errno a sync fails with, and whichever of a commit's two syncs it
// is, nobody knows what is on disk: the append is unknown and the log broken.
func TestFailedSyncIsUnknownAndFinal(t *testing.T) {
	if path := os.Getenv(childEnv); path != "" {
		fmt.Println(failedSync(path))
		os.Exit(0)
	}
	path := newPath(t)
	for _, errno := range []syscall.Errno{syscall.EIO, syscall.ENOSPC} {
		for _, sync := range []string{"data", "meta"} {
			t.Setenv("SYNC", sync)
			t.Setenv("ERRNO", strconv.Itoa(int(errno)))
			os.Remove(path)
			open(t, path, Options{}).Close()
			out, err := childProcess(t, path)
			if out[len(out)-1] == errNoSeccomp.Error() {
				t.Skip(errNoSeccomp)
			}
			if err != nil || out[len(out)-1] != "<nil>" {
				t.Fatalf("%v from the sync of %s pages: child: %v", errno, sync, err)
			}
			l := open(t, path, Options{})
			if head, _ := l.Head(ctx, "s"); head.Revision != 3 && head.Revision != 4 {
				t.Fatalf("%v from the sync of %s pages: 3 records acknowledged, %d there", errno, sync, head.Revision)
			}
			if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
				t.Fatal(errno, sync, err, r.Err())
			}
			l.Close()
		}
	}
}

// failedSync appends three records, lets the kernel fail all syncs from one of
// the next commit's on, and checks that the log is broken for good.
func failedSync(path string) error {
	fatal := make(chan error, 9)
	l, err := Open(path, Options{OnFatal: func(err error) { fatal <- err }})
	if err != nil {
		return err
	}
	for i := range 3 {
		if _, err := l.Append(ctx, "s", eventlog.Revision(i), entryOf(10)); err != nil {
			return err
		}
	}
	errno, _ := strconv.Atoi(os.Getenv("ERRNO"))
	armed := false
	onWrite(l, func(_ []byte, offset int64) (err error) {
		if meta := offset < 2*pageSize; !armed && meta == (os.Getenv("SYNC") == "meta") {
			armed, err = true, failSyncs(syscall.Errno(errno))
		}
		return err
	})
	if _, err = l.Append(ctx, "s", 3, entryOf(10)); errors.Is(err, errNoSeccomp) {
		return errNoSeccomp
	}
	if !armed || !errors.Is(err, eventlog.ErrUnknown) || errors.Is(err, eventlog.ErrUnavailable) {
		return fmt.Errorf("append whose sync fails: %w", err)
	}
	if err := broken(l); err != nil {
		return err
	}
	<-fatal
	n := 0
	for _, err := range l.Read(ctx, "s", 0) {
		if n++; err != nil {
			return err
		}
	}
	if n != 3 {
		return fmt.Errorf("a reader of the broken log sees %d records, 3 were acknowledged", n)
	}
	if err := l.Close(); err != nil {
		return err
	}
	if len(fatal) > 0 {
		return errors.New("OnFatal was called again")
	}
	return nil
}

var errNoSeccomp = errors.New("this system lets no process filter its system calls")

// failSyncs makes every later fdatasync of the process fail with errno, in all
// threads: a seccomp filter, which the kernel never removes again.
func failSyncs(errno syscall.Errno) error {
	const load, jumpIfEqual, ret = 0x20, 0x15, 0x06 // BPF
	filter := []syscall.SockFilter{
		{Code: load}, // the number of the system call
		{Code: jumpIfEqual, Jf: 1, K: syscall.SYS_FDATASYNC},
		{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: ret, K: unix.SECCOMP_RET_ALLOW},
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return errNoSeccomp
	}
	_, _, failed := syscall.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if failed != 0 {
		return errNoSeccomp
	}
	return nil
}
