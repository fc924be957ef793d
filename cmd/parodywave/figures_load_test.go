package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen"
)

// pinned returns a command that runs on one core, where that can be said, and
// with so much processor time as there is on one anyway.
func pinned(core int, command []string) []string {
	if _, err := exec.LookPath("taskset"); err != nil || runtime.NumCPU() <= core {
		return command
	}
	return append([]string{"taskset", "-c", fmt.Sprint(core)}, command...)
}

// loaded runs the command loadtest in a process of its own and returns what it
// says. Something that got lost fails the benchmark.
func loaded(b *testing.B, command []string) *loadgen.Report {
	b.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = environ()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	r := new(loadgen.Report)
	if err == nil {
		err = json.Unmarshal(out, r)
	}
	if err != nil || !r.OK() {
		b.Fatalf("load test: %v\n%s%s", err, out, &said)
	}
	b.ReportMetric(r.Latency.P50, "ms-p50")
	b.ReportMetric(r.Latency.P99, "ms-p99")
	b.ReportMetric(r.Last.P99, "ms-last-p99")
	b.ReportMetric(r.Ack.P50, "ms-ack-p50")
	b.ReportMetric(r.Generator, "%generator")
	b.ReportMetric(r.Foreign, "%foreign")
	if r.Server != nil {
		b.ReportMetric(r.Server.CPU, "%server")
	}
	return r
}

// loadtest runs the command against a new server with the arguments of both.
func (l *lab) loadtest(b *testing.B, args ...string) *loadgen.Report {
	b.Helper()
	s := newServer(b, l.built(b), l.dir(b))
	s.start()
	return loaded(b, append([]string{l.program, "loadtest", s.url(), "--json"}, args...))
}

func lasting(seconds int) string { return fmt.Sprintf("--duration=%ds", max(scaled(seconds), 2)) }

// latencies types as people do: five edits a second each.
func latencies(b *testing.B, l *lab) {
	measure(b, "one-writes", func(b *testing.B) {
		l.loadtest(b, "--threads=10", "--writers=1", "--readers=4", "--rate=5", lasting(8))
	})
	measure(b, "all-write", func(b *testing.B) {
		l.loadtest(b, "--threads=10", "--writers=5", "--readers=0", "--rate=5", lasting(8))
	})
}

// fanout has 20 of 1,000 in one room type 400 edits a second together.
func fanout(b *testing.B, l *lab) {
	measure(b, "room", func(b *testing.B) {
		r := l.loadtest(b, "--threads=1", "--writers=20", fmt.Sprintf("--readers=%d", scaled(980)), "--rate=20", lasting(10))
		if r.Server == nil {
			b.Skip("the server's processor time cannot be seen")
		}
		b.ReportMetric(r.Server.PerCoreSecond, "deliveries/core-s")
		b.ReportMetric(r.EditsPerSecond, "edits/s")
	})
}

// readers has 1,000 look on while one types.
func readers(b *testing.B, l *lab) {
	measure(b, "room", func(b *testing.B) {
		l.loadtest(b, "--threads=1", "--writers=1", fmt.Sprintf("--readers=%d", scaled(1000)), "--rate=5", lasting(15))
	})
}

// saturation raises the rate of a hundred threads, one writer and five readers
// in each, with the server on one core and the generator on the other.
func saturation(b *testing.B, l *lab) {
	measure(b, "core", func(b *testing.B) {
		s := newServer(b, l.built(b), l.dir(b))
		s.command = pinned(0, s.command)
		s.environ = []string{"GOMAXPROCS=1"}
		s.start()
		time.Sleep(100 * time.Millisecond)
		r := loaded(b, pinned(1, []string{l.program, "loadtest", s.url(), "--json", fmt.Sprintf("--threads=%d", scaled(100)),
			"--writers=1", "--readers=5", "--rate=60", "--until-p99=250ms", "--step=1.2", "--tries=3", lasting(4)}))
		if !r.Held {
			b.Errorf("no rate held: %s", r.Reason)
		}
		b.ReportMetric(r.EditsPerSecond, "edits/s")
		b.ReportMetric(r.DeliveriesPerSecond, "deliveries/s")
		b.ReportMetric(float64(len(r.Steps)), "steps")
	})
}

// idles reports what a joined connection that does nothing costs the server in
// memory: a thousand of them on a hundred new threads.
func idles(b *testing.B, l *lab) {
	measure(b, "joined", func(b *testing.B) {
		s := newServer(b, l.built(b), l.dir(b))
		s.start()
		time.Sleep(time.Second)
		before := resident(b, s)
		clients := dialAll(b, s.url(), scaled(100), 10)
		time.Sleep(5 * time.Second)
		b.ReportMetric(float64(resident(b, s)-before)/float64(len(clients)), "KiB/conn")
		b.ReportMetric(float64(before)/1024, "MiB-before")
		for _, c := range clients {
			_ = c.Close()
		}
	})
}
