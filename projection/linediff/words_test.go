package linediff_test

import (
	"fmt"
	"testing"

	"parodywave/projection/linediff"
)

func TestWordsTellWhatWentAndWhatCame(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"the quick fox", "the slow fox", "[{the  0} {quick -1} {slow 1} { fox 0}]"},
		{"", "new", "[{new 1}]"},
		{"첫 줄", "첫째 줄", "[{첫 -1} {첫째 1} { 줄 0}]"},
		{"漢字", "漢文", "[{漢 0} {字 -1} {文 1}]"},
		{"a❤️b", "a❤️c", "[{a❤️ 0} {b -1} {c 1}]"},
	} {
		if got := fmt.Sprint(linediff.Words(c.before, c.after)); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}
