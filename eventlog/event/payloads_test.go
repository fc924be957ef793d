package event_test

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

var place = event.Place{Run: ulid.MustParse("01JCZ0000000000000000000R7"), Node: "node-1.example"}

const thread eventlog.Stream = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

func digest(b byte) (d chain.Digest) {
	for i := range d {
		d[i] = b + byte(i)
	}
	return d
}

func parse(json string) ot.Change {
	c, err := ot.Parse([]byte(json))
	if err != nil {
		panic(err)
	}
	return c
}

// payloads has at least one payload of every kind, by the name of its golden file.
var payloads = map[string]event.Payload{
	"opened":               event.Opened{Title: "Grüße 😀"},
	"opened_untitled":      event.Opened{},
	"changed_empty":        event.Changed{},
	"changed_keep":         event.Changed{Change: ot.Keep(7)},
	"changed_insert":       event.Changed{Change: parse(`[5,[0,"hi"],5]`)},
	"changed_delete":       event.Changed{Change: parse(`[4,[2],4]`)},
	"changed_break":        event.Changed{Change: parse(`[9,[1,"","x"]]`)},
	"changed_surrogates":   event.Changed{Change: parse(`[1,[2,"😀é한"],1]`)},
	"changed_two_sections": event.Changed{Change: parse(`[[4],3,[0,"","one"],6]`)},
	"changed_side_by_side": event.Changed{Change: parse(`[[3],[0,"bar"],[1,"",""]]`)},
	"changed_stated": event.Changed{
		Change:  parse(`[15,[0,"bravo by Author",""],16]`),
		Origins: []event.Origin{{Units: 15, Revision: 2}},
		Lines:   []event.StatedLine{{Piece: 1, Born: 2, Ordinal: 1, Revision: 2, Time: 1700000000000}},
	},
	"changed_stated_mixed": event.Changed{
		Change:  parse(`[[1,"x"],2,[0,"😀é","","한"],4]`),
		Origins: []event.Origin{{Units: 1}, {Units: 3, Revision: 2, Author: 1}, {Units: 2, Revision: 2}},
		Lines: []event.StatedLine{
			{Piece: 0, Born: 1, Revision: 2, Author: 1, Time: 1700000000000, Submitted: true},
			{Piece: 2, Born: 2, Ordinal: 3, Revision: 2, Author: 2},
		},
	},
	"changed_stated_lines": event.Changed{
		Change: parse(`[3,[0,"",""],3]`),
		Lines:  []event.StatedLine{{Piece: 1, Born: 2, Ordinal: 1, Revision: 2, Time: 1}},
	},
	"submitted": event.Submitted{From: 2, To: 4},
	"renamed":   event.Renamed{Title: "another"},
	"version":   event.Version{Revision: 12, Name: "as sent"},
	"redacted": event.Redacted{
		Commitments: []event.Commitment{{Revision: 2, Digest: digest(1)}, {Revision: 9, Digest: digest(2)}},
		Ranges:      [][2]int{{1, 6}, {8, 9}},
		Change:      parse(`[1,[5,"██","██"],2,[1,"█"],3]`),
		Reason:      "on request",
	},
	"redacted_gone": event.Redacted{
		Commitments: []event.Commitment{{Revision: 2, Digest: digest(1)}},
		Change:      ot.Keep(3),
	},
	"imported":       event.Imported{Revisions: 41, Head: digest(3), Digest: digest(4)},
	"named_person":   event.Named{Name: "Ana", Kind: event.Person},
	"named_cli":      event.Named{Name: "root", Kind: event.Cli},
	"named_imported": event.Named{Name: "Ana", Kind: event.ImportedKind},
	"named_server":   event.Named{Name: "server", Kind: event.Server},
	"started":        event.Started{Place: place},
	"connected":      event.Connected{Place: place},
	"joined":         event.Joined{Place: place, Thread: thread},
	"left":           event.Left{Place: place, Thread: thread},
	"disconnected":   event.Disconnected{Place: place},
	"pruned":         event.Pruned{Through: 90210, Head: digest(5)},
}

// record is what the log would give back of f.
func record(f event.Payload) eventlog.Record {
	r := event.Encode(f)
	r.Stream, r.Revision, r.Position, r.Time = thread, 3, 8, 1_700_000_000_123
	r.Author, r.Client, r.Seq = eventlog.AuthorID{1}, eventlog.ClientID{2}, 4
	return r
}
