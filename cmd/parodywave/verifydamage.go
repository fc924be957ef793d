package main

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// damage lists the threads of a damaged log, the intact ones, too, and returns the
// error.
func (v *verification) damage() error {
	w, err := v.openWreck(v.path)
	if err == nil {
		defer w.Close()
		err = v.listStreams(w)
	}
	if v.ctx.Err() != nil {
		return err
	}
	return damaged(damageHint, "verification failed; first damage: %s", v.first)
}

func (v *verification) listStreams(w *wreck) error {
	intact, threads := 0, 0
	for _, stream := range w.Streams() {
		line, ok := v.lines[stream]
		thread := event.IsThread(stream)
		if last, whole := w.Whole(stream); !whole || v.blames(stream) || v.checks[stream] == nil || v.checks[stream].err != nil || v.checks[stream].last != last {
			r, err := w.read(stream)
			if err != nil {
				return err
			}
			if line, ok = v.remains(r); thread && ok {
				line = v.lineOf(r)
			}
		} else if !thread {
			continue
		}
		if thread {
			threads++
		}
		if thread && ok {
			intact++
		}
		fmt.Fprint(v.out, line)
	}
	fmt.Fprintf(v.out, "%d of %d threads are intact\n", intact, threads)
	for _, p := range v.report.Problems {
		if p.Stream == "" && p.Position > 0 {
			fmt.Fprint(v.out, "note  damage that names no thread can hide the newest records of a thread that is listed as intact\n")
			break
		}
	}
	return nil
}

// blames reports whether the report may name damage in a stream.
func (v *verification) blames(stream eventlog.Stream) bool {
	for _, p := range v.report.Problems {
		if p.Stream == stream {
			return true
		}
	}
	return v.report.More > 0
}

// remains returns the line of a stream that is damaged, and whether it is intact after
// all: then there is no line.
func (v *verification) remains(r *remains) (string, bool) {
	if !r.damaged() {
		return "", true
	}
	title := ""
	if r.thread != nil {
		title = "  " + visible(r.thread.Title)
	}
	return fmt.Sprintf("damaged  %s: %s%s\n", r.stream, visible(r.summary()), title), false
}

// lineOf returns the line of an intact thread.
func (v *verification) lineOf(r *remains) string {
	records := r.intact()
	c := &check{thread: r.thread, chain: records[len(records)-1].Proof.Chain}
	return c.line(func(id eventlog.AuthorID) string { return v.people.Author(id).Name })
}
