package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
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

// A Comparer compares everything in a cache that a server would use with projections
// that its caller folds from the log's first record. It changes nothing, and may run
// while a server has the file open; the log may be a copy. Without a file, or with one
// of another log, there is nothing to compare. Its methods must not be called
// concurrently.
//
// A server does not use entries that another version of the program froze, nor what
// was saved before a redaction that the cache has not heard of, nor connections if
// some of their records were pruned since. None of these is a problem: they count in
// Ignored.
type Comparer struct {
	Report
	file      *file // nil: there is nothing to compare
	log       Log
	index     index
	state     *State
	directory *projection.Directory // of state, without threads that the log does not have
	other     int                   // entries of another version
	redacted  int                   // entries from before a redaction
}

// NewComparer opens the cache at path. Call Thread for each thread, End, and Close. An
// error is one of reading.
func NewComparer(ctx context.Context, path string, log Log) (*Comparer, error) {
	c := &Comparer{log: log, index: newIndex(), directory: projection.NewDirectory()}
	f, frames, err := openFile(path, log.ID(), os.O_RDONLY)
	switch {
	case missing(err):
		return c, nil
	case errors.Is(err, errForeign):
		c.Ignored = err.Error()
		return c, nil
	case err != nil:
		return nil, err
	}
	n, err := valid(ctx, log, frames)
	if err != nil {
		f.f.Close()
		return nil, err
	}
	if end, _ := log.End(); n < len(frames) && frames[n].mark.position <= end { // otherwise the log is an older copy
		c.ignore(fmt.Sprintf("%d of %d entries do not match the log", len(frames)-n, len(frames)))
	}
	c.file = f
	for i := range frames[:n] {
		c.index.add(&frames[i])
	}
	c.thawState()
	return c, nil
}

// Close closes the cache's file.
func (c *Comparer) Close() error {
	if c.file == nil {
		return nil
	}
	return c.file.f.Close()
}

func (c *Comparer) thawState() {
	if c.index.state == nil {
		return
	}
	c.State = true
	b, err := c.unpack(c.index.state)
	if err == nil {
		c.state, err = thawState(b)
	}
	if errors.Is(err, projection.ErrFrozenOther) {
		c.other++
	} else if err != nil {
		c.problem("the state: %v", err)
	}
	if err != nil {
		c.state = nil
	}
}

// End compares the rest, after all threads of the log, and returns the result.
func (c *Comparer) End(ctx context.Context) (*Report, error) {
	for _, stream := range slices.Sorted(maps.Keys(c.index.threads)) {
		c.problem("thread %s: the log has no such thread", stream)
	}
	if c.state != nil {
		if !bytes.Equal(c.directory.Freeze(nil), c.state.Directory.Freeze(nil)) {
			c.problem("the list of threads has threads that the log does not have")
		}
		if err := c.lists(ctx); err != nil {
			return nil, err
		}
	}
	if c.other > 0 {
		c.ignore(fmt.Sprintf("another version of the program wrote %d entries", c.other))
	}
	if c.redacted > 0 {
		c.ignore(fmt.Sprintf("%d entries were saved before a redaction", c.redacted))
	}
	return &c.Report, nil
}

// ignore adds a reason to Ignored.
func (r *Report) ignore(why string) {
	if r.Ignored != "" {
		r.Ignored += "; "
	}
	r.Ignored += why
}

func (c *Comparer) problem(format string, args ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, args...))
}

func (c *Comparer) unpack(f *frame) ([]byte, error) {
	b, err := f.read(c.file.f)
	if err == nil {
		b, err = unpack(b)
	}
	return b, err
}

// lists compares authors and connections, if a server would use them.
func (c *Comparer) lists(ctx context.Context) error {
	authors, connections := projection.NewAuthors(), projection.NewConnections()
	redacted, err := c.fold(ctx, eventlog.Authors, c.state.Authors.Revision, authors.Apply)
	if err != nil {
		return err
	}
	switch same := bytes.Equal(authors.Freeze(nil), c.state.Authors.Freeze(nil)); {
	case !same && redacted:
		c.redacted++
	case !same:
		c.problem("the authors differ from the log")
	}
	hold, err := c.state.connectionsHold(ctx, c.log)
	if err != nil || !hold {
		return err
	}
	if _, err := c.fold(ctx, eventlog.Connections, c.state.Connections.Revision, connections.Apply); err != nil {
		return err
	}
	if !bytes.Equal(connections.Freeze(nil), c.state.Connections.Freeze(nil)) {
		c.problem("the connections differ from the log")
	}
	return nil
}

// fold applies the records of a stream up to a revision, and reports whether a later
// one is a redaction.
func (c *Comparer) fold(ctx context.Context, stream eventlog.Stream, until eventlog.Revision, apply func(event.Event) error) (redacted bool, err error) {
	for rec, err := range c.log.Read(ctx, stream, 0) {
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
