package seeds

import (
	"testing"
	"time"
)

func TestSeedsStayUnlessAskedFor(t *testing.T) {
	at := func(ns int64) func() time.Time { return func() time.Time { return time.Unix(0, ns) } }
	seed := func(test, setting string, ns int64) uint64 {
		t.Helper()
		n, err := choose(test, setting, at(ns))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if seed("TestA", "", 1) != seed("TestA", "", 2) {
		t.Error("one test has two seeds")
	}
	if seed("TestA", "", 1) == seed("TestB", "", 1) {
		t.Error("two tests share a seed")
	}
	if seed("TestA", "fresh", 1) == seed("TestA", "fresh", 2) {
		t.Error("a fresh seed was there before")
	}
	if seed("TestA", "123", 1) != 123 {
		t.Error("the seed that was asked for is not given")
	}
	for _, setting := range []string{"x", "-1", "4294967296"} {
		if _, err := choose("TestA", setting, at(1)); err == nil {
			t.Errorf("%s was taken for a seed", setting)
		}
	}
}
