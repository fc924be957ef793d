package boltlog

import (
	"errors"
	"fmt"
	"reflect"
	"syscall"
	"testing"
	"unsafe"

	"parodywave/eventlog"
)

// onWrite calls hook before each write of l's bbolt. If hook returns an error,
// half of the bytes are written and bbolt gets the error.
func onWrite(l *Log, hook func(page []byte, offset int64) error) {
	type writeAt = func(b []byte, offset int64) (int, error)
	field := reflect.ValueOf(l.db).Elem().FieldByName("ops").FieldByName("writeAt")
	at := (*writeAt)(unsafe.Pointer(field.UnsafeAddr())) // bbolt has no option for it
	write := *at
	*at = func(b []byte, offset int64) (int, error) {
		if err := hook(b, offset); err != nil {
			n, _ := write(b[:len(b)/2], offset)
			return n, err
		}
		return write(b, offset)
	}
}

// A write of a data page that finds no space has changed nothing that counts;
// one of the meta page may have. Every write of a commit fails once, with every
// errno.
func TestNoSpaceIsHarmlessOnlyBeforeTheFirstSync(t *testing.T) {
	t.Parallel()
	harmless := map[syscall.Errno]bool{syscall.ENOSPC: true, syscall.EFBIG: true, syscall.EROFS: true, syscall.EDQUOT: true, syscall.EIO: false}
	for errno := range harmless {
		data, meta := 0, 0
		for failing, more := 0, true; more; failing++ {
			path := newPath(t)
			l := open(t, path, Options{})
			head := appendN(t, l, "s", 7)
			writes, fails, passes := 0, false, harmless[errno]
			onWrite(l, func(_ []byte, offset int64) error {
				if writes++; writes != failing+1 {
					return nil
				}
				if fails = true; offset < 2*pageSize {
					meta++
					passes = false
				} else {
					data++
				}
				return errno
			})
			_, err := l.Append(ctx, "s", head.Revision, changed(8))
			switch more = fails; {
			case !fails:
				if err != nil {
					t.Fatalf("write %d of %d: %v", failing, writes, err)
				}
			case passes:
				err = harmlessly(l, head, err, errno)
			case !errors.Is(err, eventlog.ErrUnknown) || errors.Is(err, eventlog.ErrUnavailable):
				err = fmt.Errorf("returns %w", err)
			default:
				err = broken(l)
			}
			if err != nil {
				t.Fatalf("%v from write %d: %v", errno, failing, err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || len(r.Heads) != 1 || r.Heads[0].Revision < 7 {
				t.Fatalf("%v from write %d: %v %v", errno, failing, err, r.Err())
			}
		}
		if data < 2 || meta != 1 {
			t.Errorf("%v: %d writes of data pages failed, %d of meta pages", errno, data, meta)
		}
	}
}

// harmlessly returns an error unless the append with the outcome refused has
// left head where it was, and the next one passes.
func harmlessly(l *Log, head eventlog.Head, refused error, errno syscall.Errno) error {
	if !errors.Is(refused, eventlog.ErrUnavailable) || errors.Is(refused, eventlog.ErrUnknown) || !errors.Is(refused, errno) {
		return fmt.Errorf("returns %w", refused)
	}
	if now, _ := l.Head(ctx, "s"); now != head {
		return fmt.Errorf("the head moved from %v to %v", head, now)
	}
	if _, err := l.Append(ctx, "s", head.Revision, changed(8)); err != nil {
		return fmt.Errorf("the next append: %w", err)
	}
	if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
		return fmt.Errorf("verify: %w %w", err, r.Err())
	}
	return nil
}

// broken returns an error unless the log refuses all appends as unknown.
func broken(l *Log) error {
	for _, s := range []eventlog.Stream{"s", "other"} {
		if _, err := l.Append(ctx, s, 0, entryOf(10)); !errors.Is(err, eventlog.ErrUnknown) {
			return fmt.Errorf("append to a broken log: %w", err)
		}
	}
	return nil
}
