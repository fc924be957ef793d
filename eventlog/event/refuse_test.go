package event_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
)

const (
	hex1 = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
	run  = "01JCZ0000000000000000000R7"
)

// one is a text of one string.
var one = event.AppendStrings(nil, "x")

// refused are records that no release wrote.
var refused = []struct {
	kind  string
	shape string
	text  []byte
}{
	{"", "null", nil},
	{"unknown", "null", nil},
	{"Opened", "null", one},

	{"opened", "", one},
	{"opened", "nul", one},
	{"opened", "null ", one},
	{"opened", " null", one},
	{"opened", "[]", one},
	{"opened", "null", nil},
	{"opened", "null", append(slices.Clone(one), one...)},
	{"opened", "null", []byte("\x00\x00\x00")},
	{"opened", "null", []byte("\x00\x00\x00\x02x")},
	{"opened", "null", []byte("\xff\xff\xff\xffx")},
	{"opened", "null", []byte("\x00\x00\x00\x01\xff")},
	{"opened", "null", []byte("\x00\x00\x00\x03\xed\xa0\x80")}, // a lone surrogate
	{"opened", "null", append(slices.Clone(one), 0)},
	{"renamed", "", one},
	{"renamed", "null", nil},
	{"renamed", "nullnull", one},

	{"changed", "", nil},
	{"changed", "null", nil},
	{"changed", "[", nil},
	{"changed", "[5", nil},
	{"changed", "[0]", nil},
	{"changed", "[05]", nil},
	{"changed", "[-5]", nil},
	{"changed", "[5.0]", nil},
	{"changed", "[5e0]", nil},
	{"changed", "[ 5]", nil},
	{"changed", "[5]\n", nil},
	{"changed", "[5,5]", nil},
	{"changed", "[5,]", nil},
	{"changed", "[,5]", nil},
	{"changed", "[[2],[3]]", nil},
	{"changed", "[[0]]", nil},
	{"changed", "[[]]", nil},
	{"changed", "[[0,1]]", nil},
	{"changed", "[[0,2]]", one},
	{"changed", "[[0,0]]", event.AppendStrings(nil, "")},
	{"changed", "[[0,1],[0,1]]", append(slices.Clone(one), one...)},
	{"changed", "[[0,1]]", append(slices.Clone(one), one...)},
	{"changed", "[[0,1]]", event.AppendStrings(nil, "\n")},
	{"changed", "[[0,1]]", event.AppendStrings(nil, "\r")},
	{"changed", "[[0,1]]", event.AppendStrings(nil, "\x00")},
	{"changed", "[[0,1]]", []byte("\x00\x00\x00\x01\xff")},
	{"changed", "[[0,1]]", []byte("\x00\x00\x00\x02x")},
	{"changed", `[[0,"x"]]`, nil},
	{"changed", "[5]", one},
	{"changed", "[2147483648]", nil},
	{"changed", "[99999999999999999999999]", nil},

	{"submitted", "", nil},
	{"submitted", "null", nil},
	{"submitted", "[1]", nil},
	{"submitted", "[1,2,3]", nil},
	{"submitted", "[1,2", nil},
	{"submitted", "[1,2]]", nil},
	{"submitted", "[1, 2]", nil},
	{"submitted", "[01,2]", nil},
	{"submitted", "[-1,2]", nil},
	{"submitted", "[2,1]", nil},
	{"submitted", "[1,9007199254740992]", nil},
	{"submitted", "[1,99999999999999999999]", nil},
	{"submitted", "[1,2]", one},

	{"version", "[1]", nil},
	{"version", "[]", one},
	{"version", "1", one},
	{"version", "[1,2]", one},
	{"version", "null", one},

	{"imported", `[1,"` + hex1 + `"]`, nil},
	{"imported", `[1,"` + hex1 + `","` + hex1[1:] + `"]`, nil},
	{"imported", `[1,"` + hex1 + `","` + strings.ToUpper(hex1) + `"]`, nil},
	{"imported", `[1,"` + hex1 + `","` + hex1[:62] + `zz"]`, nil},
	{"imported", `[1,"` + hex1 + `","` + hex1 + `"]`, one},

	{"named", `["person"]`, nil},
	{"named", `["Person"]`, one},
	{"named", `["robot"]`, one},
	{"named", `[""]`, one},
	{"named", `["per son"]`, one},
	{"named", `["person","person"]`, one},
	{"named", `[person]`, one},
	{"named", `["person`, one},

	{"started", "null", nil},
	{"started", `["` + run + `"]`, nil},
	{"started", `["` + run + `",""]`, nil},
	{"started", `["` + run + `","a b"]`, nil},
	{"started", `["` + run + `","a\u0062"]`, nil},
	{"started", `["` + run + `","` + strings.Repeat("n", 65) + `"]`, nil},
	{"started", `["` + strings.ToLower(run) + `","n"]`, nil},
	{"started", `["8ZZZZZZZZZZZZZZZZZZZZZZZZZ","n"]`, nil},
	{"started", `["` + run[1:] + `","n"]`, nil},
	{"started", `["` + run[1:] + `U","n"]`, nil},
	{"started", `["` + run + `","n","x"]`, nil},
	{"started", `["` + run + `","n"]`, one},
	{"connected", `["` + run + `","n","x"]`, nil},
	{"joined", `["` + run + `","n"]`, nil},
	{"left", `["` + run + `","n",""]`, nil},
	{"disconnected", `["` + run + `","n"`, nil},
	{"pruned", `[1]`, nil},
	{"pruned", `[1,"` + hex1 + `",1]`, nil},
	{"pruned", `["` + hex1 + `",1]`, nil},

	{"redacted", `[[],[],[3]]`, nil},
	{"redacted", `[[],[],[3]`, one},
	{"redacted", `[[],[]]`, one},
	{"redacted", `[[],[],3]`, one},
	{"redacted", `[[],[],[3],[3]]`, one},
	{"redacted", `[[[2]],[],[3]]`, one},
	{"redacted", `[[[2,"` + hex1 + `"],],[],[3]]`, one},
	{"redacted", `[[[2,"` + hex1 + `"][3,"` + hex1 + `"]],[],[3]]`, one},
	{"redacted", `[[],[[1]],[3]]`, one},
	{"redacted", `[[],[[2,1]],[3]]`, one},
	{"redacted", `[[],[[1,1]],[3]]`, one},
	{"redacted", `[[],[],[[3,3]]]`, one},                    // writes where no range is
	{"redacted", `[[],[[0,3]],[3]]`, one},                   // a range that is not written
	{"redacted", `[[],[[0,3]],[[3,2]]]`, one},               // shorter
	{"redacted", `[[],[[0,3]],[[3]]]`, one},                 // deletes
	{"redacted", `[[],[[0,3]],[1,[2,2]]]`, one},             // another range
	{"redacted", `[[],[[0,3]],[[3,2,1]]]`, one},             // longer, with a break
	{"redacted", `[[],[[2,3],[0,1]],[[1,1],1,[1,1]]]`, one}, // not in order
	{"redacted", `[[],[[0,3]],[[3,99999999999]]]`, one},
	{"redacted", `[[],[[0,3]],[[3,3]] ]`, one},
}

