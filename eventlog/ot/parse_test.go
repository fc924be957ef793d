package ot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A comment marks input that CodeMirror's own fromJSON accepts, or nearly so, and
// its effect there.
var refused = []struct{ json, why string }{
	{``, "not an array"},
	{`5`, "not an array"},
	{`null`, "not an array"},
	{`{}`, "not an array"},
	{`"a"`, "not an array"},
	{`[`, "something other than a count"},
	{`[5`, "neither , nor ]"},
	{`[5,`, "something other than a count"},
	{`[5,]`, "something other than a count"},
	{`[,5]`, "something other than a count"},
	{`[5 5]`, "neither , nor ]"},
	{`[5]]`, "more follows"},
	{`[5] x`, "more follows"},
	{`[5][5]`, "more follows"},
	{"[5]\x00", "more follows"},
	{"\ufeff[5]", "not an array"},
	{`[-3]`, "something other than a count"}, // taken: a text of -3 units
	{`[-0]`, "something other than a count"},
	{`[+3]`, "something other than a count"},
	{`[1.5]`, "not written as an integer"}, // taken: half a unit
	{`[1.0]`, "not written as an integer"},
	{`[1e3]`, "not written as an integer"},
	{`[1E3]`, "not written as an integer"},
	{`[05]`, "leading zero"},
	{`[00]`, "leading zero"},
	{`[0x5]`, "keeps nothing"},
	{`[0]`, "keeps nothing"}, // taken, and left standing
	{`[3,0]`, "keeps nothing"},
	{`[2147483648]`, "over 2147483647"}, // taken: no text has this length
	{`[99999999999999999999999999]`, "over 2147483647"},
	{`[2147483647,1]`, "over 2147483647"},
	{`[2147483647,[1]]`, "over 2147483647"},
	{`[2147483647,[0,"a"]]`, "over 2147483647"},
	{`[[2147483647],[2147483647]]`, "over 2147483647"},
	{`["5"]`, "something other than a count"},
	{`[null]`, "something other than a count"},
	{`[true]`, "something other than a count"},
	{`[NaN]`, "something other than a count"},
	{`[{}]`, "something other than a count"},
	{`[[]]`, "empty section"},
	{`[[[5]]]`, "something other than a count"},
	{`[[5,[5]]]`, "line is not a string"},
	{`[["a"]]`, "something other than a count"},
	{`[[0]]`, "deletes nothing"},    // taken, and left standing
	{`[[0,""]]`, "inserts nothing"}, // taken, and written back as [0]
	{`[[2,""]]`, "inserts nothing"}, // taken, and written back as [2]
	{`[2,[2,""]]`, "inserts nothing"},
	{`[[1.5]]`, "not written as an integer"},
	{`[[-1,"a"]]`, "something other than a count"},
	{`[[0,5]]`, "line is not a string"},
	{`[[0,null]]`, "line is not a string"},
	{`[[0,"a",]]`, "line is not a string"},
	{`[[0,"a"`, "neither , nor ]"},
	{`[[0,"a]]`, "no end"},
	{`[[0,"`, "no end"},
	{`[[0,"\`, "unknown escape"},
	{`[[0,"\u12`, "hexadecimal"},
	{`[[0,"\u12g4"]]`, "hexadecimal"},
	{`[[0,"\x41"]]`, "unknown escape"},
	{`[[0,"\'"]]`, "unknown escape"},
	{`[[0,'a']]`, "line is not a string"},
	{`[[0,"a\nb"]]`, "line break"}, // taken: one line with a break in it
	{`[[0,"a\rb"]]`, "line break"}, // taken
	{`[[0,"a\u000ab"]]`, "line break"},
	{`[[0,"a\u000D"]]`, "line break"},
	{"[[0,\"a\nb\"]]", "raw control character"},
	{"[[0,\"a\tb\"]]", "raw control character"},
	{"[[0,\"a\x00b\"]]", "raw control character"},
	{`[[0,"a\u0000b"]]`, "NUL"},          // taken
	{`[[0,"\ud83d"]]`, "lone surrogate"}, // taken: half a character
	{`[[0,"\ude00"]]`, "lone surrogate"}, // taken
	{`[[0,"\ud83d\ud83d\ude00"]]`, "lone surrogate"},
	{`[[0,"\ud83dx"]]`, "lone surrogate"},
	{`[[0,"\ud83d\n"]]`, "lone surrogate"},
	{`[[0,"\ud83d\u0041"]]`, "lone surrogate"},
	{`[[0,"\ud83d`, "lone surrogate"},
	{`[[0,"\ud83d\u`, "lone surrogate"},
	{`[[0,"\ud83d","\ude00"]]`, "lone surrogate"},
	{`[[0,"\ud83d"],[0,"\ude00"]]`, "lone surrogate"}, // taken
	{"[[0,\"\xed\xa0\xbd\xed\xb8\x80\"]]", "invalid UTF-8"},
	{"[[0,\"\xff\"]]", "invalid UTF-8"},
	{"[[0,\"\xc3\"]]", "invalid UTF-8"},
	{"[[0,\"\xc0\xaf\"]]", "invalid UTF-8"},
	{"[[0,\"\xf4\x90\x80\x80\"]]", "invalid UTF-8"},
	{"[5,\v5]", "something other than a count"},
	{"[5,\u00a05]", "something other than a count"},
	{`[5/*c*/]`, "neither , nor ]"},
	{strings.Repeat("[", 100_000), "something other than a count"},
}

func TestParseRefuses(t *testing.T) {
	for _, r := range refused {
		c, err := Parse([]byte(r.json))
		if !errors.Is(err, ErrBadChange) || !strings.Contains(fmt.Sprint(err), r.why) {
			t.Errorf("%.80q: %v, want %q", r.json, err, r.why)
		}
		if !c.Equal(Change{}) {
			t.Errorf("%.80q: refused, and yet gave %s", r.json, c)
		}
	}
}

func TestParseSaysAtWhichByte(t *testing.T) {
	for json, want := range map[string]string{
		`[5,[0,"ab\nc"]]`: "bad change: byte 9: line break inside a line",
		`[5,-1]`:          "bad change: byte 3: section has something other than a count here",
		`[5] 5`:           "bad change: byte 4: more follows the end",
	} {
		if _, err := Parse([]byte(json)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", json, err, want)
		}
	}
}

func TestParseBringsToShortestForm(t *testing.T) {
	for json, want := range map[string]string{
		`[]`:                              `[]`,
		" [ 5 , [ 0 , \"a\" ] ,\r\n5\t] ": `[5,[0,"a"],5]`,
		`[1,2,[1],[2],3]`:                 `[3,[3],3]`,
		`[[0,"a"],[0,"","b"],[0,"c"]]`:    `[[0,"a","bc"]]`,
		`[[1],[0,"a"]]`:                   `[[1],[0,"a"]]`,
		`[[0,"a"],[1]]`:                   `[[0,"a"],[1]]`,
		`[[1,"a"],[1,"b"]]`:               `[[1,"a"],[1,"b"]]`,
		`[[0,"\u0061\/\"\\\b\f\t\u001F\ud83D\uDE00\ufeff"]]`: "[[0,\"a/\\\"\\\\\\b\\f\\t\\u001f😀\ufeff\"]]",
		`[2147483647]`:     `[2147483647]`,
		`[[0,"a","","b"]]`: `[[0,"a","","b"]]`,
		"[[0,\"\ufffd\"]]": "[[0,\"\ufffd\"]]",
	} {
		if got := parse(t, json).String(); got != want {
			t.Errorf("%s: got %s, want %s", json, got, want)
		}
	}
}
