package projection_test

import (
	"errors"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// An event that cannot follow is refused as damage, without a panic.
func TestApplyRefusesWhatCannotFollow(t *testing.T) {
	black := func(u string) []uint16 { return scripts.Units(u) }
	for name, e := range map[string]event.Event{
		"a revision left out":             {Revision: 3, Payload: event.Renamed{}},
		"a revision twice":                {Revision: 1, Payload: event.Renamed{}},
		"opened twice":                    {Revision: 2, Payload: event.Opened{}},
		"a change for a longer text":      {Revision: 2, Payload: event.Changed{Change: ot.Keep(8)}},
		"a change for a shorter text":     {Revision: 2, Payload: event.Changed{Change: ot.Keep(6)}},
		"submitted behind the end":        {Revision: 2, Payload: event.Submitted{From: 0, To: 2}},
		"submitted backwards":             {Revision: 2, Payload: event.Submitted{From: 1, To: 0}},
		"submitted before the start":      {Revision: 2, Payload: event.Submitted{From: -1, To: 0}},
		"a redaction for a longer text":   {Revision: 2, Payload: event.Redacted{Change: ot.Keep(8)}},
		"a redaction that shortens":       {Revision: 2, Payload: event.Redacted{Change: ot.Replace(7, 0, 2, black("█"))}},
		"a redaction of a break":          {Revision: 2, Payload: event.Redacted{Change: ot.Replace(7, 2, 4, black("██"))}},
		"a redaction that writes a break": {Revision: 2, Payload: event.Redacted{Change: ot.Replace(7, 0, 2, black("█\n"))}},
		"a redaction that moves units":    {Revision: 2, Payload: event.Redacted{Change: movesUnits()}},
		"a fact of connections":           {Revision: 2, Payload: event.Started{}},
		"a fact of authors":               {Revision: 2, Payload: event.Named{}},
		"no fact":                         {Revision: 2},
	} {
		r, err := script{`ana [[0,"foo","bar"]]`}.play(right)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.thread.Apply(e); !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
}

// movesUnits is as long before as after, and its parts are not.
func movesUnits() ot.Change {
	var b ot.Builder
	b.Replace(1, nil)
	b.Keep(2)
	b.Replace(0, scripts.Units("█"))
	b.Keep(4)
	return b.Change()
}

func TestApplyRefusesLinesBeforeTheFirstChange(t *testing.T) {
	for name, f := range map[string]event.Payload{
		"submitted": event.Submitted{},
		"redacted":  event.Redacted{Change: ot.Keep(1)},
	} {
		if _, err := projection.NewThread(scripts.Stream).Apply(event.Event{Revision: 1, Payload: f}); !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	if _, err := projection.NewThread(scripts.Stream).Apply(event.Event{Revision: 1, Payload: event.Redacted{}}); err != nil {
		t.Errorf("an empty redaction of an empty thread: %v", err)
	}
}
