package main

import (
	"slices"
	"testing"
	"time"
)

// TestResultsNameNoDirectoryOfTheirRound: the path of a file begins in the directory of
// its round, wherever that was.
func TestResultsNameNoDirectoryOfTheirRound(t *testing.T) {
	o := outcome{problems: []string{
		"open log /var/x.y/torture-commands-370/work/log.db: file is empty",
		"pwrite64(5</torture-failed-1/a b/log.db>)",
	}}
	want := []string{"open log work/log.db: file is empty", "pwrite64(5<a b/log.db>)"}
	if got := resultOf(row{}, o, 1, false, "", time.Second).Problems; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if o.problems[0] == want[0] {
		t.Error("the outcome has lost its path, too")
	}
}
