package main

import (
	"encoding/json"
	"os"
	"testing"
)

// TestNamesAreShownAlikeInTablesAndPages has the list of examples that the pages' tests
// read, too. To escape only what is unseen, the wrong twin, shows Аda with a Cyrillic А as
// it is.
func TestNamesAreShownAlikeInTablesAndPages(t *testing.T) {
	b, err := os.ReadFile("../../web/test/testdata/visible.json")
	var cases [][2]string
	if err == nil {
		err = json.Unmarshal(b, &cases)
	}
	if err != nil || len(cases) < 40 {
		t.Fatalf("%d examples: %v", len(cases), err)
	}
	twin := 0
	for _, c := range cases {
		if got := visibleName(c[0]); got != c[1] {
			t.Errorf("%+q is %+q, want %+q", c[0], got, c[1])
		}
		if visible(c[0]) != c[1] {
			twin++
		}
	}
	if twin < 7 {
		t.Errorf("the twin is wrong about %d examples", twin)
	}
}
