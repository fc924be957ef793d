package projection

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
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
// its number, by a time that ParseTime reads (the last revision at or before
// it; one like -15m counts from Now), or by the name of a version (the newest that
// has it). It returns an
// *Unresolved error where there is no such revision. A number costs no reading;
// a time or a name costs a pass over the thread's records.
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
	if t, ok := ParseTime(at, now); ok {
		if at[0] == '-' {
			head, err := log.Head(ctx, stream)
			if err != nil {
				return 0, err
			}
			t, _ = ParseTime(at, Now(head, now))
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
	if err := CheckVersionName(name); err != nil {
		return 0, &Unresolved{fmt.Sprintf("%.40q is not a revision, a time or the name of a version", name), hint, ErrMoment}
	}
	at := eventlog.Revision(0)
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
		if f, ok := e.Payload.(event.Version); ok && f.Name == name {
			at = f.Revision
		}
	}
	if at == 0 {
		return 0, &Unresolved{fmt.Sprintf("thread %s has no version %q", stream, name), hint, eventlog.ErrNotFound}
	}
	return at, nil
}

var kindVersion = event.Kind(event.Version{})

// ParseTime reads a time: RFC 3339 or, in UTC, the beginning of it, from the day
// on; or how long before now it is, as in -15m, -2h30m or -3d. The units are
// those of time.ParseDuration, and d for whole calendar days, alone.
func ParseTime(s string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	if len(s) < 2 || s[0] != '-' || s[1] == '-' || s[1] == '+' {
		return time.Time{}, false
	}
	ago := s[1:]
	if last := len(ago) - 1; ago[last] == 'd' {
		days, err := strconv.ParseUint(ago[:last], 10, 16)
		return now.AddDate(0, 0, -int(days)), err == nil
	}
	d, err := time.ParseDuration(ago)
	return now.Add(-d), err == nil
}