func TestDecodeRefusesWhatNoReleaseWrote(t *testing.T) {
	for _, r := range refused {
		got, err := event.Decode(eventlog.Record{Stream: "s", Revision: 7, Kind: r.kind, Schema: 1, Shape: []byte(r.shape), Text: r.text})
		if !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("%s %.100s %q: %+v, %v, want ErrDamaged", r.kind, r.shape, r.text, got.Payload, err)
		} else if !strings.HasPrefix(err.Error(), "s revision 7, kind "+r.kind+": ") {
			t.Errorf("%s %.100s: the error does not say where: %v", r.kind, r.shape, err)
		}
	}
}

func TestDecodeRefusesSchemasOfOtherReleases(t *testing.T) {
	for name, f := range payloads {
		own := record(f).Schema
		for _, schema := range []uint32{0, 1, 2, 3, 1 << 31} {
			r := record(f)
			if r.Schema = schema; schema != own && !refuses(r) {
				t.Errorf("%s of schema %d is read", name, schema)
			}
		}
	}
}

// refusedStated are shapes of schema 2 that no release wrote, beside the text "x".
var refusedStated = []string{
	"", "null", "[]", "[[0,1]]", "[[[0,1]]]", "[[[0,1]],[]]", "[[[0,1]],[[1,2,0]]]", "[[[0,1]],[[1,2,0]],[]", "[[[0,1]],[[1,2,0]],[]] ",
	"[[[0,1]],[],[]]",                // nothing is stated
	"[[[0,1]],[[1,0,0]],[]]",         // new text at the end
	"[[[0,1]],[[1,0,1]],[]]",         // new text by somebody else
	"[[[0,1]],[[0,2,0]],[]]",         // of no units
	"[[[0,1]],[[2,2,0]],[]]",         // more than is inserted
	"[[[0,1]],[[1,2,0],[1,3,0]],[]]", // more than is inserted
	"[[[0,1]],[[1,2]],[]]",           // without an author
	"[[[0,1]],[[1,2,0,0]],[]]",       // a number too many
	"[[[0,1]],[[1,2,-1]],[]]",
	"[[[0,1]],[[1,2,2147483648]],[]]",
	"[[[0,1]],[[1,9007199254740992,0]],[]]",
	"[[[0,1]],[[1, 2,0]],[]]",
	"[[[0,1]],[[01,2,0]],[]]",
	"[[[0,1]],[1,2,0],[]]",
	"[[[0,1]],[],[[0,2,0,2,0,5]]]",   // without a flag
	"[[[0,1]],[],[[0,2,0,2,0,5,2]]]", // a flag of 2
	"[[[0,1]],[],[[0,2,0,2,0,5,0,0]]]",
	"[[[0,1]],[],[[0,0,0,2,0,5,0]]]",                 // born in no record
	"[[[0,1]],[],[[0,2,0,0,0,5,0]]]",                 // changed in no record
	"[[[0,1]],[],[[0,2,0,2,0,5,0],[0,2,1,2,0,5,0]]]", // one piece twice
	"[[[0,1]],[],[[1,2,0,2,0,5,0],[0,2,1,2,0,5,0]]]", // not in order
	"[[[0,1]],[],[[2147483648,2,0,2,0,5,0]]]",
	"[[[0,1],[0,1]],[[1,2,0]],[]]", // sections not in their shortest form
	"[[[0,2]],[[1,2,0]],[]]",
	"[5,[[1,2,0]],[]]",
	"[[[0,1]],[[1,2,0]],[],[]]",
}

