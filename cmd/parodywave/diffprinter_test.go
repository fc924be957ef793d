package main

import (
	"bufio"
	"context"
	"regexp"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// printed returns what a diffPrinter prints of two texts.
func printed(t *testing.T, before, after string, from, to int, words, colours bool) string {
	t.Helper()
	ctx, log := context.Background(), eventlog.NewMemory()
	a, err := ot.Units(before)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ot.Units(after)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Append(ctx, testThread, 0, event.Encode(event.Opened{Title: "T"}),
		event.Encode(event.Changed{Change: ot.Replace(0, 0, 0, a)}), event.Encode(event.Changed{Change: ot.Replace(len(a), 0, len(a), b)})); err != nil {
		t.Fatal(err)
	}
	c, err := projection.ReplayDiff(ctx, projection.Plain(log), testThread, eventlog.Revision(from), eventlog.Revision(to))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	p := &diffPrinter{a: &app{out: bufio.NewWriter(&out)}, s: sourceOf(log), c: c, words: words, colours: colours}
	p.head()
	for _, h := range hunksOf(c, 3) {
		p.hunk(h)
	}
	p.a.out.Flush()
	return out.String()
}

var escape = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colours add nothing but colours, and what would do something to a terminal is
// written out.
func TestDiffInColoursReadsTheSame(t *testing.T) {
	for _, words := range []bool{false, true} {
		bare := printed(t, "one \x1b[2J two", "one \u202e three", 2, 3, words, false)
		coloured := printed(t, "one \x1b[2J two", "one \u202e three", 2, 3, words, true)
		if got := escape.ReplaceAllString(coloured, ""); got != bare || coloured == bare {
			t.Errorf("words %v: %q is, without colours, not %q", words, coloured, bare)
		}
		if strings.ContainsAny(bare, "\x1b\u202e") || !strings.Contains(bare, `\x1b[2J`) || !strings.Contains(bare, `\u202e`) {
			t.Errorf("words %v: %q", words, bare)
		}
	}
	if got := printed(t, "the quick fox", "the slow fox", 2, 3, false, true); !strings.Contains(got, red+"-the "+backwards+"quick"+normal+red+" fox"+normal) ||
		!strings.Contains(got, green+"+the "+backwards+"slow"+normal+green+" fox"+normal) {
		t.Errorf("the words that differ do not stand out: %q", got)
	}
}

func TestHunksHoldWhatDiffersAndSoManyLinesAround(t *testing.T) {
	before := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12"
	for around, want := range map[int]string{0: "1-2 5-6 12-13", 1: "0-3 4-7 11-13", 2: "0-8 10-13", 99: "0-13"} {
		c := &projection.Diff{}
		for i, line := range strings.Split(before+"\n13", "\n") {
			kind := 0
			if i == 1 || i == 5 || i == 12 {
				kind = 1
			}
			c.Lines = append(c.Lines, projection.DiffLine{Kind: kind, Text: line})
		}
		var got []string
		for _, h := range hunksOf(c, around) {
			got = append(got, strings.ReplaceAll(place(h.from, 0)+"-"+place(h.to, 0), ",0", ""))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d around: %v, want %s", around, got, want)
		}
	}
}
