package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"parodywave/eventlog/strictjson"
)

// FuzzDecode: Decode never panics; answers with a message or an error, not both;
// finds JSON to be JSON where the standard library does; lets no line break,
// NUL or broken character through; and reads field values as the standard
// library does.
func FuzzDecode(f *testing.F) {
	for _, frame := range golden(f, "client.json") {
		f.Add(frame)
	}
	for _, r := range refusals(f) {
		f.Add([]byte(r.Frame))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		message, err := Decode(frame, DefaultLimits())
		if (message == nil) == (err == nil) {
			t.Fatalf("%q: message %#v and error %v", frame, message, err)
		}
		if string(frame) == "HB" {
			return
		}
		isJSON := json.Valid(frame) && utf8.Valid(frame) && deepest(frame) <= strictjson.MaxDepth
		if isJSON == (err != nil && err.Code == BadJSON) {
			t.Fatalf("%q: is JSON: %t; error %v", frame, isJSON, err)
		}
		if err != nil {
			if b := err.AppendJSON(nil); !json.Valid(b) {
				t.Fatalf("%q: the error is not JSON: %s", frame, b)
			}
			return
		}
		if why := unclean(message); why != "" {
			t.Fatalf("%q: %s in %#v", frame, why, message)
		}
		if m, ok := message.(New); ok {
			checkAgainstStandardLibrary(t, frame, m.Value)
		}
	})
}

// deepest returns how deep arrays and objects of valid JSON lie in one another.
func deepest(text []byte) (most int) {
	depth, tokens := 0, json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := tokens.Token()
		if err != nil {
			return most
		}
		if d, ok := token.(json.Delim); ok && (d == '[' || d == '{') {
			depth++
		} else if ok {
			depth--
		}
		most = max(most, depth)
	}
}

func checkAgainstStandardLibrary(t *testing.T, frame []byte, value string) {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(frame, &fields); err != nil {
		t.Fatal(err)
	}
	if fields["value"] != value {
		t.Fatalf("%q: value %q, the standard library reads %q", frame, value, fields["value"])
	}
}

// unclean says what is in m that must not be in any message; "" is nothing.
func unclean(m Message) string {
	var lines []string
	switch m := m.(type) {
	case Open:
		lines = []string{m.User, m.Title}
	case Join:
		lines = []string{m.User, string(m.ID)}
	case New:
		lines = []string{m.Value}
	case Update:
		lines = []string{m.Value}
	case Submit:
		lines = []string{m.Value}
	case Rename:
		lines = []string{m.Title}
	case Push:
		for _, c := range m.Changes {
			b := c.AppendJSON(nil)
			lower := strings.ToLower(string(b))
			for _, bad := range []string{`\n`, `\r`, `\u000a`, `\u000d`, `\u0000`, `\ud`} {
				// An escaped backslash may stand before any letter.
				if strings.Contains(strings.ReplaceAll(lower, `\\`, ""), bad) {
					return bad
				}
			}
			lines = append(lines, string(b))
		}
	}
	for _, line := range lines {
		switch {
		case strings.ContainsAny(line, "\n\r"):
			return "a line break"
		case strings.Contains(line, "\x00"):
			return "a NUL"
		case !utf8.ValidString(line):
			return "a broken character"
		}
	}
	return ""
}

func TestUncleanFindsWhatMustNotPass(t *testing.T) {
	for _, m := range []Message{
		New{"a\nb"}, Update{Value: "a\rb"}, Submit{Value: "a\x00"}, Rename{"\xed\xa0\xbd"},
		Open{User: "a\nb"}, Join{User: "\x00"},
	} {
		if unclean(m) == "" {
			t.Errorf("%#v passes as clean", m)
		}
	}
	if why := unclean(New{"a\tb 😀 \u2028"}); why != "" {
		t.Errorf("a clean message has %s", why)
	}
}
