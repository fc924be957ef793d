package event_test

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// invalid are events that no program may write any more, and that earlier releases could
// store.
func invalid() map[string]event.Event {
	long := strings.Repeat("x", 100_000)
	place := event.Place{Run: ulid.MustParse(run), Node: "n"}
	stated := event.Changed{Change: ot.Keep(0), Lines: []event.StatedLine{{Born: 2, Revision: 2, Time: 1<<53 - 1}}}
	out := map[string]event.Event{"a time": {Time: 1<<53 - 1, Payload: event.Submitted{}}, "a stated time": {Payload: stated}}
	for name, f := range map[string]event.Payload{
		"a long title":           event.Opened{Title: long},
		"an empty title":         event.Opened{},
		"a title with a break":   event.Renamed{Title: "a\nb"},
		"a title in NFD":         event.Renamed{Title: "e\u0301"},
		"an invisible title":     event.Renamed{Title: "\u200b"},
		"a version of none":      event.Version{Name: "v"},
		"a version like a time":  event.Version{Revision: 1, Name: "2026-11-22"},
		"a version like a flag":  event.Version{Revision: 1, Name: "-v"},
		"a long reason":          event.Redacted{Change: ot.Keep(0), Reason: long},
		"a reason with a return": event.Redacted{Change: ot.Keep(0), Reason: "a\rb"},
		"an import of nothing":   event.Imported{},
		"a long name":            event.Named{Name: long, Kind: event.Person},
		"a name that overrides":  event.Named{Name: "\u202eadA", Kind: event.Person},
		"nothing pruned":         event.Pruned{},
		"joined no thread":       event.Joined{Place: place, Thread: "authors"},
		"left no thread":         event.Left{Place: place, Thread: "authors"},
	} {
		out[name] = event.Event{Payload: f}
	}
	return out
}

// TestAnInvalidEventIsReadAndNotWritten: Valid refuses it, and a log that has it can
// still be read. A Decode that asked Valid, the wrong twin, would call such logs damaged.
func TestAnInvalidEventIsReadAndNotWritten(t *testing.T) {
	for name, e := range invalid() {
		if err := e.Valid(); err == nil {
			t.Errorf("%s is valid: %.200v", name, e.Payload)
		}
		r := event.Encode(e.Payload)
		r.Stream, r.Revision, r.Time = "01J9Z3N8QJ7C0V5R2K4M6T8W9X", 3, e.Time
		if got, err := event.Decode(r); err != nil || got.Valid() == nil {
			t.Errorf("%s is read as %.200v, %v", name, got.Payload, err)
		}
	}
}

func TestAnEventOfAnyKindCanBeValid(t *testing.T) {
	place := event.Place{Run: ulid.MustParse(run), Node: "n-1"}
	thread := eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W9X")
	for _, f := range []event.Payload{
		event.Opened{Title: "한글"}, event.Renamed{Title: strings.Repeat("é", 200)}, event.Changed{}, &event.Changed{},
		event.Changed{Change: ot.Keep(0), Lines: []event.StatedLine{{Born: 2, Revision: 2, Time: 5}}},
		event.Submitted{From: 1, To: 1}, event.Version{Revision: 1, Name: "v 1"}, event.Redacted{Change: ot.Keep(3), Reason: "a secret"},
		event.Redacted{Change: ot.Keep(3)}, event.Imported{Revisions: 1}, event.Named{Name: "Ada", Kind: event.Cli},
		event.Started{Place: place}, event.Connected{Place: place}, event.Disconnected{Place: place},
		event.Joined{Place: place, Thread: thread}, event.Left{Place: place, Thread: thread}, event.Pruned{Through: 1},
	} {
		e := event.Event{Time: 5, Payload: f}
		if err := e.Valid(); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
