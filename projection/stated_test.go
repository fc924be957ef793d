package projection_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/projection/scripts"
)

// statedCases are histories in which text comes back, and the rows that they must leave.
var statedCases = []struct {
	name   string
	script script
	rows   []string
	first  string // the first inserter of each unit, "ana" as a
}{
	{
		"deleted by one, typed again one line lower, and restored by a third",
		script{`ana [[0,"keep","end"]]`, `mal [[5],3]`, `mal [3,[0,"","keep"]]`, `ben [[0,"keep",""],3,[5]] states [[[5,1,0]],[[0,1,0,1,0,1000,0]]]`},
		[]string{`1.0 r1 ana "keep"`, `1.1 r1 ana "end"`}, "aaaaaaaa",
	},
	{
		"cut and pasted elsewhere, and typed again where it was",
		script{`ana [[0,"one","two","end"]]`, `ben [4,[4],3]`, `ben [7,[0,"","two"]] states [[[1,0,0],[3,1,0]],[[2,1,1,1,0,1000,0]]]`, `ben [4,[0,"two",""],7]`},
		[]string{`1.0 r1 ana "one"`, `4.0 r4 ben "two"`, `1.2 r1 ana "end"`, `1.1 r1 ana "two"`}, "aaaabbbbaaabaaa",
	},
	{
		"pasted twice: the first is the line",
		script{`ana [[0,"one","two","end"]]`, `ben [4,[4],3]`, `ben [7,[0,"","two"]] states [[[1,0,0],[3,1,0]],[[2,1,1,1,0,1000,0]]]`, `ben [11,[0,"","two"]] states [[[1,0,0],[3,1,0]],[]]`},
		[]string{`1.0 r1 ana "one"`, `1.2 r1 ana "end"`, `1.1 r1 ana "two"`, `4.0 r4 ben "two"`}, "aaaaaaabaaabaaa",
	},
	{
		"an undo in a line that another author changed since: the row is hers",
		script{`ana [[0,"alpha"]]`, `ben [2,[2],1]`, `cem [3,[0,"!"]]`, `ben [2,[0,"ph"],2] states [[[2,1,0]],[[0,1,0,3,2,3000,0]]]`},
		[]string{`1.0 r3 cem "alpha!"`}, "aaaaac",
	},
	{
		"an undo of one of two edits, the other taken back by hand",
		script{`ana [[0,"alpha"]]`, `ben [5,[0,"x"]]`, `ben [6,[0,"y"]]`, `ben [6,[1]] states [[],[[0,1,0,2,1,2000,0]]]`, `cem [6,[0,"","z"]]`, `ben [5,[1],2]`},
		[]string{`1.0 r1 ana "alpha"`, `5.0 r5 cem "z"`}, "aaaaacc",
	},
	{
		"submitted lines come back submitted",
		script{`ana [[0,"one","two"]]`, `ana submit 1 1`, `ben [3,[4]]`, `cem [[0,"!"],3]`, `ben [4,[0,"","two"]] states [[[4,1,0]],[[1,1,1,1,0,1000,1]]]`},
		[]string{`1.0 r4 cem "!one"`, `1.1 r1 ana "two" submitted`}, "caaaaaaa",
	},
}

func TestStatedTextKeepsItsFirstAuthor(t *testing.T) {
	for _, c := range statedCases {
		t.Run(c.name, func(t *testing.T) {
			if rows := c.script.rows(t); !slices.Equal(rows, c.rows) {
				t.Errorf("rows are\n\t%s\nwant\n\t%s", strings.Join(rows, "\n\t"), strings.Join(c.rows, "\n\t"))
			}
			_, th, err := scriptOf(c.script).Log()
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			for s := range th.Spans(0, th.Len()) {
				first += strings.Repeat(scripts.AuthorName(th.Authors()[s.Author])[:1], s.Length)
			}
			if first != c.first {
				t.Errorf("the units are of %s, want %s", first, c.first)
			}
		})
	}
}

func TestStatementsThatCannotBeAreDamage(t *testing.T) {
	start := script{`ana [[0,"one","two","end"]]`, `ben [4,[4],3]`}
	for _, c := range []struct{ line, want string }{
		{`ben [4,[0,"two",""],3] states [[[4,3,0]],[]]`, "units of revision 3"},
		{`ben [4,[0,"two",""],3] states [[[4,1,2]],[]]`, "by author 2"},
		{`cem [4,[0,"two",""],3] states [[[4,1,2]],[]]`, "by author 2"}, // his first record
		{`ben [4,[0,"two",""],3] states [[[5,1,0]],[]]`, "4 inserted units are left"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,1,1,3,0,1000,0]]]`, "of revision 3"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,2,0,1,0,1000,0]]]`, "stated to be 2.0"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,1,1,1,9,1000,0]]]`, "by author 9"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[0,1,0,1,0,1000,0]]]`, "does not touch"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[7,1,1,1,0,1000,0]]]`, "does not touch"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,1,0,1,0,1000,0]]]`, "1.0 is stated, and line 0 was that"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,1,2,1,0,1000,0]]]`, "1.2 is stated, and line 2 is that"},
		{`ben [4,[0,"two",""],3] states [[[4,1,0]],[[1,1,1,1,0,1000,0],[2,1,1,1,0,1000,0]]]`, "line 2 is stated to be 1.1"},
	} {
		_, _, err := scriptOf(append(slices.Clone(start), c.line)).Log()
		if !errors.Is(err, eventlog.ErrDamaged) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.line, err, c.want)
		}
	}
	_, _, err := scriptOf(script{`ana rename`, `ana [[0,"one"]] states [[[3,1,0]],[]]`}).Log()
	if !errors.Is(err, eventlog.ErrDamaged) {
		t.Errorf("the first text states an origin: %v", err)
	}
}
