package wire

import (
	"strings"
	"testing"
)

func TestThreadIDsAreOfOneCase(t *testing.T) {
	for _, s := range []string{string(testThread), "01j9z3n8qj7c0v5r2k4m6t8w9x"} {
		if id, err := ParseThreadID(s); err != nil || id != testThread {
			t.Errorf("ParseThreadID(%q) = %q, %v", s, id, err)
		}
	}
}

func TestStreamsThatAreNoThreadsAreOutOfReach(t *testing.T) {
	for _, s := range []string{"authors", "access", "connections", "", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
		"01J9Z3N8QJ7C0V5R2K4M6T8W9", "01J9Z3N8QJ7C0V5R2K4M6T8W9XX", "01J9Z3N8QJ7C0V5R2K4M6T8W9U", "01J9Z3N8QJ7C0V5R2K4M6T8W9\u00e9"} {
		if id, err := ParseThreadID(s); err == nil {
			t.Errorf("ParseThreadID(%q) = %q", s, id)
		}
	}
}

func TestIDsComeBackAsTheyWere(t *testing.T) {
	client := testClient()
	text := string(appendID(nil, "", client))
	if text != `"01J9Z40000000000000000000A"` {
		t.Errorf("written as %s", text)
	}
	if got, err := ParseClientID(strings.Trim(text, `"`)); err != nil || got != client {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := ParseClientID("00000000000000000000000000"); err == nil {
		t.Error("the id of all zeros is taken")
	}
}
