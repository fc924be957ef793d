package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// passBytes is how many bytes of log are folded in one pass over the file. All folded
// threads are in memory until the pass ends, so a larger log takes several passes,
// each for some of the threads.
const passBytes = 4 << 30

// A verification verifies a whole log file. It reads the file once: while boltlog
// checks the records, another goroutine folds them.
type verification struct {
	*app
	path   string
	report boltlog.Report
	checks map[eventlog.Stream]*check // of the running pass; afterwards of all, without threads
	people *projection.Authors
	lines  map[eventlog.Stream]string // to print for each valid thread
	cache  *snapshot.Comparer         // nil: there is none
	close  func()                     // closes the cache

	problems []string
}

// verifyFile verifies a whole log file and prints the result.
func (a *app) verifyFile(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		return damaged("restore a backup of the log", "verification failed: %s is empty", path)
	}
	v, err := a.verification(path)
	if err != nil {
		return err
	}
	defer v.close()
	for _, p := range v.problems {
		fmt.Fprintf(v.out, "damaged  %s\n", visible(p))
	}
	if len(v.problems) > 0 {
		return v.printDamage()
	}
	return v.print()
}

// verification reads a whole log file. The caller must close the result. An error says
// that the file cannot be read; damage is in the problems.
func (a *app) verification(path string) (*verification, error) {
	v := &verification{app: a, path: path, checks: map[eventlog.Stream]*check{}, people: projection.NewAuthors(),
		lines: map[eventlog.Stream]string{}, close: func() {}}
	pages := make(chan error, 1)
	go func() { pages <- a.checkPages(path) }()
	err := v.openCache()
	if err == nil {
		err = v.read()
	}
	structure := <-pages
	if err != nil {
		v.close()
		return nil, err
	}
	for _, p := range v.report.Problems {
		v.problem(p.String())
	}
	if v.report.More > 0 {
		v.problem(fmt.Sprintf("%d more problems", v.report.More))
	}
	if structure != nil {
		v.problem("structure of the file: " + structure.Error())
	}
	for _, h := range v.report.Heads {
		if c := v.checks[h.Stream]; c != nil && c.err != nil && !v.reported(h.Stream) {
			v.problem(c.err.Error())
		}
	}
	return v, nil
}

func (v *verification) problem(what string) { v.problems = append(v.problems, what) }

// openCache opens the cache of the data directory for comparison, if the log can be
// opened, too.
func (v *verification) openCache() error {
	if _, err := os.Stat(v.cachePath()); v.File != "" || err != nil {
		return nil
	}
	log, err := boltlog.Open(v.path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		return nil // VerifyFile says why
	}
	cache, err := snapshot.NewComparer(v.ctx, v.cachePath(), log)
	if err != nil {
		log.Close()
		if errors.Is(err, eventlog.ErrDamaged) { // of the log
			return nil
		}
		return fmt.Errorf("read the cache: %w", err)
	}
	v.cache, v.close = cache, func() {
		cache.Close()
		log.Close()
	}
	return nil
}

// read does all passes.
func (v *verification) read() error {
	info, err := os.Stat(v.path)
	if err != nil {
		return err
	}
	passes := 1 + int(info.Size()/passBytes)
	for i := range passes {
		what := "verify"
		if passes > 1 {
			what = fmt.Sprintf("verify, pass %d of %d", i+1, passes)
		}
		err := v.pass(i, passes, v.progress(what))
		if err != nil && !errors.Is(err, eventlog.ErrDamaged) {
			return err
		}
		if err != nil {
			v.problem(withoutPath(err, v.path))
			return nil
		}
		v.endPass()
	}
	return nil
}