func TestDecodeRefusesStatementsThatNoReleaseWrote(t *testing.T) {
	for _, shape := range refusedStated {
		if !refuses(eventlog.Record{Kind: "changed", Schema: 2, Shape: []byte(shape), Text: one}) {
			t.Errorf("%s is read", shape)
		}
	}
	for _, f := range []event.Changed{
		{Change: parse(`[[0,"😀"]]`), Origins: []event.Origin{{Units: 1, Revision: 2}}},
		{Change: parse(`[[0,"ab"],3,[0,"c😀","d"]]`), Origins: []event.Origin{{Units: 1, Revision: 2}, {Units: 3, Revision: 3}}},
		{Change: parse(`[[0,"ab"]]`), Origins: []event.Origin{{Units: 1, Revision: 2}, {Units: 1, Revision: 2}}},
	} {
		if f.Valid() == nil {
			t.Errorf("%s with %v is valid", f.Change, f.Origins)
		}
	}
	for _, shape := range []string{"[[[0,1]],[[1,2,0]],[]]", "[[[0,1]],[],[[0,2,0,2,0,5,0]]]", "[[1,[0,1],1],[[1,2,0]],[]]"} {
		if _, err := event.Decode(eventlog.Record{Kind: "changed", Schema: 2, Shape: []byte(shape), Text: one}); err != nil {
			t.Errorf("%s: %v", shape, err)
		}
	}
}

func TestOriginsHaveOneForm(t *testing.T) {
	got := event.JoinOrigins([]event.Origin{{Units: 0, Revision: 9}, {Units: 2}, {Units: 1}, {Units: 3, Revision: 2, Author: 1}, {Revision: 5},
		{Units: 4, Revision: 2, Author: 1}, {Units: 1, Revision: 2}, {Units: 7}, {Units: 2}})
	if want := []event.Origin{{Units: 3}, {Units: 7, Revision: 2, Author: 1}, {Units: 1, Revision: 2}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a change was written that nobody can read")
		}
	}()
	event.Encode(event.Changed{Change: parse(`[[0,"ab"]]`), Origins: []event.Origin{{Units: 3, Revision: 2}}})
}

// One byte more, less or other is refused, or says something else that is
// written with just those bytes.
func TestDecodeTakesOnlyTheOneForm(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2)).IntN
	for name, f := range payloads {
		for range seeds.Rounds(2000) {
			r := record(f)
			field := &r.Shape
			if draw(3) == 0 && len(r.Text) > 0 {
				field = &r.Text
			}
			*field = spoil(draw, *field)
			e, err := event.Decode(r)
			if err != nil {
				continue
			}
			if again := event.Encode(e.Payload); again.Schema != r.Schema || string(again.Shape) != string(r.Shape) || string(again.Text) != string(r.Text) {
				t.Fatalf("%s: %s %q is read and would be written %s %q", name, r.Shape, r.Text, again.Shape, again.Text)
			}
		}
	}
}

