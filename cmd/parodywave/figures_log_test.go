package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"

	"go.etcd.io/bbolt"
)

// A paper is a log with the recorded paper in several threads, typed by three.
type paper struct {
	data       string
	threads    []eventlog.Stream
	keystrokes int // in each
	end        string
}

// papers is how many threads there are: as many joins can be cold.
const papers = 7

func streamOf(kind string, i int) eventlog.Stream {
	return eventlog.Stream(fmt.Sprintf("01K7%s%021d", kind, i))
}

// recorded returns the recorded paper.
func recorded(b *testing.B) trace {
	b.Helper()
	tr := sequential(b, filepath.Join(traces(b), "automerge-paper.json.gz"), 3)
	return tr.cut(scaled(len(tr.keystrokes)))
}

// typedLog appends what n typewriters make of a trace, each into a thread of its
// own, and returns the threads.
func typedLog(b *testing.B, data string, tr trace, n int) (threads []eventlog.Stream) {
	b.Helper()
	log := asServed(b, data)
	var authors []eventlog.AuthorID
	for i := range n {
		w := newTypewriter(uint64(i), 3)
		if i > 0 { // the same three wrote all of them
			w.authors = authors
		}
		authors = w.authors
		records := []eventlog.Record{w.open("The paper")}
		for _, s := range tr.keystrokes {
			r, err := w.keystroke(s)
			if err != nil {
				b.Fatal(err)
			}
			records = append(records, r)
		}
		threads = append(threads, streamOf("P", i))
		put(b, log, threads[i], 0, records, 1024)
	}
	introduce(b, log, authors)
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	return threads
}

// introduce says who the authors of a log are.
func introduce(b *testing.B, log eventlog.Log, authors []eventlog.AuthorID) {
	b.Helper()
	var records []eventlog.Record
	for i, id := range authors {
		r := event.Encode(event.Named{Name: fmt.Sprintf("Author %d", i+1), Kind: event.Person})
		r.Author, r.Time = id, typingBegan
		records = append(records, r)
	}
	head, err := log.Head(context.Background(), eventlog.Authors)
	if err == nil {
		_, err = log.Append(context.Background(), eventlog.Authors, head.Revision, records...)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func put(b *testing.B, log eventlog.Log, stream eventlog.Stream, at eventlog.Revision, records []eventlog.Record, batch int) {
	for chunk := range slices.Chunk(records, batch) {
		head, err := log.Append(context.Background(), stream, at, chunk...)
		if err != nil {
			b.Error(err)
			return
		}
		at = head.Revision
	}
}

// papered returns the log with the papers, after a night.
func (l *lab) papered(b *testing.B) *paper {
	b.Helper()
	l.once.paper.Do(func() {
		tr := recorded(b)
		p := paper{data: l.dir(b), keystrokes: len(tr.keystrokes), end: tr.end}
		p.threads = typedLog(b, p.data, tr, papers)
		l.rested(b, p.data)
		l.paper = p
	})
	if l.paper.end == "" {
		b.Skip("there is no log of the paper")
	}
	return &l.paper
}

// liveBytes returns the bytes of all pages in use of a directory's log.
func liveBytes(b *testing.B, data string) float64 {
	b.Helper()
	db, err := bbolt.Open(filepath.Join(data, "log.db"), 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	live := 0.0
	if err := db.View(func(tx *bbolt.Tx) error {
		live = float64(tx.Size()) - float64(db.Stats().FreePageN+db.Stats().PendingPageN)*float64(db.Info().PageSize)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return live
}

// unsealedBytes returns bytes a keystroke of what has just been written, 16 at a
// time, as when one types fast.
func unsealedBytes(b *testing.B, l *lab, tr trace) float64 {
	b.Helper()
	data := l.dir(b)
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{NoSync: true}) // too little to be sealed
	if err != nil {
		b.Fatal(err)
	}
	w := newTypewriter(0, 3)
	records := []eventlog.Record{w.open("The paper")}
	for _, s := range tr.keystrokes[:min(len(tr.keystrokes), 20_000)] {
		r, err := w.keystroke(s)
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, r)
	}
	put(b, log, streamOf("P", 0), 0, records, 16)
	live := liveBytesOf(b, log)
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	return live / float64(len(records))
}

// liveBytesOf is liveBytes of an open log, by a copy of it.
func liveBytesOf(b *testing.B, log *boltlog.Log) float64 {
	b.Helper()
	dir := b.TempDir()
	f := newFile(b, filepath.Join(dir, "log.db"))
	err := log.CopyTo(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		b.Fatal(err)
	}
	return liveBytes(b, dir)
}

// atRest measures bytes a keystroke in the pages in use of log.db, after a
// night: one busy thread, and a hundred at once.
func atRest(b *testing.B, l *lab) {
	measure(b, "paper", func(b *testing.B) {
		tr, data := recorded(b), l.dir(b)
		thread := typedLog(b, data, tr, 1)[0]
		l.rested(b, data)
		if output(b, l.program, "--data", data, "cat", string(thread)) != tr.end {
			b.Fatal("the text is not what was typed")
		}
		b.ReportMetric(liveBytes(b, data)/float64(len(tr.keystrokes)), "B/keystroke")
		b.ReportMetric(unsealedBytes(b, l, tr), "B/keystroke-unsealed")
	})
	measure(b, "hundred", func(b *testing.B) {
		tr, data := recorded(b), l.dir(b)
		n := typedAtOnce(b, data, tr, 100, len(tr.keystrokes)/100)
		l.rested(b, data)
		output(b, l.program, "--data", data, "verify")
		b.ReportMetric(liveBytes(b, data)/float64(n), "B/keystroke")
	})
}

// typedAtOnce has threads typed at the same time, each with a stretch of a trace
// of its own, begun in an empty text: its caret moves as the recorded one did.
// It returns the number of keystrokes.
func typedAtOnce(b *testing.B, data string, tr trace, threads, each int) int {
	b.Helper()
	type entry struct {
		thread int
		record eventlog.Record
	}
	var all []entry
	var authors []eventlog.AuthorID
	for i := range threads {
		w := newTypewriter(uint64(1000+i), 1)
		authors = append(authors, w.authors...)
		w.now += w.r.Int64N(20_000)
		all = append(all, entry{i, w.open(fmt.Sprintf("Thread %d", i))})
		at, last := 0, 0
		for k, s := range tr.keystrokes[i*each : (i+1)*each] {
			if k == 0 {
				last = s.pos
			}
			at = min(max(at+s.pos-last, 0), w.length)
			last, s.author, s.pos, s.del = s.pos, 0, at, min(s.del, w.length-at)
			r, err := w.keystroke(s)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, entry{i, r})
		}
	}
	slices.SortStableFunc(all, func(x, y entry) int { return int(x.record.Time - y.record.Time) })
	log := asServed(b, data)
	introduce(b, log, authors)
	at := make([]eventlog.Revision, threads)
	for window := range slices.Chunk(all, 256) { // what waits at one moment, as far as the log is concerned
		byThread := map[int][]eventlog.Record{}
		for _, e := range window {
			byThread[e.thread] = append(byThread[e.thread], e.record)
		}
		var waiting sync.WaitGroup
		for i, records := range byThread {
			from := at[i]
			waiting.Go(func() { put(b, log, streamOf("H", i), from, records, len(records)) })
			at[i] += eventlog.Revision(len(records))
		}
		waiting.Wait()
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	return threads * each
}
