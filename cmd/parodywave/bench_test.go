package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/typist"
	"parodywave/cmd/parodywave/typist/load"
)

// served starts the program on an empty directory for a benchmark.
func served(b *testing.B) (s *process, data string) {
	b.Helper()
	data = b.TempDir()
	s = newServer(b, build(b), data)
	s.start()
	return s, data
}

// typed runs a plan and reports it.
func typed(b *testing.B, p load.Plan) *load.Report {
	b.Helper()
	r, err := load.Run(b.Context(), p, func(string, ...any) {})
	if err != nil {
		b.Fatal(err)
	}
	var table strings.Builder
	if err := r.Table(&table); err != nil {
		b.Fatal(err)
	}
	b.Logf("\n%s", &table)
	if !r.OK() {
		b.Error("edits were lost, doubled or reordered")
	}
	metrics(b, r)
	return r
}

func metrics(b *testing.B, r *load.Report) {
	b.ReportMetric(r.Latency.P50, "ms-p50")
	b.ReportMetric(r.Latency.P99, "ms-p99")
	b.ReportMetric(r.Foreign, "%foreign")
	if r.Server != nil {
		b.ReportMetric(r.Server.CPU, "%server")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKeystrokeToOthers types as people do: ten threads, one writer and
// four readers in each, five edits a second a writer.
func BenchmarkKeystrokeToOthers(b *testing.B) {
	s, _ := served(b)
	for b.Loop() {
		typed(b, load.Plan{URL: s.url(), Threads: 10, Writers: 1, Readers: 4, Rate: 5, Duration: 6 * time.Second})
	}
}

// BenchmarkEverybodyTypes has all five of each thread type.
func BenchmarkEverybodyTypes(b *testing.B) {
	s, _ := served(b)
	for b.Loop() {
		typed(b, load.Plan{URL: s.url(), Threads: 10, Writers: 5, Readers: 0, Rate: 5, Duration: 6 * time.Second})
	}
}

// BenchmarkSaturation raises the rate of a hundred threads, one writer and five
// readers in each, until the 99th percentile is over 250 ms or the writers fall
// behind in three tries, and reports the last rate that passed.
func BenchmarkSaturation(b *testing.B) {
	for b.Loop() {
		s, _ := served(b)
		best, of := 0.0, new(load.Report)
		for _, rate := range []float64{20, 40, 60, 80, 100, 120, 150, 180, 220, 260} {
			p := load.Plan{URL: s.url(), Threads: 100, Writers: 1, Readers: 5, Rate: rate, Duration: 3 * time.Second}
			for try := 0; try < 3 && best < 100*rate; try++ {
				r := typed(b, p)
				planned := 100 * rate * 3.9 // with the second of warming up
				if r.Latency.P99 <= 250 && float64(r.Typed) >= 0.95*planned {
					best, of = 100*rate, r
				}
			}
			if best < 100*rate {
				break
			}
		}
		b.ReportMetric(best, "edits/s")
		metrics(b, of)
	}
}

// BenchmarkIdleConnections reports what a joined connection that does nothing
// costs the server in memory: a thousand of them on a hundred new threads.
func BenchmarkIdleConnections(b *testing.B) {
	for b.Loop() {
		s, _ := served(b)
		time.Sleep(time.Second)
		before := resident(b, s)
		clients := crowdOf(b, s.url(), 100, 10)
		time.Sleep(5 * time.Second)
		after := resident(b, s)
		b.Logf("%d KiB without connections, %d KiB with %d", before, after, len(clients))
		b.ReportMetric(float64(after-before)/float64(len(clients)), "KiB/conn")
		for _, c := range clients {
			_ = c.Close()
		}
		s.kill()
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkKillUnderLoad kills the server under 3,000 edits a second, one writer
// in each of fifty threads, and reports how many of the edits that somebody saw
// or was acknowledged are missing.
func BenchmarkKillUnderLoad(b *testing.B) {
	lost, seen := 0, 0
	for b.Loop() {
		data := b.TempDir()
		c := newCrash(b, newServer(b, build(b), data), data, rand.Uint64(), time.Second/60)
		c.gather(50, 1, 0, 0)
		start := time.Now()
		time.Sleep(4*time.Second + rand.N(2*time.Second))
		took := time.Since(start)
		c.server.kill()
		time.Sleep(20 * time.Millisecond)
		c.check()
		lost += len(c.journal.complaints())
		seen += c.journal.receipts
		b.Logf("killed after %v at %.0f edits/s: %s; %d missing", took.Round(time.Millisecond),
			float64(c.journal.receipts)/took.Seconds(), c.journal.summary(), len(c.journal.complaints()))
		c.end()
	}
	b.ReportMetric(float64(lost), "lost")
	b.ReportMetric(float64(seen), "acknowledged")
	b.ReportMetric(0, "ns/op")
}

// crowdOf joins each of so many threads several times.
func crowdOf(b *testing.B, url string, threads, each int) []*typist.Client {
	b.Helper()
	clients := make([]*typist.Client, threads*each)
	slots := make(chan struct{}, 16)
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			thread := ""
			for k := range each {
				c, err := typist.Dial(b.Context(), typist.Options{URL: url, User: "Idle " + strconv.Itoa(k), Thread: thread, Title: "Idle " + strconv.Itoa(i)})
				if err != nil {
					b.Error(err)
					return
				}
				thread, clients[i*each+k] = c.Thread(), c
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return clients
}

// resident returns a process's resident memory in KiB.
func resident(b *testing.B, s *process) int {
	b.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		b.Skip("no /proc: ", err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
