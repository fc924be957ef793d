package ot

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestShapeAndLinesAreTheChange(t *testing.T) {
	for _, v := range []struct {
		json, shape string
		lines       []string
	}{
		{`[5,[0,"hi"],5]`, `[5,[0,2],5]`, []string{"hi"}},
		{`[2,[0,"",""],3]`, `[2,[0,0,0],3]`, []string{"", ""}},
		{`[1,[2],2]`, `[1,[2],2]`, nil},
		{`[]`, `[]`, nil},
		{`[[1,"a","","😀한"],[0,"<&>"]]`, `[[1,1,0,3],[0,3]]`, []string{"a", "", "😀한", "<&>"}},
	} {
		c := parse(t, v.json)
		shape, lines := string(c.AppendShape(nil)), c.AppendLines(nil)
		if shape != v.shape || !slices.Equal(lines, v.lines) {
			t.Errorf("%s: got %s and %q, want %s and %q", c, shape, lines, v.shape, v.lines)
		}
		if back, err := FromShape([]byte(shape), lines); err != nil || !back.Equal(c) || back.Len() != c.Len() || back.NewLen() != c.NewLen() {
			t.Errorf("%s: put together again %s, %v", c, back, err)
		}
	}
	if got := parse(t, `[[0,"b"]]`).AppendLines([]string{"a"}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("appended: %q", got)
	}
}

func TestFromShapeRefusesWhatTheLogNeverWrites(t *testing.T) {
	for _, v := range []struct {
		shape string
		lines []string
		why   string
	}{
		{`[5,[0,2],5]`, nil, "no line is left"},
		{`[5,[0,2],5]`, []string{"hi", "ho"}, "1 of 2 lines are left over"},
		{`[5,[0,2],5]`, []string{"h"}, "1 units, not 2"},
		{`[5,[0,2],5]`, []string{"한"}, "1 units, not 2"},
		{`[5,[0,1],5]`, []string{"😀"}, "2 units, not 1"},
		{`[5,[0,2],5]`, []string{"a\n"}, "line break"},
		{`[5,[0,2],5]`, []string{"a\r"}, "line break"},
		{`[5,[0,2],5]`, []string{"a\x00"}, "NUL"},
		{`[5,[0,2],5]`, []string{"a\xff"}, "invalid UTF-8"},
		{`[5,[0,2],5]`, []string{"\xed\xa0\xbd"}, "invalid UTF-8"},
		{`[5, [0,2],5]`, []string{"hi"}, "not in its shortest form"},
		{`[5,[0,2],5] `, []string{"hi"}, "not in its shortest form"},
		{`[2,3]`, nil, "not in its shortest form"},
		{`[[0,1],[0,1]]`, []string{"a", "b"}, "not in its shortest form"},
		{`[[0,0]]`, []string{""}, "inserts nothing"},
		{`[[0,"a"]]`, []string{"a"}, "something other than a count"},
		{`[[0,01]]`, []string{"a"}, "leading zero"},
		{`[[0,-1]]`, []string{""}, "something other than a count"},
		{`[2147483647,[0,1]]`, []string{"a"}, "over 2147483647"},
		{``, nil, "not an array"},
		{`null`, nil, "not an array"},
	} {
		_, err := FromShape([]byte(v.shape), v.lines)
		if !errors.Is(err, ErrBadChange) || !strings.Contains(err.Error(), v.why) {
			t.Errorf("%s with %q: %v, want %q", v.shape, v.lines, err, v.why)
		}
	}
}

func TestErrorsOfFromShapeHoldNoText(t *testing.T) {
	const secret = "hunter2"
	for _, shape := range []string{`[[0,3]]`, `[[0,7]]x`, `[ [0,7]]`} {
		if _, err := FromShape([]byte(shape), []string{secret}); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", shape, err)
		}
	}
}
