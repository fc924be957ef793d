package api

import (
	"context"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"parodywave/eventlog"
	"parodywave/server/internal/authority"
)

// TestAKeyThatIsAULIDGivesItsTime: the id of a thread that is opened with it sorts by
// time, and is another one for another author or another key of the same millisecond.
func TestAKeyThatIsAULIDGivesItsTime(t *testing.T) {
	of := func(author byte, key string) ulid.ULID {
		ctx := context.WithValue(t.Context(), keyedInContext{}, &keyed{key: key, digest: 1})
		k, ok := authority.KeyOf(keyFor(ctx, eventlog.AuthorID{author}))
		if !ok {
			t.Fatal("there is no key")
		}
		return ulid.ULID(k.Client)
	}
	a, b := ulid.MustNewDefault(time.UnixMilli(1_700_000_000_000)), ulid.MustNewDefault(time.UnixMilli(1_700_000_000_000))
	if got := of(1, a.String()); got.Time() != a.Time() || got != of(1, a.String()) || got == of(2, a.String()) || got == of(1, b.String()) {
		t.Errorf("the key %s gives %s", a, got)
	}
	if of(1, "a key").Time() == of(1, "another").Time() {
		t.Error("keys that are no ULID have one time")
	}
}
