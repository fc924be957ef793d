package boltlog

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"

	"parodywave/eventlog"
)

// A watch is bbolt's logger. bbolt turns some system errors into text and does not
// return the step at which a commit failed, but logs both. The messages are those
// of bbolt 1.5.0. After a failure at an unknown step nobody knows what is on disk.
type watch struct {
	mu   sync.Mutex
	step error // the commit's failure, if it came before the first sync
}

// reset begins a commit.
func (w *watch) reset() {
	w.mu.Lock()
	w.step = nil
	w.mu.Unlock()
}

// refused returns why the disk accepted nothing of the commit, or nil.
func (w *watch) refused() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range []error{syscall.ENOSPC, syscall.EFBIG, syscall.EROFS, syscall.EDQUOT} {
		if errors.Is(w.step, e) {
			return w.step
		}
	}
	return nil
}

// Errorf notes failures before the first sync: the file could not grow, or a data
// page could not be written.
func (w *watch) Errorf(format string, args ...any) {
	if !strings.Contains(format, "truncating file failed") && !strings.HasPrefix(format, "writeAt failed, offset") {
		return
	}
	if err, ok := args[len(args)-1].(error); ok {
		w.mu.Lock()
		w.step = err
		w.mu.Unlock()
	}
}

func (w *watch) Debug(...any)            {}
func (w *watch) Debugf(string, ...any)   {}
func (w *watch) Error(...any)            {}
func (w *watch) Info(...any)             {}
func (w *watch) Infof(string, ...any)    {}
func (w *watch) Warning(...any)          {}
func (w *watch) Warningf(string, ...any) {}
func (w *watch) Fatal(v ...any)          { panic(fmt.Sprint(v...)) }
func (w *watch) Fatalf(f string, v ...any) {
	panic(fmt.Sprintf(f, v...))
}
func (w *watch) Panic(v ...any) { panic(fmt.Sprint(v...)) }
func (w *watch) Panicf(f string, v ...any) {
	panic(fmt.Sprintf(f, v...))
}

// outcome returns the error of a failed commit's appends. If fatal, the log is
// broken.
func (l *Log) outcome(err error) (_ error, fatal bool) {
	if why := l.watch.refused(); why != nil && !errors.Is(err, eventlog.ErrDamaged) {
		return fmt.Errorf("commit to %s: %w: %w", l.path, eventlog.ErrUnavailable, why), false
	}
	return fmt.Errorf("commit to %s: %w: %w", l.path, eventlog.ErrUnknown, err), true
}