func spoil(draw func(int) int, b []byte) []byte {
	i := draw(len(b) + 1)
	switch c := `0123456789[],"- ab`[draw(18)]; {
	case draw(3) == 0 || i == len(b):
		return slices.Insert(slices.Clone(b), i, c)
	case draw(2) == 0:
		return slices.Delete(slices.Clone(b), i, i+1)
	default:
		b = slices.Clone(b)
		b[i] = c
		return b
	}
}

// Decode has a faster way for the usual changes; it must give what the way for all
// changes gives.
func TestDecodeOfTypingAgreesWithFromShape(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 4)).IntN
	taken := 0
	for range seeds.Rounds(200_000) {
		shape, text := typingRecord(draw)
		if draw(3) == 0 {
			shape = spoil(draw, shape)
		}
		if draw(6) == 0 {
			text = spoil(draw, text)
		}
		if decodesLikeFromShape(t, shape, text) {
			taken++
		}
	}
	if all := seeds.Rounds(200_000); taken < all/20*3 {
		t.Errorf("only %d of %d were changes", taken, all)
	}
}

// typingRecord is nearly always a change of one section.
func typingRecord(draw func(int) int) (shape, text []byte) {
	shape = []byte("[")
	if draw(3) > 0 {
		shape = fmt.Appendf(shape, "%d,", []int{draw(3), draw(200), draw(1 << 31)}[draw(3)])
	}
	shape = fmt.Appendf(shape, "[%d", draw(4))
	for range draw(4) {
		s := []string{"", "x", "xy", "é", "~", "\x7f", "\x1f", strings.Repeat("z", draw(70)),
			"\t世界", "😀", "\ufffd", "\n", "\r", "\x00", "\xff", "a\xed\xa0\x80", "\xf0\x9f"}[draw(17)]
		n := ot.Len(s)
		if n < len(s) && draw(4) == 0 {
			n = len(s)
		}
		shape = fmt.Appendf(shape, ",%d", n)
		text = event.AppendStrings(text, s)
	}
	shape = append(shape, ']')
	if draw(3) > 0 {
		shape = fmt.Appendf(shape, ",%d", []int{draw(3), draw(200), draw(1 << 31)}[draw(3)])
	}
	return append(shape, ']'), text
}

func decodesLikeFromShape(t *testing.T, shape, text []byte) bool {
	t.Helper()
	var want ot.Change
	lines, wrong := event.Strings(text)
	if wrong == nil {
		want, wrong = ot.FromShape(shape, lines)
	}
	r := eventlog.Record{Kind: "changed", Schema: 1, Shape: shape, Text: text}
	e, err := event.Decode(r)
	decoderAgrees(t, r)
	if (err == nil) != (wrong == nil) {
		t.Fatalf("%s %q: %v, from shape %v", shape, text, err, wrong)
	}
	if err != nil {
		return false
	}
	got := e.Payload.(event.Changed).Change
	if !got.Equal(want) || got.Len() != want.Len() || got.NewLen() != want.NewLen() {
		t.Fatalf("%s %q is read as %s, from shape %s", shape, text, got, want)
	}
	return true
}

func refuses(r eventlog.Record) bool {
	_, err := event.Decode(r)
	return errors.Is(err, eventlog.ErrDamaged)
}

func FuzzDecode(f *testing.F) {
	for _, payload := range payloads {
		r := event.Encode(payload)
		f.Add(r.Kind, r.Schema, r.Shape, r.Text)
	}
	for _, r := range refused {
		f.Add(r.kind, uint32(1), []byte(r.shape), r.text)
	}
	for _, shape := range refusedStated {
		f.Add("changed", uint32(2), []byte(shape), one)
	}
	f.Fuzz(func(t *testing.T, kind string, schema uint32, shape, text []byte) {
		if kind == "changed" && schema == 1 {
			decodesLikeFromShape(t, shape, text)
		}
		r := eventlog.Record{Kind: kind, Schema: schema, Shape: shape, Text: text}
		decoderAgrees(t, r)
		e, err := event.Decode(r)
		if err != nil {
			if !errors.Is(err, eventlog.ErrDamaged) {
				t.Fatalf("%v does not match ErrDamaged", err)
			}
			return
		}
		again := event.Encode(e.Payload)
		if again.Kind != kind || again.Schema != schema || string(again.Shape) != string(shape) || string(again.Text) != string(text) {
			t.Fatalf("%s %s %q is read as %s and written %s %s %q", kind, shape, text, fmt.Sprintf("%+v", e.Payload), again.Kind, again.Shape, again.Text)
		}
	})
}
