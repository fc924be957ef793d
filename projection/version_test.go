package projection_test

import (
	"context"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

func TestVersionNamesCannotBeTakenForAnythingElse(t *testing.T) {
	for _, name := range []string{"v1", "초안", "1.0", "draft 2", "2026", "x-1", strings.Repeat("가", 64)} {
		if err := projection.CheckVersionName(name); (err == nil) == (name == "2026") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{
		"", "0", "128", "١٢", "a@b", "@", "-x", "-15m", "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00:00",
		"2026-11-22T10:00:00.5+09:00", strings.Repeat("x", 65),
	} {
		if err := projection.CheckVersionName(name); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestOfTwoVersionsOfANameTheLastIsMeant(t *testing.T) {
	ctx, log := context.Background(), eventlog.NewMemory()
	for i, f := range []event.Payload{
		event.Opened{Title: "T"}, event.Version{Revision: 1, Name: "a"}, event.Version{Revision: 2, Name: "b"}, event.Version{Revision: 2, Name: "a"},
	} {
		if _, err := log.Append(ctx, testStream, eventlog.Revision(i), event.Encode(f)); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]eventlog.Revision{"a": 2, "b": 2, "c": 0} {
		if got, err := projection.AtVersion(ctx, log, testStream, name); err != nil || got != want {
			t.Errorf("%q is revision %d, %v, want %d", name, got, err, want)
		}
	}
	th, err := projection.Replay(ctx, log, testStream, 3)
	if err != nil || len(th.Versions) != 2 || th.Versions[1] != (projection.Version{Name: "b", Of: 2, Revision: 3}) {
		t.Errorf("at revision 3 there are %+v, %v", th.Versions, err)
	}
}
