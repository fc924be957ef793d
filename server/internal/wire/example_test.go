package wire

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// exchanges returns the frames that a document shows: those to the server after
// → and those from it after ←.
func exchanges(t *testing.T, path string) (in, out []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "//"))
		line = strings.NewReplacer("{…}", "{}", "[…]", "[]").Replace(line)
		if frame, ok := strings.CutPrefix(line, "→ "); ok {
			in = append(in, frame)
		} else if frame, ok := strings.CutPrefix(line, "← "); ok {
			out = append(out, frame)
		}
	}
	return in, out
}

// paths adds the way to every field of v to set, elements of arrays under one.
func paths(v any, at string, set map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			set[at+"."+key] = true
			paths(value, at+"."+key, set)
		}
	case []any:
		for _, value := range v {
			paths(value, at+"[]", set)
		}
	}
}

// fieldPaths returns the fields of a frame from the server, each under its type.
func fieldPaths(frame []byte) (map[string]bool, error) {
	var v map[string]any
	if err := json.Unmarshal(frame, &v); err != nil {
		return nil, err
	}
	kind, _ := v["type"].(string)
	set := map[string]bool{}
	paths(v, kind, set)
	return set, nil
}

func TestDocumentsShowRealFrames(t *testing.T) {
	known := map[string]bool{}
	for name, frame := range golden(t, "server.json") {
		set, err := fieldPaths(frame)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for path := range set {
			known[path] = true
		}
	}
	for _, path := range []string{"doc.go", "../../../docs/protocol.md"} {
		in, out := exchanges(t, path)
		if len(in) < 4 || len(out) < 4 {
			t.Errorf("%s shows %d frames to the server and %d from it", path, len(in), len(out))
		}
		for _, frame := range in {
			_, err := Decode([]byte(frame), DefaultLimits())
			if err != nil && !answered(out, err) {
				t.Errorf("%s: %s is refused: %v", path, frame, err)
			}
		}
		for _, frame := range out {
			set, err := fieldPaths([]byte(frame))
			if err != nil {
				t.Errorf("%s: %s: %v", path, frame, err)
			}
			for field := range set {
				if !known[field] {
					t.Errorf("%s: %s: no frame has the field %s", path, frame, field)
				}
			}
		}
	}
	if known["status.colour"] || !known["update.updates[].rev"] {
		t.Error("the fields are not told apart")
	}
}

// answered reports whether a document shows this very error.
func answered(out []string, err *Error) bool {
	for _, frame := range out {
		if frame == string(err.AppendJSON(nil)) {
			return true
		}
	}
	return false
}

// TestProtocolDocumentsEveryCodeAndLimit: docs/protocol.md has a row for each.
func TestProtocolDocumentsEveryCodeAndLimit(t *testing.T) {
	text, err := os.ReadFile("../../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for code := range Statuses {
		if !strings.Contains(string(text), "| `"+string(code)+"` |") {
			t.Errorf("no row for the code %s", code)
		}
	}
	var limits map[string]int
	l := DefaultLimits()
	if err := json.Unmarshal(l.AppendJSON(nil), &limits); err != nil {
		t.Fatal(err)
	}
	for name := range limits {
		if !strings.Contains(string(text), "| `"+name+"` |") {
			t.Errorf("no row for the limit %s", name)
		}
	}
}
