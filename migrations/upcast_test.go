package migrations

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// withKind adds a kind to the ledger for one test.
func withKind(t *testing.T, kind string, steps ...step) {
	ledger[kind] = steps
	t.Cleanup(func() { delete(ledger, kind) })
}

func adds(s string) step {
	return func(shape, text []byte) ([]byte, []byte, error) {
		return append(bytes.Clone(shape), s...), append(bytes.Clone(text), strings.ToUpper(s)...), nil
	}
}

func TestUpcastTakesEveryStepFromTheRecordsSchemaOn(t *testing.T) {
	withKind(t, "test", adds("b"), adds("c"), adds("d"))
	if got := Current("test"); got != 4 {
		t.Fatalf("current schema is %d, want 4", got)
	}
	for schema, want := range map[uint32]string{1: "0bcd xBCD", 2: "0cd xCD", 3: "0d xD", 4: "0 x"} {
		shape, text, err := Upcast("test", schema, []byte("0"), []byte("x"))
		if got := string(shape) + " " + string(text); err != nil || got != want {
			t.Errorf("from schema %d: %q, %v, want %q", schema, got, err, want)
		}
	}
}

func TestUpcastLeavesARecordAsItIsOverANilStep(t *testing.T) {
	withKind(t, "test", nil, adds("c"))
	if shape, text, err := Upcast("test", 1, []byte("0"), []byte("x")); err != nil || string(shape) != "0c" || string(text) != "xC" {
		t.Errorf("%q %q %v", shape, text, err)
	}
	if shape, text, err := Upcast("changed", 1, []byte("[1]"), nil); err != nil || string(shape) != "[1]" || len(text) > 0 {
		t.Errorf("a change of schema 1 is %q %q %v", shape, text, err)
	}
}

func TestUpcastSaysWhichStepFailed(t *testing.T) {
	broken := errors.New("broken")
	withKind(t, "test", adds("b"), func(_, _ []byte) ([]byte, []byte, error) { return nil, nil, broken })
	_, _, err := Upcast("test", 1, nil, nil)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), `"test": upcast from schema 2`) {
		t.Errorf("error is %v", err)
	}
}

func TestUpcastRefusesNewerReleases(t *testing.T) {
	current := map[string]uint32{"changed": 2} // schema 1 of the others
	for kind := range ledger {
		if want := max(current[kind], 1); Current(kind) != want {
			t.Errorf("kind %s is at schema %d: freeze a log of it and say so here", kind, Current(kind))
		}
		for _, schema := range []uint32{0, Current(kind) + 1, 1<<32 - 1} {
			if _, _, err := Upcast(kind, schema, nil, nil); err == nil || !strings.Contains(err.Error(), "newer") {
				t.Errorf("kind %s of schema %d: %v", kind, schema, err)
			}
		}
	}
	if Current("unknown") != 0 {
		t.Error("an unknown kind has a schema")
	}
	if _, _, err := Upcast("unknown", 1, nil, nil); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("an unknown kind: %v", err)
	}
}
