package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

func newFile(b *testing.B, path string) *os.File {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// synced returns how long n appends of 4 KiB took with a sync after each: to a
// file that grows, or to one that was written before, as a write-ahead log
// that is used again.
func synced(b *testing.B, dir string, n int, preallocated bool) []time.Duration {
	b.Helper()
	f := newFile(b, filepath.Join(dir, "probe"))
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	if preallocated {
		for i := range n {
			if _, err := f.WriteAt(page, int64(i)*4096); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	took := make([]time.Duration, n)
	for i := range took {
		start := time.Now()
		_, err := f.WriteAt(page, int64(i)*4096)
		if err == nil {
			err = syscall.Fdatasync(int(f.Fd()))
		}
		if took[i] = time.Since(start); err != nil {
			b.Fatal(err)
		}
	}
	return took
}

// probes measures what the disk and the sockets take by themselves.
func probes(b *testing.B, l *lab) {
	for _, name := range []string{"fdatasync", "wal"} {
		measure(b, name, func(b *testing.B) {
			took := synced(b, l.temp, scaled(2000), name == "wal")
			b.ReportMetric(milliseconds(quantile(took, 0.5)), "ms-p50")
			b.ReportMetric(milliseconds(quantile(took, 0.99)), "ms-p99")
		})
	}
	measure(b, "relay", relayed)
}

// keystroke is a typical record.
func typedRecord(length int, now int64) eventlog.Record {
	r := event.Encode(event.Changed{Change: ot.Replace(length, length, length, []uint16{'a' + uint16(length%26)})})
	r.Time, r.Author[0], r.Client[0], r.Seq = now, 1, 1, uint64(length+1)
	return r
}

// appends measures the log by itself, open as the server opens it.
func appends(b *testing.B, l *lab) {
	measure(b, "saturated", func(b *testing.B) { saturated(b, l.dir(b)) })
	measure(b, "offered", func(b *testing.B) { offered(b, l.dir(b)) })
}

// saturated has eight writers append 1,024 records at a time.
func saturated(b *testing.B, data string) {
	const size, writers = 1024, 8
	total := scaled(4_000_000) / size / writers
	log := asServed(b, data)
	records := make([]eventlog.Record, size)
	for i := range records {
		records[i] = typedRecord(i, typingBegan)
	}
	var all sync.WaitGroup
	start := time.Now()
	for i := range writers {
		all.Go(func() {
			at := eventlog.Revision(0)
			for range total {
				head, err := log.Append(context.Background(), streamOf("A", i), at, records...)
				if err != nil {
					b.Error(err)
					return
				}
				at = head.Revision
			}
		})
	}
	all.Wait()
	n := float64(total * size * writers)
	b.ReportMetric(n/time.Since(start).Seconds(), "events/s")
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
}

// offered has 20,000 single events a second come in from 200 threads, whether or
// not the log keeps up. The time of an acknowledgement runs from when an event
// was handed over or, where that was more than a millisecond late, from when it
// was due: a sleep that ends a little late is not the log's. The disk is probed
// before and after.
func offered(b *testing.B, data string) {
	const rate, threads = 20_000, 200
	n := rate * max(scaled(8), 1)
	raw, wal := synced(b, data, 500, false), synced(b, data, 500, true)
	log := asServed(b, data)
	took := make([]time.Duration, n)
	type handed struct {
		i  int
		at time.Time
	}
	feeds := make([]chan handed, threads)
	start := time.Now()
	var all sync.WaitGroup
	for t := range feeds {
		feeds[t] = make(chan handed, n/threads+1)
		all.Go(func() {
			head := eventlog.Head{}
			for h := range feeds[t] {
				var err error
				if head, err = log.Append(context.Background(), streamOf("N", t), head.Revision, typedRecord(int(head.Revision), typingBegan+int64(h.i/20))); err != nil {
					b.Error(err)
					return
				}
				took[h.i] = time.Since(h.at)
			}
		})
	}
	for i := range n {
		due := start.Add(time.Duration(i) * time.Second / rate)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		if now := time.Now(); now.Sub(due) < time.Millisecond {
			due = now
		}
		feeds[i%threads] <- handed{i, due}
	}
	for _, f := range feeds {
		close(f)
	}
	all.Wait()
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	raw, wal = append(raw, synced(b, data, 500, false)...), append(wal, synced(b, data, 500, true)...)
	p50 := quantile(took, 0.5)
	b.ReportMetric(milliseconds(p50), "ms-p50")
	b.ReportMetric(milliseconds(quantile(took, 0.99)), "ms-p99")
	b.ReportMetric(float64(p50)/float64(quantile(raw, 0.5)), "p50/fdatasync")
	b.ReportMetric(float64(p50)/float64(quantile(wal, 0.5)), "p50/wal")
}

// flat has one client wait for each of its appends, in logs of three sizes in
// turn, so that whatever else the machine does meets all of them alike.
func flat(b *testing.B, l *lab) {
	measure(b, "ack", func(b *testing.B) {
		names := []string{"ms-1k", "ms-100k", "ms-10M"}
		data := []string{l.manyThreads(b, l.dir(b), 10, 100), l.manyThreads(b, l.dir(b), 100, 1000), l.tenMillion(b)}
		logs := make([]*boltlog.Log, len(data))
		heads := make([]eventlog.Head, len(data))
		took := make([][]time.Duration, len(data))
		for i := range data {
			logs[i] = asServed(b, data[i])
			defer logs[i].Close()
		}
		for round := range scaled(4000) {
			for k := range logs {
				i := (round + k) % len(logs)
				start := time.Now()
				var err error
				heads[i], err = logs[i].Append(context.Background(), streamOf("F", 0), heads[i].Revision, typedRecord(round, typingBegan))
				if err != nil {
					b.Fatal(err)
				}
				took[i] = append(took[i], time.Since(start))
			}
		}
		var p50 []float64
		for i := range took {
			p50 = append(p50, float64(quantile(took[i], 0.5).Nanoseconds())/1e6)
			b.ReportMetric(p50[i], names[i])
		}
		b.ReportMetric(100*(slices.Max(p50)/slices.Min(p50)-1), "%spread")
	})
}

// tenMillion returns a directory with ten million events in a thousand threads.
func (l *lab) tenMillion(b *testing.B) string {
	b.Helper()
	l.once.many.Do(func() { l.many = l.manyThreads(b, l.dir(b), 1000, scaled(10_000)) })
	if l.many == "" {
		b.Skip("there is no log of ten million events")
	}
	return l.many
}

// manyThreads fills a directory with threads of that many events each, typed by
// people who take turns, a few hundred events at a time, and lets a night pass.
func (l *lab) manyThreads(b *testing.B, data string, threads, each int) string {
	b.Helper()
	var typed [][]eventlog.Record // of some people; the same again in many threads
	for i := range 20 {
		typed = append(typed, prose(b, uint64(100+i), each))
	}
	of := func(i int, id [16]byte) [16]byte {
		id[0], id[1] = byte(i), byte(i>>8)
		return id
	}
	log := asServed(b, data)
	var authors []eventlog.AuthorID
	for i := range threads {
		authors = append(authors, of(i, typed[i%len(typed)][0].Author))
	}
	introduce(b, log, authors)
	var next atomic.Int64
	const turn = 500
	for at := 0; at < each; at += turn {
		next.Store(0)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for i := int(next.Add(1)) - 1; i < threads; i = int(next.Add(1)) - 1 {
					records := slices.Clone(typed[i%len(typed)][at:min(at+turn, each)])
					for k := range records {
						r := &records[k]
						if r.Author, r.Time = of(i, r.Author), r.Time+int64(i); r.Seq > 0 {
							r.Client = of(i, r.Client)
						}
					}
					put(b, log, streamOf("M", i), eventlog.Revision(at), records, turn)
				}
			})
		}
		all.Wait()
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	l.rested(b, data)
	return data
}

// prose is what somebody types who mostly goes on and sometimes goes back.
func prose(b *testing.B, seed uint64, n int) []eventlog.Record {
	b.Helper()
	const letters = "etaoinshrdlu etaoinsh etao cmfwypvbgkqjxz "
	w := newTypewriter(seed, 1)
	records := []eventlog.Record{w.open("Prose")}
	for at := 0; len(records) < n; {
		s := keystroke{pos: at}
		switch k := w.r.IntN(100); {
		case k == 0:
			s.pos = w.r.IntN(w.length + 1)
			s.insert = " "
		case k < 8 && at > 0:
			s.pos, s.del = at-1, 1
		case k < 10:
			s.insert = "\n"
		default:
			s.insert = string(letters[w.r.IntN(len(letters))])
		}
		r, err := w.keystroke(s)
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, r)
		at = s.pos + len(s.insert)
	}
	return records
}
