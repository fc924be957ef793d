package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// A recording is every write and sync of a log during some lives of a server, with
// the moments at which clients were shown revisions.
type recording struct {
	base  []byte // the file before
	ops   []*operation
	shown []crowd.Shown

	// The file as it was in the end, which the journal has checked: C of every revision,
	// at index revision-1.
	chains map[eventlog.Stream][]chain.Digest
}

// record runs a server under strace while clients type: twice, because a server that
// stops seals its records. The base is what a first life left.
func (e *env) record(ctx context.Context, o *outcome, size crowd.Size, life time.Duration, records int) (*recording, error) {
	v, err := e.serveAt(filepath.Join(e.dir, "data"), "", "--keep-connections", "1s")
	if err != nil {
		return nil, err
	}
	defer v.kill()
	if err := v.start(); err != nil {
		return nil, err
	}
	j := crowd.NewJournal()
	j.Time()
	c, err := crowd.Gather(ctx, v.url(), j, e.seed, size)
	if err != nil {
		return nil, err
	}
	defer c.Leave()
	time.Sleep(life / 4)
	if err := v.end(); err != nil {
		return nil, err
	}
	rec := new(recording)
	if rec.base, err = os.ReadFile(v.logPath()); err != nil {
		return nil, err
	}
	for i := range 2 {
		trace := filepath.Join(e.dir, fmt.Sprint("trace", i))
		if err := v.start(recorder(trace, v.logPath())...); err != nil {
			return nil, err
		}
		before := j.Receipts()
		for end := time.Now().Add(life); ctx.Err() == nil && (time.Now().Before(end) || j.Receipts() < before+records); {
			time.Sleep(20 * time.Millisecond)
		}
		if i == 1 {
			c.Leave()
		}
		if err := v.end(); err != nil {
			return nil, err
		}
		if rec.ops, err = readTrace(trace, rec.ops); err != nil {
			return nil, err
		}
		if err := os.Remove(trace); err != nil {
			return nil, err
		}
	}
	o.acked += j.Receipts()
	rec.shown = j.Timeline()
	return rec, rec.finish(ctx, v.logPath(), j)
}

// end asks the server and its wrapper to stop. It is an error if it does not end well.
func (v *victim) end() error {
	if code, err := v.stop(); err != nil || code != 0 {
		return fmt.Errorf("the server ended with status %d: %v\n%s", code, err, &v.said)
	}
	return nil
}

// finish compares the final log with the journal and keeps its chain values.
func (rec *recording) finish(ctx context.Context, path string, j *crowd.Journal) error {
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		return err
	}
	defer log.Close()
	if j.Check(log); j.Lost() > 0 {
		return fmt.Errorf("without any fault %d edits are lost: %q", j.Lost(), j.Problems())
	}
	heads, err := log.Streams(ctx)
	if err != nil {
		return err
	}
	rec.chains = map[eventlog.Stream][]chain.Digest{}
	for _, h := range heads {
		if !event.IsThread(h.Stream) {
			continue
		}
		for r, err := range log.Prove(ctx, h.Stream, 0) {
			if err != nil {
				return err
			}
			rec.chains[h.Stream] = append(rec.chains[h.Stream], r.Proof.Chain)
		}
	}
	return nil
}
