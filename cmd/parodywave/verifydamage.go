package main

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A census lists the streams of a damaged log.
type census struct {
	intact  []string // the lines of verify for the intact threads
	damaged []string // for each damaged stream, the revisions that can be read
	threads int      // number of threads, damaged ones included
}

// printDamage lists the threads of a damaged log, the intact ones, too, and returns the
// error.
func (v *verification) printDamage() error {
	c, err := v.census()
	if err != nil {
		return err
	}
	for _, line := range c.damaged {
		fmt.Fprintf(v.out, "damaged  %s\n", line)
	}
	for _, line := range c.intact {
		fmt.Fprint(v.out, line)
	}
	if c.threads > 0 {
		fmt.Fprintf(v.out, "%d of %d threads are intact\n", len(c.intact), c.threads)
	}
	if len(c.intact) > 0 && v.nameless() {
		fmt.Fprint(v.out, "note  damage that names no thread can hide the newest records of a thread that is listed as intact\n")
	}
	return damaged(damageHint, "verification failed; first damage: %s", v.problems[0])
}

// nameless reports whether there is damage in records of unknown streams.
func (v *verification) nameless() bool {
	for _, p := range v.report.Problems {
		if p.Stream == "" && p.Position > 0 {
			return true
		}
	}
	return false
}

// census takes the census of a damaged log. Without anything that can be read it is
// empty.
func (v *verification) census() (c census, err error) {
	w, err := v.openWreck(v.path)
	if err != nil {
		return c, v.ctx.Err()
	}
	defer w.Close()
	for _, stream := range w.Streams() {
		if event.IsThread(stream) {
			c.threads++
		}
		if v.sound(w, stream) {
			if line, ok := v.lines[stream]; ok {
				c.intact = append(c.intact, line)
			}
			continue
		}
		r, err := w.read(stream)
		switch {
		case err != nil:
			return c, err
		case r.damaged():
			c.damaged = append(c.damaged, r.line())
		case r.thread != nil:
			c.intact = append(c.intact, w.lineOf(r))
		}
	}
	return c, nil
}

// sound reports whether everything that the file has of a stream was verified and
// folded.
func (v *verification) sound(w *wreck, stream eventlog.Stream) bool {
	last, whole := w.Whole(stream)
	c := v.checks[stream]
	if !whole || c == nil || c.err != nil || c.last != last || v.report.More > 0 {
		return false
	}
	for _, p := range v.report.Problems {
		if p.Stream == stream {
			return false
		}
	}
	return true
}

// line names the revisions of a stream that can be read, and its title.
func (r *remains) line() string {
	title := ""
	if r.thread != nil {
		title = "  " + visible(r.thread.Title)
	}
	return fmt.Sprintf("%s: %s%s", r.stream, visible(r.summary()), title)
}

// lineOf returns the line of an intact thread.
func (w *wreck) lineOf(r *remains) string {
	records := r.intact()
	c := &check{thread: r.thread, chain: records[len(records)-1].Proof.Chain}
	return c.line(func(id eventlog.AuthorID) string { return w.authors[id].Name })
}
