package projection

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
)

// ErrMoment is wrapped by the error of Resolve for a text that names a moment of
// no thread whatever: it is no revision, no time, and no name a version can have.
var ErrMoment = errors.New("not a moment")

// An Unresolved error says why a text names no revision of a thread. It wraps
// ErrMoment, or eventlog.ErrNotFound where another thread, or this one later,
// may have such a revision.
type Unresolved struct {
	Reason string
	Hint   string // what to write instead
	err    error
}

// Error returns the reason without the hint.
func (u *Unresolved) Error() string { return u.Reason }

// Unwrap returns ErrMoment or eventlog.ErrNotFound.
func (u *Unresolved) Unwrap() error { return u.err }

// Resolve returns the revision of a thread that at names, as in THREAD@AT: by
// its number, by a time that names.Moment reads (the last revision at or before
// it; one like -15m counts from Now), or by the name of a version: the newest that has
// it or, if none has, the newest of the same names.Key. It returns an *Unresolved error
// where there is no such revision. A number costs no reading; a time or a name costs a
// pass over the thread's records.
func Resolve(ctx context.Context, log eventlog.Log, stream eventlog.Stream, at string, now time.Time) (eventlog.Revision, error) {
	if n, err := strconv.ParseUint(at, 10, 64); err == nil {
		head, err := log.Head(ctx, stream)
		switch {
		case err != nil:
			return 0, err
		case n > 0 && n <= uint64(head.Revision):
			return eventlog.Revision(n), nil
		case n == 0 || n >= 1<<53:
			err = ErrMoment
		default:
			err = eventlog.ErrNotFound
		}
		return 0, &Unresolved{
			fmt.Sprintf("thread %s has no revision %d", stream, n),
			fmt.Sprintf("its revisions are 1 to %d", head.Revision), err,
		}
	}
	if t, ok := names.Moment(at, now); ok {
		if at[0] == '-' {
			head, err := log.Head(ctx, stream)
			if err != nil {
				return 0, err
			}
			t, _ = names.Moment(at, Now(head, now))
		}
		return atTime(ctx, log, stream, t.UnixMilli())
	}
	return atVersion(ctx, log, stream, at)
}

func atTime(ctx context.Context, log eventlog.Log, stream eventlog.Stream, ms int64) (eventlog.Revision, error) {
	at, first := eventlog.Revision(0), int64(0)
	for r, err := range log.Read(ctx, stream, 0) {
		if err != nil {
			return 0, err
		}
		if r.Time > ms {
			first = r.Time
			break
		}
		at = r.Revision
	}
	if at == 0 {
		const layout = "2006-01-02T15:04:05.000Z"
		format := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(layout) }
		return 0, &Unresolved{
			fmt.Sprintf("thread %s has nothing at %s", stream, format(ms)),
			"it begins at " + format(first), eventlog.ErrNotFound,
		}
	}
	return at, nil
}

func atVersion(ctx context.Context, log eventlog.Log, stream eventlog.Stream, name string) (eventlog.Revision, error) {
	const hint = "name a revision (128), a time (2026-11-22T10:00:00Z, -15m) or a version"
	var versions []event.Version
	for r, err := range log.Read(ctx, stream, 0) {
		if err != nil {
			return 0, err
		}
		if r.Kind != kindVersion {
			continue
		}
		e, err := event.Decode(r)
		if err != nil {
			return 0, err
		}
		if f, ok := e.Payload.(event.Version); ok {
			versions = append(versions, f)
		}
	}
	if found := names.Pick(name, versions, func(f event.Version) string { return f.Name }); found != nil {
		return found[len(found)-1].Revision, nil
	}
	if _, err := names.Version(name); err != nil {
		return 0, &Unresolved{fmt.Sprintf("%.40q is not a revision, a time or the name of a version", name), hint, ErrMoment}
	}
	return 0, &Unresolved{fmt.Sprintf("thread %s has no version %q", stream, name), hint, eventlog.ErrNotFound}
}

var kindVersion = event.Kind(event.Version{})
