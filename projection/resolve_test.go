package projection_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/scripts"

	"golang.org/x/text/unicode/norm"
)

func TestOfTwoVersionsOfANameTheLastIsMeant(t *testing.T) {
	ctx, log := context.Background(), eventlog.NewMemory()
	for i, f := range []event.Payload{
		event.Opened{Title: "T"}, event.Version{Revision: 1, Name: "a"}, event.Version{Revision: 2, Name: "b"}, event.Version{Revision: 2, Name: "a"},
		event.Version{Revision: 3, Name: "초안"}, event.Version{Revision: 4, Name: "A"}, event.Version{Revision: 5, Name: "x@y"},
	} {
		if _, err := log.Append(ctx, scripts.Stream, eventlog.Revision(i), event.Encode(f)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]eventlog.Revision{
		"a": 2, "b": 2, "B": 2, "A": 4, // an equal name comes first
		norm.NFD.String("초안"): 3,
		"x@y":                 5, // an import of an earlier release brought it
	} {
		if got, err := projection.Resolve(ctx, log, scripts.Stream, name, time.Time{}); err != nil || got != want {
			t.Errorf("%q is revision %d, %v, want %d", name, got, err, want)
		}
	}
	th, err := projection.Replay(ctx, projection.Plain(log), scripts.Stream, 3)
	if err != nil || len(th.Versions) != 2 || th.Versions[1] != (projection.Version{Name: "b", Of: 2, Revision: 3}) {
		t.Errorf("at revision 3 there are %+v, %v", th.Versions, err)
	}
}

func TestResolveSaysWhatToNameInstead(t *testing.T) {
	ctx, log := context.Background(), eventlog.NewMemory()
	opened := event.Encode(event.Opened{Title: "T"})
	opened.Time = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).UnixMilli()
	if _, err := log.Append(ctx, scripts.Stream, 0, opened); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 10, 15, 0, 0, time.UTC)
	for at, want := range map[string]struct {
		hint string
		err  error
	}{
		"0":                {"its revisions are 1 to 1", projection.ErrMoment},
		"9007199254740992": {"its revisions are 1 to 1", projection.ErrMoment},
		"2":                {"its revisions are 1 to 1", eventlog.ErrNotFound},
		"-16m":             {"it begins at 2026-11-22T10:00:00.000Z", eventlog.ErrNotFound},
		"draft":            {"name a revision (128), a time (2026-11-22T10:00:00Z, -15m) or a version", eventlog.ErrNotFound},
		"-x":               {"name a revision (128), a time (2026-11-22T10:00:00Z, -15m) or a version", projection.ErrMoment},
	} {
		_, err := projection.Resolve(ctx, log, scripts.Stream, at, now)
		var u *projection.Unresolved
		if !errors.As(err, &u) || !errors.Is(err, want.err) || u.Hint != want.hint {
			t.Errorf("%q: %v, with the hint %+v, want %q", at, err, u, want.hint)
		}
	}
	if at, err := projection.Resolve(ctx, log, scripts.Stream, "-14m", now); at != 1 || err != nil {
		t.Errorf("-14m is revision %d, %v, want 1", at, err)
	}
}
