package scripts

import (
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// Never is a time that no calendar has: as a date, a browser cannot write it.
const Never = 1<<53 - 1

// Extremes returns the records of a log that a careless program, or an import of an
// earlier release, could write: titles, names, versions, reasons and times that no server
// accepts any more, and everything that is rare. They fold; each thread has a text, but
// for the one with the title "".
func Extremes() map[eventlog.Stream][]eventlog.Record {
	const long = 100_000
	log := map[eventlog.Stream][]eventlog.Record{}
	add := func(stream eventlog.Stream, author string, ms int64, f event.Payload) {
		r := event.Encode(f)
		r.Author, r.Time = AuthorID(author), ms
		log[stream] = append(log[stream], r)
	}
	people := map[string]string{
		"long": strings.Repeat("n", long), "turned": "\u202edrow", "zero": "pay\u200bpal", "none": "", "alike": "\u0410da", "line": "a\nb",
	}
	for who, name := range people {
		add(eventlog.Authors, who, 1, event.Named{Name: name, Kind: event.Person})
	}
	text := func(old, s string) event.Changed {
		units, _ := ot.Units(s)
		n := len(old) // ASCII
		return event.Changed{Change: ot.Replace(n, n, n, units)}
	}
	thread := func(last string) eventlog.Stream { return eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W" + last) }

	for i, c := range []struct {
		title string
		ms    int64
	}{
		{strings.Repeat("t", long), Never}, {"a\nb\u202ec\u200bd", 8_640_000_000_000_001}, {strings.Repeat("\U0001f600", 300), 0}, {" in year 9999", event.TimeMost},
	} {
		t := thread("9" + string(rune('A'+i)))
		add(t, "long", c.ms, event.Opened{Title: c.title})
		for n, who := range []string{"long", "turned", "zero", "none", "alike", "line", "nobody named"} {
			add(t, who, c.ms, text(strings.Repeat("a line\n", n), "a line\n"))
		}
	}
	add(thread("9E"), "none", 5, event.Opened{})

	t, old := thread("9F"), strings.Repeat("w", 20_000)
	add(t, "zero", 10, event.Opened{Title: "rare"})
	add(t, "zero", 11, text("", old))
	add(t, "alike", 12, event.Submitted{})
	for _, name := range []string{strings.Repeat("v", long), "2026-01-01", "12", "@", "-x", "\u200b", "", "a\nb", "twice", "twice"} {
		add(t, "turned", 13, event.Version{Revision: 2, Name: name})
	}
	add(t, "turned", Never, event.Version{Name: "of none"})
	add(t, "turned", Never, event.Version{Revision: 999, Name: "of one to come"})
	add(t, "line", Never, event.Redacted{
		Ranges: [][2]int{{1, 3}}, Change: ot.Replace(len(old), 1, 3, []uint16{event.Blank, event.Blank}), Reason: strings.Repeat("r\n", long),
	})
	add(t, "line", Never, event.Imported{})
	add(t, "long", Never, event.Renamed{Title: "rare \u2066things"})
	add(t, "long", Never, text(old, "\nlast"))

	t = thread("9G")
	two, _ := ot.Units("\ntwo")
	add(t, "zero", 20, event.Opened{Title: "stated"})
	add(t, "zero", 21, text("", "one\ntwo"))
	add(t, "zero", 22, event.Changed{Change: ot.Replace(7, 3, 7, nil)})
	add(t, "zero", 23, event.Changed{
		Change: ot.Replace(3, 3, 3, two), Origins: []event.Origin{{Units: 4, Revision: 2}},
		Lines: []event.StatedLine{{Piece: 1, Born: 2, Ordinal: 1, Revision: 2, Time: Never}},
	})
	return log
}
