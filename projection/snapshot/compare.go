package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A Report says how a cache compares with its log.
type Report struct {
	Threads   int // with snapshots
	Snapshots int // of all threads
	State     bool
	Problems  []string

	// Ignored says why a server would not use the cache or a part of it; empty if it
	// would use all.
	Ignored string
}

// Compare folds log from its first record and compares the results with everything
// in the cache at path that a server would use. It changes nothing, and may run
// while a server has the file open; log may be a copy. Without a file, or with one
// of another log, there is nothing to compare. An error is one of reading.
//
// A server does not use entries that another version of the program froze, nor what
// was saved before a redaction that the cache has not heard of, nor connections of
// which records were pruned since. None of these is a problem: they count in Ignored.
func Compare(ctx context.Context, path string, log Log) (*Report, error) {
	r := &comparer{log: log, Report: &Report{}}
	f, frames, err := openFile(path, log.ID(), os.O_RDONLY)
	if missing(err) {
		return r.Report, nil
	}
	if errors.Is(err, errForeign) {
		r.Ignored = err.Error()
		return r.Report, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.f.Close()
	n, err := valid(ctx, log, frames)
	if err != nil {
		return nil, err
	}
	if end, _ := log.End(); n < len(frames) && frames[n].mark.position <= end { // otherwise the log is an older copy
		r.ignore(fmt.Sprintf("%d of %d entries do not match the log", len(frames)-n, len(frames)))
	}
	x := newIndex()
	for i := range frames[:n] {
		x.add(&frames[i])
	}
	r.file = f
	if err := r.compare(ctx, &x); err != nil {
		return nil, err
	}
	if r.other > 0 {
		r.ignore(fmt.Sprintf("another version of the program wrote %d entries", r.other))
	}
	if r.redacted > 0 {
		r.ignore(fmt.Sprintf("%d entries were saved before a redaction", r.redacted))
	}
	return r.Report, nil
}

// ignore adds a reason to Ignored.
func (r *Report) ignore(why string) {
	if r.Ignored != "" {
		r.Ignored += "; "
	}
	r.Ignored += why
}

type comparer struct {
	*Report
	file      *file
	log       Log
	state     *State
	directory *projection.Directory // folded from the log, at the revisions of state's
	other     int                   // entries of another version
	redacted  int                   // entries from before a redaction
}

func (r *comparer) compare(ctx context.Context, x *index) error {
	if x.state != nil {
		r.State = true
		b, err := r.unpack(x.state)
		if err == nil {
			r.state, err = thawState(b)
		}
		if errors.Is(err, projection.ErrFrozenOther) {
			r.other++
			r.state = nil
		} else if err != nil {
			r.problem("the state: %v", err)
		}
	}
	heads, err := r.log.Streams(ctx)
	if err != nil {
		return err
	}
	r.directory = projection.NewDirectory()
	for _, h := range heads {
		if event.IsThread(h.Stream) {
			if err := r.thread(ctx, h, x.threads[h.Stream]); err != nil {
				return err
			}
			delete(x.threads, h.Stream)
		}
	}
	for stream := range x.threads {
		r.problem("thread %s: the log has no such thread", stream)
	}
	if r.state == nil {
		return nil
	}
	if !bytes.Equal(r.directory.Freeze(nil), r.state.Directory.Freeze(nil)) {
		r.problem("the list of threads has threads that the log does not have")
	}
	return r.lists(ctx)
}

func (r *comparer) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *comparer) unpack(f *frame) ([]byte, error) {
	b, err := f.read(r.file.f)
	if err == nil {
		b, err = unpack(b)
	}
	return b, err
}

