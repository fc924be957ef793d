package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
)

// salvage writes the readable records of one thread or of all threads.
func (c *exportCommand) salvage(a *app) error {
	w, err := a.openRemains()
	if err != nil {
		return err
	}
	defer w.Close()
	if c.Into != "" {
		return w.exportAll(c.Into)
	}
	r, err := w.find(c.Thread)
	if err != nil {
		return err
	}
	if r.damaged() {
		a.say("thread %s: %s", r.stream, r.summary())
	}
	return ndjson.Salvage(a.out, r.stream, r.runs, w.name)
}

// exportAll writes a file for each thread to a directory.
func (w *wreck) exportAll(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	streams := w.threads()
	show := w.app.progress("export")
	for i, stream := range streams {
		if show != nil {
			show(uint64(i), uint64(len(streams)))
		}
		r, err := w.read(stream)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, string(stream)+".ndjson")
		if err := w.writeFile(path, r); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		state := "ok"
		if r.damaged() {
			state = "damaged"
		}
		fmt.Fprintf(w.app.out, "%s  %s: %s\n", state, path, visible(r.summary()))
	}
	if show != nil {
		show(1, 1)
	}
	return nil
}

// writeFile writes a salvaged export, which gets its name when it is on disk.
func (w *wreck) writeFile(path string, r *remains) error {
	f, remove, err := temporaryFile(path)
	if err != nil {
		return err
	}
	defer remove()
	b := bufio.NewWriter(f)
	err = errors.Join(ndjson.Salvage(b, r.stream, r.runs, w.name), b.Flush(), f.Sync())
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (w *wreck) threads() []eventlog.Stream {
	return slices.DeleteFunc(slices.Clone(w.Streams()), func(s eventlog.Stream) bool { return !event.IsThread(s) })
}

// find returns the remains of the thread that arg names, as source.find does.
func (w *wreck) find(arg string) (*remains, error) {
	id, streams := eventlog.Stream(strings.ToUpper(arg)), w.threads()
	if slices.Contains(streams, id) {
		return w.read(id)
	}
	titles := map[eventlog.Stream]string{}
	for _, stream := range streams {
		r, err := w.read(stream)
		if err != nil {
			return nil, err
		}
		if r.thread != nil {
			titles[stream] = r.thread.Title
		}
	}
	stream, err := pick(arg, streams, titles)
	if err != nil {
		return nil, err
	}
	return w.read(stream)
}
