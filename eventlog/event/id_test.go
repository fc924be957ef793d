package event_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"

	"github.com/oklog/ulid/v2"
)

// The 80 bits were computed with: printf '%s' STREAM | cat - <(printf
// '\0\0\0\0\0\0\0\3') | sha256sum
func TestIDIsDerivedFromStreamAndRevision(t *testing.T) {
	id := event.ID(thread, 3, 1_700_000_000_123)
	if id.Time() != 1_700_000_000_123 {
		t.Errorf("time is %d", id.Time())
	}
	sum := sha256.Sum256([]byte(string(thread) + "\x00\x00\x00\x00\x00\x00\x00\x03"))
	if got, want := hex.EncodeToString(id[6:]), hex.EncodeToString(sum[:10]); got != want || got != frozenID {
		t.Errorf("80 bits are %s, want %s, frozen %s", got, want, frozenID)
	}
	if event.ID(thread, 4, 1_700_000_000_123) == id || event.ID("authors", 3, 1_700_000_000_123) == id {
		t.Error("another record has the same id")
	}
}

const frozenID = "32885619caf7a142ec4e"

func TestIDsAscendWithTime(t *testing.T) {
	last := ulid.ULID{}
	for i, ms := range []int64{0, 1, 2, 255, 256, 1 << 32, 1<<48 - 1} {
		id := event.ID(thread, eventlog.Revision(i), ms)
		if id.Compare(last) <= 0 {
			t.Errorf("id at %d ms is %v, after %v", ms, id, last)
		}
		last = id
	}
	for _, ms := range []int64{-1, 1 << 48} { // no time of a ULID: 0 stands for it
		if id := event.ID(thread, 1, ms); id.Time() != 0 {
			t.Errorf("id at %d ms has time %d", ms, id.Time())
		}
	}
}

func TestIsThreadTakesOnlyCanonicalULIDs(t *testing.T) {
	for stream, want := range map[eventlog.Stream]bool{
		thread:                        true,
		"00000000000000000000000000":  true,
		"7ZZZZZZZZZZZZZZZZZZZZZZZZZ":  true,
		"8ZZZZZZZZZZZZZZZZZZZZZZZZZ":  false,
		"01arz3ndektsv4rrffq69g5fav":  false,
		"01ARZ3NDEKTSV4RRFFQ69G5FAU":  false, // U is no digit
		"01ARZ3NDEKTSV4RRFFQ69G5FA":   false,
		"01ARZ3NDEKTSV4RRFFQ69G5FAVV": false,
		"authors":                     false,
		"":                            false,
	} {
		if got := event.IsThread(stream); got != want {
			t.Errorf("IsThread(%q) is %v", stream, got)
		}
	}
}

func TestIDsHaveATextForm(t *testing.T) {
	if s := event.AuthorString(eventlog.AuthorID{}); s != "00000000000000000000000000" {
		t.Errorf("zero author is %s", s)
	}
	id := ulid.MustParse(string(thread))
	if s := event.AuthorString(eventlog.AuthorID(id)); s != string(thread) {
		t.Errorf("author is %s", s)
	}
	if s := event.ClientString(eventlog.ClientID(id)); s != string(thread) {
		t.Errorf("client is %s", s)
	}
}

func TestIsWordIsShortASCII(t *testing.T) {
	long := "0123456789012345678901234567890123456789012345678901234567890123"
	for w, want := range map[string]bool{
		"a": true, "node-1.example_2": true, "Z9": true, long: true,
		"": false, long + "4": false, "a b": false, "é": false, `"`: false, "a\n": false, "a/b": false, "@": false, "[": false, "`": false, "{": false, ":": false,
	} {
		if event.IsWord(w) != want {
			t.Errorf("IsWord(%q) is %v", w, !want)
		}
	}
}
