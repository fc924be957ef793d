package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"
)

// How much more a server may have in the last third of its life than in the second.
const (
	moreGoroutines = 24 // a few visitors
	moreFiles      = 8
	moreHeap       = 8 << 10 // KiB; threads keep up to 1 Mi units of deleted text
)

// judge compares the second third of a life with the last.
func (w *watch) judge(o *outcome) error {
	if err := w.traces(); err != nil {
		return err
	}
	if len(w.goroutines) < 3 {
		return fmt.Errorf("the server printed %d lists of goroutines", len(w.goroutines))
	}
	for _, x := range []struct {
		what    string
		samples []int
		more    int
	}{
		{"goroutines", w.goroutines, moreGoroutines},
		{"open files", w.files, moreFiles},
		{"KiB of heap", w.heap, moreHeap},
		{"KiB of resident memory", w.rss, 4 * moreHeap},
	} {
		n := len(x.samples)
		if n < 6 {
			continue // too short a life for this
		}
		before, after := median(x.samples[n/3:2*n/3]), median(x.samples[2*n/3:])
		o.most("most "+x.what, after)
		o.most("most growth of "+x.what, after-before)
		if after > before+before/4+x.more {
			o.lose("%d %s became %d", before, x.what, after)
		}
	}
	return w.file(o)
}

// file notes the size of the log and its free pages.
func (w *watch) file(o *outcome) error {
	db, err := bbolt.Open(w.v.logPath(), 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return err
	}
	defer db.Close()
	info, err := os.Stat(w.v.logPath())
	if err != nil {
		return err
	}
	o.most("most KiB of log", int(info.Size()>>10))
	o.most("most free pages", db.Stats().FreePageN+db.Stats().PendingPageN)
	return nil
}

func (o *outcome) most(detail string, n int) {
	o.count(detail, max(0, n-o.details[detail]))
}

func median(all []int) int {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// collected is the line that gctrace prints after a collection: the heap at its start,
// at its end, and what of it lives.
var collected = regexp.MustCompile(`^gc \d+ @.* \d+->\d+->(\d+) MB,`)

// traces reads what the runtime printed since the watch began: the number of goroutines at each moment, and
// the heap that each collection left.
func (w *watch) traces() error {
	f, err := os.Open(w.said)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(w.from, io.SeekStart); err != nil {
		return err
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		line := s.Text()
		switch m := collected.FindStringSubmatch(line); {
		case m != nil:
			n, _ := strconv.Atoi(m[1])
			w.heap = append(w.heap, n<<10)
		case strings.HasPrefix(line, "SCHED "):
			w.goroutines = append(w.goroutines, 0)
		case strings.HasPrefix(line, "  G") && !strings.Contains(line, "status=6(") && len(w.goroutines) > 0: // 6: it has ended
			w.goroutines[len(w.goroutines)-1]++
		}
	}
	return s.Err()
}
