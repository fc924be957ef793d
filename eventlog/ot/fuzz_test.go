package ot

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, r := range refused {
		f.Add([]byte(r.json))
	}
	for _, s := range []string{`[]`, `[5,[0,"hi"],5]`, `[2,[0,"",""],3]`, `[[1],[2],1,1,[0,"\ud83d\ude00\u0041"],[0,"b"]]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		out := c.AppendJSON(nil)
		again, err := Parse(out)
		if err != nil || !again.Equal(c) || again.Len() != c.Len() || again.NewLen() != c.NewLen() {
			t.Fatalf("%q reads as %s, and that as %s, %v", data, out, again, err)
		}
		if joined, err := FromShape(c.AppendShape(nil), c.AppendLines(nil)); err != nil || !joined.Equal(c) {
			t.Fatalf("%q: from shape %s, %v", data, joined, err)
		}
		if want := textBySecondReader(t, data); String(c.text) != want {
			t.Fatalf("%q: inserts %q, want %q", data, String(c.text), want)
		}
	})
}

// textBySecondReader reads the inserted text with encoding/json, which does
// well on what is not broken.
func textBySecondReader(t *testing.T, data []byte) string {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		t.Fatalf("%q was taken, and is not JSON: %v", data, err)
	}
	var text strings.Builder
	for _, p := range parts {
		var section []any
		if json.Unmarshal(p, &section) != nil {
			continue
		}
		for i, line := range section[1:] {
			if i > 0 {
				text.WriteByte('\n')
			}
			text.WriteString(line.(string))
		}
	}
	return text.String()
}

// FuzzTransform draws a text and changes from the fuzzer's bytes, and holds the
// laws against them.
func FuzzTransform(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"))
	f.Add(slices.Repeat([]byte{7, 2, 3, 1, 4, 2}, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, l := range laws {
			rest := data
			draw := source(func(n int) int {
				if len(rest) == 0 {
					return 0
				}
				v := int(rest[0])
				rest = rest[1:]
				return v % n
			})
			if wrong := l.holds(draw); wrong != "" {
				t.Fatalf("%s: %s", l.name, wrong)
			}
		}
	})
}
