package wire

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/ot"
)

// The files in testdata are for every language that speaks the protocol:
// client.json and server.json hold messages by name, refused.json holds frames
// as strings with the error each gets.

const testThread eventlog.Stream = "01J9Z3N8QJ7C0V5R2K4M6T8W9X"

func testClient() eventlog.ClientID {
	id, err := ParseClientID("01J9Z40000000000000000000A")
	if err != nil {
		panic(err)
	}
	return id
}

func testAuthor() eventlog.AuthorID {
	id, err := ParseULID("01J9Z2ADA00000000000000000")
	if err != nil {
		panic(err)
	}
	return id
}

func testDigest() chain.Digest {
	var d chain.Digest
	for i := range d {
		d[i] = byte(i % 16 * 0x11)
	}
	return d
}

func testChange(t testing.TB, text string) ot.Change {
	t.Helper()
	c, err := ot.Parse([]byte(text))
	if err != nil {
		t.Fatalf("ot.Parse(%s): %v", text, err)
	}
	return c
}

func of[T any](v T) *T { return &v }

// golden reads testdata/name: frames by their names, compacted.
func golden(t testing.TB, name string) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	frames := map[string][]byte{}
	for key, value := range raw {
		var b bytes.Buffer
		if err := json.Compact(&b, value); err != nil {
			t.Fatal(err)
		}
		frames[key] = b.Bytes()
	}
	return frames
}

type refusal struct {
	Frame string
	Code  Code
	Re    string
}

func refusals(t testing.TB) []refusal {
	t.Helper()
	text, err := os.ReadFile("testdata/refused.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []refusal
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list
}
