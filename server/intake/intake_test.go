package intake

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// TestImportRefusesWhatNoEditorCouldWrite folds documents whose chain could be
// in order and whose records make no thread, or no text.
func TestImportRefusesWhatNoEditorCouldWrite(t *testing.T) {
	parse := func(s string) event.Payload {
		c, err := ot.Parse([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return event.Changed{Change: c}
	}
	opened := event.Opened{Title: "T"}
	for _, tc := range []struct {
		facts []event.Payload
		says  string
	}{
		{[]event.Payload{opened, parse(`[[0,"a😀b"]]`), parse(`[1,[2],1]`)}, ""},
		{[]event.Payload{opened, parse(`[[0,"a😀b"]]`), parse(`[2,[1],1]`)}, "revision 3 cuts a surrogate pair"},
		{[]event.Payload{opened, parse(`[3,[0,"x"]]`)}, "change is for 3 units"},
		{[]event.Payload{parse(`[[0,"x"]]`)}, "does not open"},
		{[]event.Payload{opened, event.Version{Revision: 1, Name: "v"}}, ""},
		{[]event.Payload{opened, event.Version{Revision: 2, Name: "v"}}, "names revision 2"},
		{[]event.Payload{opened, event.Imported{Revisions: 1}}, ""},
		{[]event.Payload{opened, event.Imported{Revisions: 7}}, "7 revisions were imported"},
		{[]event.Payload{opened, opened}, "opened is revision 1"},
		{[]event.Payload{opened, parse(`[[0,"x"]]`), event.Submitted{From: 0, To: 1}}, "submitted lines 0 to 1 of 1"},
		{[]event.Payload{event.Opened{Title: strings.Repeat("x", 100_000)}, event.Renamed{Title: "T"}}, "revision 1: \"title\" is 100000 bytes long"},
		{[]event.Payload{opened, event.Renamed{Title: "a\nb"}, event.Renamed{Title: "T"}}, "revision 2: \"title\" contains the control character U+000A"},
		{[]event.Payload{opened, event.Renamed{Title: " T"}, event.Renamed{Title: "T"}}, "revision 2: \" T\": the name is not in the normalized form"},
		{[]event.Payload{opened, event.Version{Revision: 1, Name: "2"}}, "looks like a revision"},
		{[]event.Payload{opened, event.Version{Revision: 1, Name: "2026-11-22"}}, "looks like a time"},
		{[]event.Payload{opened, event.Version{Name: "v"}}, "the first revision is 1"},
	} {
		doc := &ndjson.Document{Stream: "01J9Z3N8QJ7C0V5R2K4M6T8W9X"}
		for i, f := range tc.facts {
			doc.Events = append(doc.Events, event.Event{Stream: doc.Stream, Revision: eventlog.Revision(i + 1), Payload: f})
		}
		err := Check(t.Context(), doc, 0)
		if tc.says == "" && err != nil || tc.says != "" && (err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "damaged")) {
			t.Errorf("%v: %v, want %q", tc.facts, err, tc.says)
		}
	}
}

// TestImportNamesAreTaken: whatever a name was elsewhere, Name returns one
// that CheckImport takes, and good names stay.
func TestImportNamesAreTaken(t *testing.T) {
	for name, want := range map[string]string{
		"소라":                            "소라",
		"  Ben\t ":                      "Ben",
		"":                              "-",
		"\u202e\x00":                    "-",
		"\u200b \u2800":                 "-",
		"a\nb\xffc":                     "abc",
		"e\u0301":                       "é",
		strings.Repeat("가나", 60):        strings.Repeat("가나", 32),
		strings.Repeat("e\u0301", 2000): strings.Repeat("é", 64),
	} {
		got := Name(name, "-")
		if got != want {
			t.Errorf("%.40q is %q, want %q", name, got, want)
		}
		if clean, bad := wire.CleanUser(got, wire.DefaultLimits()); bad != nil || clean != got {
			t.Errorf("%.40q is %q, which is not taken: %v", name, got, bad)
		}
	}
	if got := Title(strings.Repeat("x", 300), "-"); len(got) != 200 {
		t.Errorf("a title of %d", len(got))
	}
}
