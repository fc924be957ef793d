package strictjson

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzValue: Value reads what encoding/json takes for JSON and nothing else, down
// to MaxDepth, and the elements of an array are those of encoding/json.
func FuzzValue(f *testing.F) {
	for _, s := range []string{`null`, `nullx`, `[1,-0,1.5e+3,01,1.]`, `{"a":[{}],"a":"\ud83d\ude00"}`, `["\ud83d","\x","	"]`, `[1,]`, `{"a"}`, ` [ ] `,
		strings.Repeat("[", 64) + strings.Repeat("]", 64), strings.Repeat("[", 65) + strings.Repeat("]", 65)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		s := New([]byte(text))
		value := s.Value()
		ok := value != nil && s.End()
		if want := json.Valid([]byte(text)); ok != want && (ok || strings.Count(text, "[")+strings.Count(text, "{") <= MaxDepth) {
			t.Fatalf("%q is read: %v, by encoding/json: %v", text, ok, want)
		}
		var want []json.RawMessage
		if !ok || value[0] != '[' || json.Unmarshal(value, &want) != nil {
			return
		}
		i := 0
		for e := range Elements(value) {
			if string(e) != strings.TrimSpace(string(want[i])) {
				t.Fatalf("element %d of %q is read as %q", i, text, e)
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("%d elements of %q are read", i, text)
		}
	})
}

func TestNestingIsBounded(t *testing.T) {
	for depth, want := range map[int]bool{MaxDepth: true, MaxDepth + 1: false} {
		s := New([]byte(strings.Repeat(`[{"a":`, depth/2) + strings.Repeat("[", depth%2) + "1" + strings.Repeat("]", depth%2) + strings.Repeat("}]", depth/2)))
		if s.Value() != nil != want {
			t.Errorf("%d levels are read: %v", depth, !want)
		}
	}
}

func TestIntegersAreDigitsAlone(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "9007199254740991": true, "9007199254740992": false, "00": false, "01": false,
		"": false, "-1": false, "18446744073709551617": false} {
		if n, rest, ok := CutUint([]byte(text)); ok != want {
			t.Errorf("%q is read as %d before %q", text, n, rest)
		}
	}
}
