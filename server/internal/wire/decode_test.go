package wire

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

func TestDecodeReadsGoldenMessages(t *testing.T) {
	digest, client := testDigest(), testClient()
	want := map[string]Message{
		"open":                       Open{"Ada", "Thread of the day"},
		"open, decomposed":           Open{"Zo\u00eb", "한글"},
		"join":                       Join{User: "Ben", ID: testThread},
		"join, lower-case id":        Join{User: "Ben", ID: testThread},
		"join, text":                 Join{User: "Ben", ID: testThread, Text: true, Client: client},
		"join, resume":               Join{User: "Ben", ID: testThread, Text: true, Client: client, Resume: &Resume{7, &digest}},
		"join, resume without chain": Join{User: "Ben", ID: testThread, Text: true, Client: client, Resume: &Resume{7, nil}},
		"leave":                      Leave{},
		"status":                     Status{},
		"list, unknown fields":       List{},
		"activity":                   Activity{true},
		"activity, on":               Activity{true},
		"activity, off":              Activity{false},
		"new":                        New{""},
		"update":                     Update{Value: "tab\tquote\" slash/ 😀 \u2028"},
		"update, rev":                Update{Value: "x", Rev: of(eventlog.Revision(MaxNumber))},
		"update, line":               Update{Value: "x", Rev: of(eventlog.Revision(12)), Line: of(3)},
		"push":                       Push{client, 4, 12, []ot.Change{testChange(t, `[5,[0,"hi"],5]`), testChange(t, `[[12,"","😀"]]`)}, nil},
		"push, claims": Push{client, 4, 12, []ot.Change{testChange(t, `[[0,"a"],2]`), testChange(t, `[3,[0,"b"]]`), testChange(t, `[4]`), testChange(t, `[4,[0,"c"]]`)},
			[]Claim{{Change: 3, Undoes: [2]uint64{2, 6}}, {Change: 0, Pastes: 3}, {Change: 1, Cut: 9}}},
		"submit":        Submit{Value: "done"},
		"submit, lines": SubmitLines{12, 0, 2},
		"rename":        Rename{"A better title"},
		"version":       NameVersion{12, "초안 1"},
		"cursor":        Cursor{12, [][2]int{{0, 0}, {7, 3}}},
		"cursor, gone":  Cursor{12, [][2]int{}},
		"diverged":      Diverged{12},
		"escaped names": New{"x"},
	}
	frames := golden(t, "client.json")
	for name, frame := range frames {
		got, err := Decode(frame, DefaultLimits())
		if err != nil {
			t.Errorf("%s: %s: %v", name, frame, err)
		} else if !reflect.DeepEqual(got, want[name]) {
			t.Errorf("%s: %s:\n got %#v\nwant %#v", name, frame, got, want[name])
		}
	}
	if len(frames) != len(want) {
		t.Errorf("testdata/client.json has %d messages, the table %d", len(frames), len(want))
	}
}

func TestDecodeReadsHeartbeat(t *testing.T) {
	if m, err := Decode([]byte("HB"), DefaultLimits()); err != nil || m != (Heartbeat{}) {
		t.Errorf("HB: %v, %v", m, err)
	}
}

func TestDecodeRefusesMalformedFrames(t *testing.T) {
	for _, r := range refusals(t) {
		m, err := Decode([]byte(r.Frame), DefaultLimits())
		if err == nil {
			t.Errorf("%s: decoded to %#v, want %s", r.Frame, m, r.Code)
		} else if err.Code != r.Code || err.Re != r.Re {
			t.Errorf("%s: %q re %q (%s), want %q re %q", r.Frame, err.Code, err.Re, err.Text, r.Code, r.Re)
		} else if m != nil {
			t.Errorf("%s: an error and a message, %#v", r.Frame, m)
		}
	}
}

