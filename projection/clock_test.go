package projection

import (
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
)

// TestAgoCountsFromTheNewestRecord: while the clock is behind the newest record, a
// time like -0m counts from that record. To count from the clock, the wrong twin,
// gives an old text.
func TestAgoCountsFromTheNewestRecord(t *testing.T) {
	log := eventlog.NewMemory()
	const stream = eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W9X")
	begin := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var records []eventlog.Record
	for i, minute := range []int{0, 10, 50, 60} { // the clock ran an hour ahead
		f := event.Payload(event.Opened{Title: "T"})
		if i > 0 {
			f = event.Renamed{Title: string(rune('A' + i))}
		}
		r := event.Encode(f)
		r.Time = begin.Add(time.Duration(minute) * time.Minute).UnixMilli()
		records = append(records, r)
	}
	head, err := log.Append(t.Context(), stream, 0, records...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at    string
		clock int // minutes after the beginning
		want  eventlog.Revision
	}{
		{"-0m", 5, 4}, {"-0m", 61, 4}, {"-5m", 5, 3}, {"-20m", 5, 2}, {"-20m", 90, 4}, {"-55m", 90, 2},
		{"2026-11-30T12:11", 5, 2}, {"2026-11-30T12:11", 90, 2},
	} {
		now := begin.Add(time.Duration(c.clock) * time.Minute)
		got, err := Resolve(t.Context(), log, stream, c.at, now)
		if err != nil || got != c.want {
			t.Errorf("@%s at minute %d is revision %d, want %d, %v", c.at, c.clock, got, c.want, err)
		}
	}
	if ms, _ := names.Moment("-0m", begin.Add(5*time.Minute)); ms.UnixMilli() >= head.Time {
		t.Error("the twin does not give an old text: the test shows nothing")
	}
}

func TestAheadIsSaid(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	const rest = "its newest record is of "
	for by, want := range map[time.Duration]string{
		-time.Hour: "", 59 * time.Second: "",
		time.Minute: "1 minute", 12*time.Minute + time.Second: "12 minutes", 30 * time.Hour: "1800 minutes", 49 * time.Hour: "2 days",
	} {
		got := Ahead(now.Add(by).UnixMilli(), now)
		if want != "" {
			want = "the clock of this log runs " + want + " ahead: " + rest + now.Add(by).Format("2006-01-02T15:04:05.000Z") +
				", and new ones get this time until the clock has caught up"
		}
		if got != want {
			t.Errorf("by %v: %q, want %q", by, got, want)
		}
	}
}
