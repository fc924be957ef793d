package boltlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/eventlog"
)

// probe returns the times of n raw appends of 4 KiB with a sync after each, in
// ascending order: what the disk does at best, here and now.
func probe(b *testing.B, n int) []time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, 4096)
	took := make([]time.Duration, n)
	for i := range took {
		begin := time.Now()
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := datasync(f); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return took
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// report adds quantiles of acknowledged appends, beside those of the raw disk.
func report(b *testing.B, acks, raw []time.Duration) {
	slices.Sort(acks)
	b.ReportMetric(0, "ns/op")
	for _, q := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p99", 0.99}} {
		ack, disk := quantile(acks, q.at), quantile(raw, q.at)
		b.ReportMetric(milliseconds(ack), q.name+"-ms")
		b.ReportMetric(float64(ack)/float64(disk), q.name+"/raw")
	}
}

// BenchmarkClients runs several clients, each with one append under way.
func BenchmarkClients(b *testing.B) {
	for _, clients := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			raw := probe(b, 500)
			l := open(b, newPath(b), Options{})
			acks := make([]time.Duration, b.N)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for c := range clients {
				wg.Go(func() {
					s, head := eventlog.Stream(fmt.Sprintf("thread-%04d", c)), eventlog.Head{}
					for {
						i := next.Add(1) - 1
						if i >= int64(b.N) {
							return
						}
						begin := time.Now()
						var err error
						if head, err = l.Append(ctx, s, head.Revision, changed(int(head.Revision))); err != nil {
							b.Error(err)
							return
						}
						acks[i] = time.Since(begin)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			report(b, acks, raw)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkSaturated: a few writers with appends of 1,024 records.
func BenchmarkSaturated(b *testing.B) {
	raw := probe(b, 200)
	path := newPath(b)
	l := open(b, path, Options{})
	const size = 1024
	records := make([]eventlog.Record, size)
	for i := range records {
		records[i] = changed(i)
		records[i].Time = 1_700_000_000_000
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for c := range 8 {
		wg.Go(func() {
			s, head := eventlog.Stream(fmt.Sprintf("thread-%04d", c)), eventlog.Head{}
			for next.Add(1) <= int64(b.N) {
				var err error
				if head, err = l.Append(ctx, s, head.Revision, records...); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)*size/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(milliseconds(quantile(raw, 0.5)), "raw-p50-ms")
	b.ReportMetric(float64(liveBytes(b, l))/float64(b.N)/size, "B/event")
}

// BenchmarkOffered20k: 20,000 single events a second from 200 threads, whether
// or not the log keeps up.
func BenchmarkOffered20k(b *testing.B) {
	raw := probe(b, 1000)
	l := open(b, newPath(b), Options{})
	const rate, threads = 20_000, 200
	n := max(b.N, rate) // at least one second
	acks := make([]time.Duration, n)
	type slot struct {
		i  int
		at time.Time
	}
	var wg sync.WaitGroup
	feeds := make([]chan slot, threads)
	for c := range feeds {
		feeds[c] = make(chan slot, n/threads+1)
		wg.Go(func() {
			s, head := eventlog.Stream(fmt.Sprintf("thread-%04d", c)), eventlog.Head{}
			for q := range feeds[c] {
				var err error
				if head, err = l.Append(ctx, s, head.Revision, changed(int(head.Revision))); err != nil {
					b.Error(err)
					return
				}
				acks[q.i] = time.Since(q.at)
			}
		})
	}
	b.ResetTimer()
	begin := time.Now()
	for i := 0; i < n; {
		due := min(n, int(time.Since(begin).Seconds()*rate))
		for ; i < due; i++ {
			feeds[i%threads] <- slot{i, begin.Add(time.Duration(i) * time.Second / rate)}
		}
		time.Sleep(50 * time.Microsecond)
	}
	for _, f := range feeds {
		close(f)
	}
	wg.Wait()
	b.StopTimer()
	report(b, acks, raw)
	b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "events/s")
	b.ReportMetric(float64(liveBytes(b, l))/float64(n), "B/event")
}

// liveBytes returns the bytes of all stored values of the log.
func liveBytes(b *testing.B, l *Log) int {
	b.Helper()
	size := 0
	for at, end := eventlog.Position(1), l.last; at <= end; {
		groups, err := l.scanPage(context.Background(), at)
		if err != nil {
			b.Fatal(err)
		}
		for _, v := range groups {
			size += len(v.value) + 8
			e, err := l.opener().open(v.value)
			if err != nil {
				b.Fatal(err)
			}
			at = e.Last() + 1
		}
	}
	return size
}

func fill100k(b *testing.B, batch int) string {
	path := newPath(b)
	l := open(b, path, Options{NoSync: true})
	const n = 200_000
	for i := 0; i < n; i += batch {
		s := eventlog.Stream(fmt.Sprintf("thread-%04d", i/batch%16))
		head, _ := l.Head(ctx, s)
		records := make([]eventlog.Record, batch)
		for j := range records {
			records[j] = changed(int(head.Revision) + j)
		}
		if _, err := l.Append(ctx, s, head.Revision, records...); err != nil {
			b.Fatal(err)
		}
	}
	l.Close()
	return path
}

// BenchmarkScan reads a whole log of 200,000 records, which were appended one by
// one or 64 at a time.
func BenchmarkScan(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			l := open(b, fill100k(b, batch), Options{ReadOnly: true})
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range l.Scan(ctx, 0) {
					if n++; err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkOpen opens such a log.
func BenchmarkOpen(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			path := fill100k(b, batch)
			for b.Loop() {
				l, err := Open(path, Options{ReadOnly: true})
				if err != nil {
					b.Fatal(err)
				}
				l.Close()
			}
			b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