// Every field of every message is replaced by every JSON type that is not its
// own, and left out: all of that is bad_message, save what is said below.
func TestDecodeRefusesEveryWrongType(t *testing.T) {
	values := []string{`null`, `true`, `7`, `"s"`, `[]`, `{}`}
	optional := map[fieldName]bool{fieldMode: true, fieldSince: true, fieldChain: true, fieldLine: true, fieldOn: true, fieldClaims: true}
	checked := 0
	for name, frame := range golden(t, "client.json") {
		if name == "list, unknown fields" || name == "escaped names" {
			continue
		}
		var fs fields
		if err := fs.read(frame); err != nil {
			t.Fatal(err)
		}
		for f := range fs {
			own := fs[f].raw
			if own == nil {
				continue
			}
			key := `"` + fieldName(f).String() + `":`
			for _, v := range append(values, "") {
				if own[0] == 'n' || v != "" && typeOf(v) == typeOf(string(own)) {
					continue
				}
				if typeOf(v) == "" && (optional[fieldName(f)] || name == "update, rev") {
					continue
				}
				replaced := strings.Replace(string(frame), key+string(own), key+v, 1)
				if v == "" {
					replaced = strings.Replace(string(frame), key+string(own), `"other":0`, 1)
				}
				_, err := Decode([]byte(replaced), DefaultLimits())
				if err == nil || err.Code != BadMessage {
					t.Errorf("%s: %s: %v, want bad_message", name, replaced, err)
				}
				checked++
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d frames were checked", checked)
	}
}

// typeOf tells JSON types apart; "" is nothing or null.
func typeOf(v string) string {
	switch {
	case v == "" || v == "null":
		return ""
	case strings.Contains(numeric, v[:1]):
		return "number"
	case v == "true" || v == "false":
		return "boolean"
	}
	return v[:1]
}

func TestDecodeHoldsLimits(t *testing.T) {
	limits := DefaultLimits()
	pushOf := func(n int) string {
		return `{"type":"update","client":"01J9Z40000000000000000000A","seq":1,"rev":1,"changes":[` +
			strings.TrimSuffix(strings.Repeat(`[1],`, n), ",") + `]}`
	}
	editsOf := func(n int) string {
		half := strings.TrimSuffix(strings.Repeat(`1,[0,"a"],`, n/2), ",")
		return `{"type":"update","client":"01J9Z40000000000000000000A","seq":1,"rev":1,"changes":[[` + half + `],[` + half + strings.Repeat(`,1,[1]`, n%2) + `]]}`
	}
	rangesOf := func(n int) string {
		return `{"type":"cursor","rev":1,"ranges":[` + strings.TrimSuffix(strings.Repeat(`[1,1],`, n), ",") + `]}`
	}
	titleOf := func(n int) string {
		return fmt.Sprintf(`{"type":"rename","title":%q}`, strings.Repeat("글", n))
	}
	userOf := func(n int) string {
		return fmt.Sprintf(`{"type":"open","title":"t","user":%q}`, strings.Repeat("😀", n))
	}
	versionOf := func(n int) string {
		return fmt.Sprintf(`{"type":"version","rev":1,"name":%q}`, strings.Repeat("판", n))
	}
	frameOf := func(n int) string {
		s := `{"type":"new","value":""}`
		return s[:len(s)-2] + strings.Repeat("x", n-len(s)) + s[len(s)-2:]
	}
	for _, c := range []struct {
		name string
		of   func(int) string
		most int
		code Code
	}{
		{"changes", pushOf, 1000, TooMany},
		{"edits", editsOf, 10_000, TooMany},
		{"ranges", rangesOf, 1000, TooMany},
		{"title", titleOf, 200, BadValue},
		{"user", userOf, 64, BadValue},
		{"version", versionOf, 64, BadValue},
		{"frame", frameOf, 1 << 20, TooLarge},
	} {
		if _, err := Decode([]byte(c.of(c.most)), limits); err != nil {
			t.Errorf("%d %s: %v", c.most, c.name, err)
		}
		if _, err := Decode([]byte(c.of(c.most+1)), limits); err == nil || err.Code != c.code {
			t.Errorf("%d %s: %v, want %s", c.most+1, c.name, err, c.code)
		}
	}
}

func TestDecodeSurvivesDeepNesting(t *testing.T) {
	for _, unit := range []string{"[", `{"type":`, `{"a":[`} {
		frame := `{"type":"status","x":` + strings.Repeat(unit, 500_000/len(unit))
		if _, err := Decode([]byte(frame), DefaultLimits()); err == nil || err.Code != BadJSON {
			t.Errorf("%.20s…: %v, want bad_json", frame, err)
		}
	}
}

func TestDecodeRefusesInvalidUTF8(t *testing.T) {
	for _, s := range []string{"\xff", "\xed\xa0\xbd", "\xc0\x80", "a\xf0\x9f\x98"} {
		frame := `{"type":"new","value":"` + s + `"}`
		if _, err := Decode([]byte(frame), DefaultLimits()); err == nil || err.Code != BadJSON {
			t.Errorf("%q: %v, want bad_json", frame, err)
		}
	}
}

func TestDecodeKeepsNothingOfTheFrame(t *testing.T) {
	for name, frame := range golden(t, "client.json") {
		a, err := Decode(frame, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Decode(frame, DefaultLimits())
		for i := range frame {
			frame[i] = 'X'
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("%s: message changed with the frame: %#v", name, a)
		}
		if s := fmt.Sprintf("%+v", a); strings.Contains(s, "XXXX") {
			t.Errorf("%s: message shows bytes of the frame: %s", name, s)
		}
	}
}

const typicalPush = `{"type":"update","client":"01J9Z40000000000000000000A","seq":412,"rev":20931,"changes":[[10423,[0,"h"],8120]]}`

func BenchmarkDecodePush(b *testing.B) {
	frame, limits := []byte(typicalPush), DefaultLimits()
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(frame, limits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeUpdate(b *testing.B) {
	frame, limits := []byte(`{"type":"update","value":"The quick brown fox jumps over the lazy dog, 한글 too"}`), DefaultLimits()
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(frame, limits); err != nil {
			b.Fatal(err)
		}
	}
}
