package main

import (
	"fmt"
	"os"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

type tailCommand struct {
	Thread string `arg:"" optional:"" placeholder:"THREAD" help:"Thread. Without it, all threads."`
	Follow bool   `short:"f" help:"Keep printing new events until interrupted."`
	Number int    `short:"n" default:"10" placeholder:"N" help:"Start with the newest N events (default: 10)."`
	JSON   bool   `name:"json" help:"Print one JSON object per line."`
}

func (*tailCommand) Help() string {
	return `Prints events as log does, but oldest first and each in its own row: thread, revision, time, author, kind, what was done.
With -f it keeps running, even when the server is started or stopped meanwhile.

  parodywave tail -n 3
  parodywave tail 'Weekly minutes' -f --json
`
}

const pollEvery = 200 * time.Millisecond

func (c *tailCommand) Run(a *app) error {
	if c.Number < 0 {
		return usage("use -n 10, or -n 0 with -f for new events only", "-n must be 0 or more")
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer func() { s.Close() }()
	f := &follower{a: a, json: c.JSON, threads: map[eventlog.Stream]*projection.Thread{}}
	if c.Thread != "" {
		if f.only, err = s.findWhole(a, c.Thread, "tail ends at the newest event; for events up to a moment: parodywave log %[3]s --every edit"); err != nil {
			return err
		}
	}
	if err := f.newest(s, c.Number); err != nil || !c.Follow {
		return err
	}
	for {
		a.out.Flush()
		if s.control == nil { // close the log, so that a server can start
			was := a.stat() // while the lock is held, so it describes what was read
			s.Close()
			if err := a.changed(was); err != nil {
				return nil
			}
			if s, err = a.open(); err != nil {
				return err
			}
		} else if a.pause() != nil {
			return nil
		}
		err := f.follow(s)
		if err != nil && s.control != nil && a.ctx.Err() == nil { // the server has ended: open again
			s.Close()
			if s, err = a.open(); err == nil {
				err = f.follow(s)
			}
		}
		if a.ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (a *app) pause() error {
	select {
	case <-a.ctx.Done():
		return a.ctx.Err()
	case <-time.After(pollEvery):
		return nil
	}
}

// changed waits until the log's file changes.
func (a *app) changed(was os.FileInfo) error {
	for {
		is := a.stat()
		if is != nil && (was == nil || is.ModTime() != was.ModTime() || is.Size() != was.Size() || !os.SameFile(is, was)) {
			return nil
		}
		if err := a.pause(); err != nil {
			return err
		}
	}
}

// stat returns the state of the log's file, nil if there is none.
func (a *app) stat() os.FileInfo {
	path := a.logPath()
	if a.File != "" {
		path = a.File
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

// A follower prints events as they come.
type follower struct {
	a       *app
	json    bool
	only    eventlog.Stream // "" for all threads
	last    eventlog.Position
	threads map[eventlog.Stream]*projection.Thread
}

func (f *follower) wants(stream eventlog.Stream) bool {
	return stream == f.only || f.only == "" && event.IsThread(stream)
}

// newest prints the last n events of the log.
func (f *follower) newest(s *source, n int) error {
	var ring []eventlog.Record
	for r, err := range s.Scan(f.a.ctx, 0) {
		if err != nil {
			return err
		}
		f.last = r.Position
		if !f.wants(r.Stream) || n == 0 {
			continue
		}
		if ring = append(ring, r); len(ring) >= 2*n {
			ring = append(ring[:0], ring[len(ring)-n:]...)
		}
	}
	tab := table{right: "01"}
	for _, r := range ring[max(0, len(ring)-n):] {
		row, err := f.row(s, r)
		if err != nil {
			return err
		}
		if f.json {
			fmt.Fprintln(f.a.out, row.json())
		} else {
			tab.add(f.cells(row)...)
		}
	}
	tab.print(f.a.out)
	return nil
}

// follow prints the events after the last one printed.
func (f *follower) follow(s *source) error {
	for r, err := range s.Scan(f.a.ctx, f.last) {
		if err != nil {
			return err
		}
		if r.Stream == eventlog.Authors {
			e, err := event.Decode(r)
			if err == nil && e.Revision == s.authors.Revision+1 {
				err = s.authors.Apply(e)
			}
			if err != nil {
				return err
			}
		}
		if f.wants(r.Stream) {
			row, err := f.row(s, r)
			if err != nil {
				return err
			}
			if f.json {
				fmt.Fprintln(f.a.out, row.json())
			} else {
				tab := table{}
				tab.add(f.cells(row)...)
				tab.print(f.a.out)
			}
		}
		f.last = r.Position
	}
	return f.a.out.Flush()
}

func (f *follower) cells(r *eventRow) []string {
	return append([]string{string(r.Thread)}, r.cells()...)
}

// row applies r to its thread and returns its row. A thread that the follower does
// not have yet is first folded up to r.
func (f *follower) row(s *source, r eventlog.Record) (*eventRow, error) {
	t := f.threads[r.Stream]
	if t == nil {
		t = projection.NewThread(r.Stream)
		if r.Revision > 1 {
			var err error
			if t, err = projection.Replay(f.a.ctx, s.Source, r.Stream, r.Revision-1); err != nil {
				return nil, err
			}
		}
		f.threads[r.Stream] = t
	}
	e, err := event.Decode(r)
	if err != nil {
		return nil, err
	}
	effect, err := t.Apply(e)
	if err != nil {
		return nil, err
	}
	return s.newRow(e, t, effect), nil
}
