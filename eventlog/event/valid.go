package event

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/names"

	"github.com/oklog/ulid/v2"
)

// TimeMost is the last time that a new record may have, in Unix milliseconds: the end of
// the year 9999, which RFC 3339 and every calendar of a client can still write.
var TimeMost = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()

// reasonMost is the most characters (code points) of a reason.
const reasonMost = 1000

// Valid returns an error unless e may become a new record: its payload is valid, and no
// time in it is out of bounds. A stored event that is not valid is still folded and
// shown, because programs before a rule could store it. Nothing here depends on the
// stream; the fold of a thread checks the rest.
func (e *Event) Valid() error {
	if e.Time < 0 || e.Time > TimeMost {
		return fmt.Errorf("the time %d is not between 0 and %d", e.Time, TimeMost)
	}
	f := e.Payload
	if c, ok := f.(*Changed); ok {
		f = *c
	}
	if c, ok := f.(Changed); ok {
		for _, l := range c.Lines {
			if l.Time > e.Time {
				return fmt.Errorf("line %d is stated to be of the time %d, after the record's %d", l.Piece, l.Time, e.Time)
			}
		}
	}
	return f.Valid()
}

// Valid returns an error unless the title is in the form of package names.
func (f Opened) Valid() error { return names.InForm(f.Title, names.Title) }

// Valid returns an error unless the title is in the form of package names.
func (f Renamed) Valid() error { return names.InForm(f.Title, names.Title) }

// Valid returns an error unless the lines are a range.
func (f Submitted) Valid() error {
	if f.From < 0 || f.From > f.To {
		return fmt.Errorf("lines %d to %d are no range", f.From, f.To)
	}
	return nil
}

// Valid returns an error unless there is a revision, and the name is in the form of
// package names.
func (f Version) Valid() error {
	if f.Revision == 0 {
		return errors.New("the first revision is 1")
	}
	return names.InForm(f.Name, names.Version)
}

// Valid returns an error unless the change replaces exactly the ranges, each by as many
// units, and the reason is short and without control characters.
func (f Redacted) Valid() error {
	if n := utf8.RuneCountInString(f.Reason); n > reasonMost {
		return fmt.Errorf("the reason has %d characters: use at most %d", n, reasonMost)
	}
	if f.Reason != "" {
		if _, err := names.Clean("reason", f.Reason, reasonMost); err != nil {
			return err
		}
	}
	return f.agree()
}

// Valid returns an error unless revisions were imported.
func (f Imported) Valid() error {
	if f.Revisions == 0 {
		return errors.New("no revision was imported")
	}
	return nil
}

// Valid returns an error unless the name is in the form of package names and the kind
// may be in a shape.
func (f Named) Valid() error {
	if !IsWord(string(f.Kind)) {
		return fmt.Errorf("%.80q is not a kind of authors", f.Kind)
	}
	return names.InForm(f.Name, names.Author)
}

// Valid returns an error unless the run is one and the node's name may be in a shape.
func (p Place) Valid() error {
	if p.Run == (ulid.ULID{}) || !IsWord(p.Node) {
		return fmt.Errorf("run %s on node %.80q", p.Run, p.Node)
	}
	return nil
}

func (p Place) in(thread eventlog.Stream) error {
	if !IsThread(thread) {
		return fmt.Errorf("stream %.80q is not a thread", thread)
	}
	return p.Valid()
}

// Valid returns an error unless the place is valid and the stream is a thread.
func (f Joined) Valid() error { return f.Place.in(f.Thread) }

// Valid returns an error unless the place is valid and the stream is a thread.
func (f Left) Valid() error { return f.Place.in(f.Thread) }

// Valid returns an error unless something was pruned.
func (f Pruned) Valid() error {
	if f.Through == 0 {
		return errors.New("no revision was pruned")
	}
	return nil
}