// pass reads the file and folds the streams of one pass. The authors are in the first
// one.
func (v *verification) pass(pass, passes int, progress func(done, total uint64)) (err error) {
	batches, folded := make(chan []eventlog.Record, 4), make(chan struct{})
	go func() {
		defer close(folded)
		for batch := range batches {
			for i := range batch {
				v.add(batch[i])
			}
		}
	}()
	var batch []eventlog.Record
	visit := func(r *eventlog.Record) {
		if passOf(r.Stream, passes) != pass {
			return
		}
		if batch = append(batch, *r); len(batch) == cap(batch) {
			batches <- batch
			batch = make([]eventlog.Record, 0, 256)
		}
	}
	v.report, err = boltlog.VerifyFile(v.ctx, v.path, boltlog.Options{Packer: event.Packer{}, Timeout: lockWait, Visit: visit}, progress)
	batches <- batch
	close(batches)
	<-folded
	return err
}

func passOf(stream eventlog.Stream, passes int) int {
	if passes == 1 || !event.IsThread(stream) {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(stream))
	return int(h.Sum32() % uint32(passes))
}

func (v *verification) add(r eventlog.Record) {
	c := v.checks[r.Stream]
	if c == nil {
		c = newCheck(r.Stream)
		if c.thread != nil && v.cache != nil {
			c.compare = v.cache.Thread(r.Stream)
		}
		v.checks[r.Stream] = c
	}
	c.add(r)
	if r.Stream == eventlog.Authors && c.err == nil {
		if e, err := event.Decode(r); err == nil {
			v.people.Apply(e)
		}
	}
}

// endPass ends the folds of a pass and keeps of each thread only what is printed.
func (v *verification) endPass() {
	for stream, c := range v.checks {
		if c.thread == nil {
			c.end()
			continue
		}
		if c.end() == nil {
			v.lines[stream] = c.line(func(id eventlog.AuthorID) string { return v.people.Author(id).Name })
		}
		c.thread, c.compare, c.black = nil, nil, nil
	}
}

// threads counts the threads that the report knows.
func (v *verification) threads() (n int) {
	for _, h := range v.report.Heads {
		if event.IsThread(h.Stream) {
			n++
		}
	}
	return n
}

// print prints the result for a valid log, thread by thread.
func (v *verification) print() error {
	for _, h := range v.report.Heads {
		fmt.Fprint(v.out, v.lines[h.Stream])
	}
	if v.cache != nil {
		if err := v.printCache(); err != nil {
			return err
		}
	}
	r := &v.report
	fmt.Fprintf(v.out, "ok  %d threads, %d records to position %d, %d removed by pruning, log chain %s\n", v.threads(), r.Records, r.Last, r.Removed, r.Chain)
	return nil
}

// reported reports whether the report names damage in a stream: then its fold fails
// for that reason.
func (v *verification) reported(stream eventlog.Stream) bool {
	for _, p := range v.report.Problems {
		if p.Stream == stream || p.Stream == "" && p.Position > 0 {
			return true
		}
	}
	return false
}

// printCache prints how cache.db compares with the log.
func (v *verification) printCache() error {
	c, err := v.cache.End(v.ctx)
	if err != nil {
		return fmt.Errorf("compare the cache: %w", err)
	}
	for _, p := range c.Problems {
		fmt.Fprintf(v.out, "damaged  cache.db: %s\n", visible(p))
	}
	if len(c.Problems) > 0 {
		return damaged("stop the server and delete "+v.cachePath()+", which is always safe: the server rebuilds it; after a restart the server also rebuilds entries with a wrong checksum by itself", "the log is valid, but the cache is damaged; first damage: %s", visible(c.Problems[0]))
	}
	if c.Ignored != "" {
		fmt.Fprintf(v.out, "ignored  cache.db: %s; the server rebuilds it\n", visible(c.Ignored))
	}
	if c.Snapshots > 0 {
		fmt.Fprintf(v.out, "ok  cache.db, %d snapshots of %d threads\n", c.Snapshots, c.Threads)
	}
	return nil
}

// withoutPath returns an error's text without the operation and the path before
// it, so that the output is the same for a copy of the log.
func withoutPath(err error, path string) string {
	_, rest, ok := strings.Cut(err.Error(), path+": ")
	if !ok {
		return err.Error()
	}
	return strings.TrimSuffix(strings.TrimPrefix(rest, eventlog.ErrDamaged.Error()+": "), ": "+eventlog.ErrDamaged.Error())
}