// thread folds one thread and compares it at all revisions that have a snapshot.
func (r *comparer) thread(ctx context.Context, head eventlog.Head, frames []*frame) error {
	var stops []eventlog.Revision
	for _, f := range frames {
		stops = append(stops, f.revision)
	}
	listed := eventlog.Revision(0)
	if r.state != nil {
		if sum, ok := r.state.Directory.Get(head.Stream); ok {
			listed = sum.Revision
			stops = append(stops, listed)
		}
	}
	if len(frames) > 0 {
		r.Threads++
	}
	slices.Sort(stops)
	t := projection.NewThread(head.Stream)
	var differ []difference
	for _, rev := range slices.Compact(stops) {
		if rev > head.Revision {
			r.problem("thread %s was saved at revision %d and ends at %d", head.Stream, rev, head.Revision)
			break
		}
		if err := t.Advance(r.log.Read(ctx, head.Stream, t.Revision), rev); err != nil {
			return err
		}
		if rev == listed {
			sum, _ := r.state.Directory.Get(head.Stream)
			if !sameSummary(sum, t.Summary()) {
				differ = append(differ, difference{t.Redactions, errors.New("the list of threads differs from the log")})
			}
			r.directory.Put(sum)
		}
		for _, f := range frames {
			if f.revision == rev {
				if err := r.snapshot(t, f); err != nil {
					differ = append(differ, difference{t.Redactions, err})
				}
			}
		}
	}
	if len(differ) == 0 {
		return nil
	}
	if err := t.Advance(r.log.Read(ctx, head.Stream, t.Revision), 0); err != nil {
		return err
	}
	for _, d := range differ {
		if d.redactions < t.Redactions {
			r.redacted++
		} else {
			r.problem("%v", d.err)
		}
	}
	return nil
}

// A difference is an entry that is not as the log gives it, and how many redactions
// the thread had then: if it has more now, the entry is older than the redaction.
type difference struct {
	redactions int
	err        error
}

func sameSummary(a, b projection.Summary) bool {
	x, y := projection.NewDirectory(), projection.NewDirectory()
	x.Put(a)
	y.Put(b)
	return bytes.Equal(x.Freeze(nil), y.Freeze(nil))
}

// snapshot compares a snapshot with a thread that was folded from the log, and
// returns an error if they differ.
func (r *comparer) snapshot(t *projection.Thread, f *frame) error {
	r.Snapshots++
	b, err := r.unpack(f)
	var saved *projection.Thread
	if err == nil {
		saved, err = thaw(f, b)
	}
	if errors.Is(err, projection.ErrFrozenOther) {
		r.Snapshots--
		r.other++
		return nil
	}
	if err != nil {
		r.problem("thread %s, saved at revision %d: %v", f.stream, f.revision, err)
		return nil
	}
	if want := t.Freeze(nil); !bytes.Equal(b, want) || !bytes.Equal(saved.Freeze(nil), want) {
		return fmt.Errorf("thread %s, saved at revision %d: it differs from the log", f.stream, f.revision)
	}
	return nil
}

// lists compares authors and connections, if a server would use them.
func (r *comparer) lists(ctx context.Context) error {
	authors, connections := projection.NewAuthors(), projection.NewConnections()
	redacted, err := r.fold(ctx, eventlog.Authors, r.state.Authors.Revision, authors.Apply)
	if err != nil {
		return err
	}
	switch same := bytes.Equal(authors.Freeze(nil), r.state.Authors.Freeze(nil)); {
	case !same && redacted:
		r.redacted++
	case !same:
		r.problem("the authors differ from the log")
	}
	hold, err := r.state.connectionsHold(ctx, r.log)
	if err != nil || !hold {
		return err
	}
	if _, err := r.fold(ctx, eventlog.Connections, r.state.Connections.Revision, connections.Apply); err != nil {
		return err
	}
	if !bytes.Equal(connections.Freeze(nil), r.state.Connections.Freeze(nil)) {
		r.problem("the connections differ from the log")
	}
	return nil
}

// fold applies the records of a stream up to a revision, and reports whether a later
// one is a redaction.
func (r *comparer) fold(ctx context.Context, stream eventlog.Stream, until eventlog.Revision, apply func(event.Event) error) (redacted bool, err error) {
	for rec, err := range r.log.Read(ctx, stream, 0) {
		if err == nil && rec.Revision > until {
			if redacted = rec.Kind == kindRedacted; redacted {
				return true, nil
			}
			continue
		}
		var e event.Event
		if err == nil {
			e, err = event.Decode(rec)
		}
		if err == nil {
			err = apply(e)
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}
