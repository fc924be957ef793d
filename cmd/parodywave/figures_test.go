package main

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog/boltlog"
)

// BenchmarkFigures measures what docs/benchmarks.md tells, part by part:
//
//	go test -run '^$' -bench Figures/fanout -benchtime 1x ./cmd/parodywave
//
// The server is the built program in a process of its own wherever there is a
// server in a figure; the log is opened as the server opens it wherever there is
// none. Each part ends with a line whole: what all other processes used of the
// machine meanwhile, in percent of a core, which must be little for the rest to
// mean anything. With -short everything is a twentieth in size, to see that it
// works; the figures are then none.
func BenchmarkFigures(b *testing.B) {
	l := &lab{temp: b.TempDir()}
	for _, part := range []struct {
		name string
		run  func(*testing.B, *lab)
	}{
		{"probe", probes}, {"rest", atRest}, {"replay", replays}, {"append", appends}, {"join", joins}, {"open", opens},
		{"idle", idles}, {"latency", latencies}, {"fanout", fanout}, {"readers", readers}, {"saturation", saturation},
		{"start", starts}, {"flat", flat},
	} {
		b.Run(part.name, func(b *testing.B) {
			before := occupied()
			part.run(b, l)
			foreign := occupied().since(before)
			measure(b, "whole", func(b *testing.B) { b.ReportMetric(foreign, "%foreign") })
		})
	}
}

// measure runs f once as a benchmark of its own, which reports its metrics.
func measure(b *testing.B, name string, f func(b *testing.B)) {
	b.Run(name, func(b *testing.B) {
		for range b.N {
			f(b)
		}
		b.ReportMetric(0, "ns/op")
	})
}

// A lab has what several parts need, made when the first one does.
type lab struct {
	temp    string
	program string
	once    struct{ build, paper, many sync.Once }
	paper   paper
	many    string // the data directory with many threads
}

// scaled returns n, or a twentieth of it with -short.
func scaled(n int) int {
	if testing.Short() {
		return max(n/20, 1)
	}
	return n
}

// built returns the program.
func (l *lab) built(b *testing.B) string {
	b.Helper()
	l.once.build.Do(func() {
		l.program = l.temp + "/parodywave"
		if out, err := exec.Command("go", "build", "-o", l.program, ".").CombinedOutput(); err != nil {
			l.program = ""
			b.Errorf("build: %v\n%s", err, out)
		}
	})
	if l.program == "" {
		b.Fatal("the program was not built")
	}
	return l.program
}

// dir makes a data directory, which is gone after all parts.
func (l *lab) dir(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp(l.temp, "data")
	if err != nil {
		b.Fatal(err)
	}
	return dir
}

// asServed opens the log of a directory as the server does, its settings, its
// sealing and all.
func asServed(b *testing.B, data string) *boltlog.Log {
	b.Helper()
	a := &app{options: options{Data: data}, ctx: context.Background(), err: os.Stderr}
	log, err := a.openToServe(slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)))
	if err != nil {
		b.Fatal(err)
	}
	return log
}

// rested starts a server of a directory and stops it again, and compacts the
// log where there is a command for it: what a night does to a log.
func (l *lab) rested(b *testing.B, data string) {
	b.Helper()
	s := newServer(b, l.built(b), data)
	s.start()
	if err := s.stop(); err != nil {
		b.Fatalf("the server ended with %v\n%s", err, &s.stderr)
	}
	if exec.Command(l.program, "compact", "--help").Run() == nil {
		output(b, l.program, "--data", data, "compact")
	}
}

// An occupation is how much processor time was used so far: by all, and by this
// process with those that it started and that have ended.
type occupation struct {
	at         time.Time
	all, ours  time.Duration
	unreadable bool
}

func occupied() occupation {
	o := occupation{at: time.Now(), ours: used(syscall.RUSAGE_SELF) + used(syscall.RUSAGE_CHILDREN)}
	data, err := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(data, []byte("\n"))
	for i, f := range bytes.Fields(line) {
		if n, err := strconv.ParseInt(string(f), 10, 64); err == nil && i != 4 && i != 5 && i < 9 { // idle, waiting; guests are in user
			o.all += time.Duration(n) * 10 * time.Millisecond
		}
	}
	o.unreadable = err != nil
	return o
}

// since returns what others used, in percent of a core.
func (o occupation) since(before occupation) float64 {
	if o.unreadable {
		return 0
	}
	others := (o.all - before.all) - (o.ours - before.ours)
	return math.Round(100 * max(0, others.Seconds()/o.at.Sub(before.at).Seconds()))
}

// used returns the processor time of this process or of its children.
func used(who int) time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(who, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// quantile sorts all and returns the one at q.
func quantile(all []time.Duration, q float64) time.Duration {
	slices.Sort(all)
	return all[int(q*float64(len(all)-1))]
}
