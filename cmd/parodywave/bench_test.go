package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/seeds"
)

// BenchmarkKillUnderLoad kills the server under 3,000 edits a second, one writer
// in each of fifty threads, and reports how many of the edits that somebody saw
// or was acknowledged are missing.
func BenchmarkKillUnderLoad(b *testing.B) {
	lost, seen := 0, 0
	for b.Loop() {
		data := b.TempDir()
		c := newCrash(b, newServer(b, build(b), data), data, seeds.For(b), time.Second/60)
		c.gather(50, 1, 0, 0)
		start := time.Now()
		time.Sleep(4*time.Second + time.Duration(c.r.Int64N(int64(2*time.Second))))
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

// dialAll joins each thread several times.
func dialAll(b *testing.B, url string, threads, each int) []*client.Client {
	b.Helper()
	clients := make([]*client.Client, threads*each)
	slots := make(chan struct{}, 16)
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			thread := ""
			for k := range each {
				c, err := client.Dial(b.Context(), client.Options{URL: url, User: "Idle " + strconv.Itoa(k), Thread: thread, Title: "Idle " + strconv.Itoa(i)})
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
