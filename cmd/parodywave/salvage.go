package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
)

// A wreck is a log's file that may be damaged, open for salvage.
type wreck struct {
	*boltlog.Salvage
	app     *app
	authors map[eventlog.AuthorID]ndjson.Author
	remove  func() // deletes the file, if it is a copy
}

// openRemains opens the user's log for salvage: the file, or a copy of the running
// server's, which Close deletes.
func (a *app) openRemains() (*wreck, error) {
	path, remove, err := a.wholeFile()
	if err != nil {
		return nil, err
	}
	w, err := a.openWreck(path)
	if err != nil {
		remove()
		return nil, err
	}
	w.remove = remove
	return w, nil
}

// Close closes the file.
func (w *wreck) Close() {
	w.Salvage.Close()
	w.remove()
}

// openWreck opens a log's file for salvage.
func (a *app) openWreck(path string) (*wreck, error) {
	s, err := boltlog.OpenSalvage(a.ctx, path, boltlog.Options{Packer: event.Packer{}, Timeout: lockWait})
	switch {
	case errors.Is(err, fs.ErrNotExist) && a.File == "":
		return nil, a.openError(err)
	case errors.Is(err, boltlog.ErrLocked), errors.Is(err, fs.ErrNotExist):
		if a.File == "" {
			return nil, failed("stop the server or command that uses it and try again", "the log %s is in use", path)
		}
		return nil, a.fileError(err)
	case err != nil:
		return nil, err
	}
	w := &wreck{Salvage: s, app: a, authors: map[eventlog.AuthorID]ndjson.Author{}, remove: func() {}}
	for p, err := range s.Pieces(a.ctx, eventlog.Authors) {
		if err != nil {
			s.Close()
			return nil, err
		}
		for _, r := range p.Records {
			e, err := event.Decode(r)
			if f, ok := e.Payload.(event.Named); ok && err == nil {
				w.authors[r.Author] = ndjson.Author{ID: r.Author, Name: f.Name, Kind: f.Kind}
			}
		}
	}
	return w, nil
}

func (w *wreck) name(id eventlog.AuthorID) (ndjson.Author, bool) {
	a, ok := w.authors[id]
	return a, ok
}

// Remains are the records of one stream that can be read: runs, with a gap before each. The
// gap before the first run is empty if the run begins with the stream.
type remains struct {
	stream eventlog.Stream
	runs   []ndjson.Gap
	thread *projection.Thread // folded from the first run, if the stream is a thread and has one
}

// intact returns the records from the first on that verify and can be folded.
func (r *remains) intact() []eventlog.Record {
	if len(r.runs) == 0 || !r.runs[0].Empty() || r.runs[0].Why != "" {
		return nil
	}
	return r.runs[0].Records
}

// damaged reports whether anything is missing or not proved.
func (r *remains) damaged() bool { return len(r.runs) != 1 || len(r.intact()) == 0 }

// read reads the remains of a stream. A run ends before a record that is missing; the
// first one also before a record that the chain does not prove or a fold refuses.
func (w *wreck) read(stream eventlog.Stream) (*remains, error) {
	start := w.Start(stream)
	r, run := &remains{stream: stream}, ndjson.Gap{From: start + 1, To: start}
	next, why := start+1, ""
	lost := start // the last revision known to be damaged
	for p, err := range w.Pieces(w.app.ctx, stream) {
		if err != nil {
			return nil, err
		}
		if p.Damage != nil {
			why, lost = withoutKind(p.Damage.Err), max(lost, p.Through)
		}
		for _, rec := range p.Records {
			unproved := rec.Proof.Chain == chain.Digest{}
			if rec.Revision != next || unproved && len(r.runs) == 0 && run.Empty() {
				if len(run.Records) > 0 {
					r.runs = append(r.runs, run)
				}
				run, why = ndjson.Gap{From: next, To: rec.Revision - 1, Why: why}, ""
			}
			run.Records = append(run.Records, rec)
			next = rec.Revision + 1
		}
	}
	if len(run.Records) > 0 {
		r.runs = append(r.runs, run)
	}
	if lost >= next || why != "" {
		r.runs = append(r.runs, ndjson.Gap{From: next, To: max(lost, next-1), Why: why})
	}
	r.fold()
	return r, nil
}

// fold folds the first run. If the fold refuses a record, the run ends before it.
func (r *remains) fold() {
	for {
		records := r.intact()
		if len(records) == 0 {
			return
		}
		c := newCheck(r.stream)
		for _, rec := range records {
			c.add(rec)
		}
		if c.end() == nil {
			r.thread = c.thread
			return
		}
		r.cut(c.refused, withoutKind(c.err))
	}
}

// cut ends the first run before a revision.
func (r *remains) cut(at eventlog.Revision, why string) {
	first := r.runs[0]
	n := int(at - first.Records[0].Revision)
	rest := ndjson.Gap{From: at, To: at - 1, Why: why, Records: first.Records[n:]}
	first.Records = first.Records[:n:n]
	if n == 0 {
		r.runs[0] = rest
		return
	}
	r.runs[0] = first
	r.runs = append(r.runs[:1:1], append([]ndjson.Gap{rest}, r.runs[1:]...)...)
}

// withoutKind returns an error's text without the words that all damage has.
func withoutKind(err error) string {
	return strings.TrimSuffix(err.Error(), ": "+eventlog.ErrDamaged.Error())
}

// summary says which revisions of a stream can be read, for example "revisions 1 to 40 are
// intact; 41 is lost; 42 to 57 follow the damage".
func (r *remains) summary() string {
	var parts []string
	part := func(from, to eventlog.Revision, one, many string) {
		if from == to {
			parts = append(parts, fmt.Sprintf("%d %s", from, one))
		} else {
			parts = append(parts, fmt.Sprintf("%d to %d %s", from, to, many))
		}
	}
	for i := range r.runs {
		g := &r.runs[i]
		if !g.Empty() {
			part(g.From, g.To, "is lost", "are lost")
		} else if g.Why != "" {
			parts = append(parts, fmt.Sprintf("%d: %s", g.From, g.Why))
		}
		if n := len(g.Records); n > 0 && i == 0 && len(r.intact()) > 0 {
			part(g.Records[0].Revision, g.Records[n-1].Revision, "is intact", "are intact")
		} else if n > 0 {
			part(g.Records[0].Revision, g.Records[n-1].Revision, "follows the damage", "follow the damage")
		}
	}
	if len(parts) == 0 {
		return "no revision can be read"
	}
	return "revisions " + strings.Join(parts, "; ")
}
