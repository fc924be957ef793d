package projection_test

import (
	"slices"
	"strings"
	"testing"
)

// netCases are what people do in each other's lines every day, and the rows that it
// must leave.
var netCases = []struct {
	name   string
	script script
	rows   []string
}{
	{
		"a short line typed in front of a long one",
		script{`ana [[0,"a long line"]]`, `ben [[0,"x"],11]`, `ben [1,[0,"y"],11]`, `ben [2,[0,"",""],11]`},
		[]string{`4.0 r4 ben "xy"`, `1.0 r1 ana "a long line"`},
	},
	{
		"a long line typed in front of a short one",
		script{`ana [[0,"abc"]]`, `ben [[0,"much longer than that"],3]`, `ben [21,[0,"",""],3]`},
		[]string{`3.0 r3 ben "much longer than that"`, `1.0 r1 ana "abc"`},
	},
	{
		"a wrong key, and Backspace",
		script{`ana [[0,"alpha","beta"]]`, `ben [3,[0,"x"],7]`, `ben [3,[1],7]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r1 ana "beta"`},
	},
	{
		"a wrong key, and Backspace after another author's edit elsewhere",
		script{`ana [[0,"alpha","beta"]]`, `ben [3,[0,"x"],7]`, `cem [11,[0,"!"]]`, `ben [3,[1],8]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r3 cem "beta!"`},
	},
	{
		"a key typed over another, and the other typed again",
		script{`ana [[0,"alpha"]]`, `ben [2,[1,"x"],2]`, `ben [2,[1],2]`, `ben [2,[0,"p"],2]`},
		[]string{`1.0 r1 ana "alpha"`},
	},
	{
		"a submitted line stays submitted",
		script{`ana [[0,"alpha","beta"]]`, `ana submit 0 0`, `ben [3,[0,"x"],7]`, `cem [11,[0,"!"]]`, `ben [3,[1],8]`},
		[]string{`1.0 r1 ana "alpha" submitted`, `1.1 r4 cem "beta!"`},
	},
	{
		"a word retyped by hand: the row is its author's",
		script{`ana [[0,"one two"]]`, `ben [4,[3]]`, `ben [4,[0,"t"]]`, `ben [5,[0,"w"]]`, `ben [6,[0,"o"]]`},
		[]string{`1.0 r1 ana "one two"`},
	},
	{
		"joined and parted again",
		script{`ana [[0,"alpha","beta"]]`, `ben [5,[1],4]`, `ben [5,[0,"",""],4]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r1 ana "beta"`},
	},
	{
		"joined, and parted after another author's edit elsewhere",
		script{`ana [[0,"alpha","beta","c"]]`, `ben [5,[1],6]`, `cem [11,[0,"!"]]`, `ben [5,[0,"",""],7]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r1 ana "beta"`, `1.2 r3 cem "c!"`},
	},
	{
		"parted and joined again",
		script{`ana [[0,"alphabeta"]]`, `ben [5,[0,"",""],4]`, `ben [5,[1],4]`},
		[]string{`1.0 r1 ana "alphabeta"`},
	},
	{
		"everything deleted, and undone",
		script{`ana [[0,"alpha","beta","gamma"]]`, `ben [[16]]`, `ben [[0,"alpha","beta","gamma"]]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r1 ana "beta"`, `1.2 r1 ana "gamma"`},
	},
	{
		"everything deleted, and the first line typed again by hand",
		script{`ana [[0,"ab","cd"]]`, `ben [[5]]`, `ben [[0,"a"]]`, `ben [1,[0,"b"]]`, `ben [2,[0,"",""]]`, `ben [3,[0,"x"]]`},
		[]string{`1.0 r1 ana "ab"`, `5.0 r6 ben "x"`},
	},
	{
		"a line deleted, and undone after others have typed",
		script{`ana [[0,"alpha","beta","gamma"]]`, `ben [6,[5],5]`, `cem [11,[0,"!"]]`, `ben [6,[0,"beta",""],6]`},
		[]string{`1.0 r1 ana "alpha"`, `1.1 r1 ana "beta"`, `1.2 r3 cem "gamma!"`},
	},
	{
		"one of two equal lines moved below the other",
		script{`ana [[0,"a","a"]]`, `ben [[0,"a",""],1,[2]]`},
		[]string{`1.0 r1 ana "a"`, `1.1 r1 ana "a"`},
	},
	{
		"deleted by one, typed again one line lower, and put back",
		script{`ana [[0,"keep","end"]]`, `mal [[5],3]`, `mal [3,[0,"","keep"]]`, `mal [3,[5]]`, `mal [[0,"keep",""],3]`},
		[]string{`1.0 r1 ana "keep"`, `1.1 r1 ana "end"`},
	},
	{
		"a slip taken back in a line that is moved up, and down again",
		script{`ana [[0,"one","two"]]`, `ben [7,[0,"!"]]`, `ben [7,[1]]`, `ana [7,[0,"q"]]`, `ana [[0,"twoq",""],3,[5]]`, `ana [3,[1],4]`, `ana [[0,"one",""],3,[4]]`},
		[]string{`1.0 r1 ana "one"`, `1.1 r1 ana "two"`},
	},
	{
		"a part of a line moved up, and the rest joined to another line and parted again",
		script{`ana [[0,"bo fir tree","iris"]]`, `ana [3,[0,"",""],13]`, `ben [5,[0,"x"],12]`, `ana [9,[0,"",""],9]`, `ana [[0,"fxir ",""],3,[6],10]`, `ana [9,[1],9]`, `ana [9,[0,"",""],9]`},
		[]string{`1.0 r4 ana "fxir "`, `7.0 r7 ana "bo "`, `4.0 r7 ana "tree"`, `1.1 r1 ana "iris"`},
	},
	{
		"a line deleted, typed again, joined, and parted after the line above was submitted",
		script{
			`ana [[0,"egret gull","cat dusk"]]`, `ben [10,[1],8]`, `ana [6,[0,"",""],12]`, `ben [[7],12]`, `ben [4,[0,"",""],8]`,
			`ben [5,[0,"egret ",""],8]`, `ben [11,[1],8]`, `ana submit 0 0`, `ben [11,[0,"",""],8]`,
		},
		[]string{`5.0 r5 ben "gull" submitted`, `3.0 r3 ana "egret "`, `1.0 r9 ben "cat dusk"`},
	},
	{
		"a line moved between the parts of another, and parted and joined there",
		script{
			`ana [[0,"fir tree","gull jay","end"]]`, `ben [3,[0,"",""],18]`, `ben [4,[0,"gull jay",""],5,[9],4]`,
			`ben [7,[0,"",""],15]`, `ana [19,[0,"!"],4]`, `ben [7,[1],16]`,
		},
		[]string{`2.0 r2 ben "fir"`, `1.1 r1 ana "gull jay"`, `1.0 r5 ana " tree!"`, `1.2 r1 ana "end"`},
	},
	{
		"deleted, typed again below, moved back in two places, and a slip there",
		script{`ana [[0,"one","two","","end"]]`, `ben [[4],8]`, `ben [4,[0,"one",""],4]`, `ben [[0,"one",""],4,[4],4]`, `ben [1,[0,"q"],11]`, `cem [13,[0,"!"]]`, `ben [1,[1],12]`},
		[]string{`1.0 r1 ana "one"`, `1.1 r1 ana "two"`, `1.2 r1 ana ""`, `1.3 r6 cem "end!"`},
	},
	{
		"a line parted, a part of it moved up, and typed again behind the other part",
		script{`ana [[0,"c","d","aaa bbbb","e"]]`, `ben [7,[0,"",""],7]`, `ben [[0," bbbb",""],7,[6],2]`, `ben [13,[0," bbbb"],2]`},
		[]string{`1.2 r2 ben " bbbb"`, `1.0 r1 ana "c"`, `1.1 r1 ana "d"`, `2.0 r4 ben "aaa bbbb"`, `1.3 r1 ana "e"`},
	},
	{
		"one of two equal lines moved above the other by one, while another is at work in it",
		script{`ana [[0,"haxy","hay"]]`, `cem [7,[0,"x"],1]`, `dan [[0,"haxy",""],4,[5]]`, `cem [2,[1],6]`},
		[]string{`1.0 r4 cem "hay"`, `1.1 r2 cem "haxy"`},
	},
	{
		"one of two equal lines moved above the other, after one was joined and parted again",
		script{
			`ana [[0,"fir tree hay","fir tree hay","cat egret","jay fir tree"]]`, `dan [12,[1],35]`, `ana [33,[0,"x"],14]`, `dan [12,[0,"",""],36]`, `dan [26,[11],12]`,
			`ana [11,[0,"x"],27]`, `cem [25,[0,"x"],14]`, `cem [27,[13]]`, `dan [[0,"fir tree haxy",""],13,[14]]`, `cem [11,[1],15]`,
		},
		[]string{`1.0 r10 cem "fir tree hay"`, `1.1 r7 cem "fir tree haxy"`},
	},
	{
		"joined to a line that then reads as before, and its text typed again in front of the rest",
		script{`ana [[0,"jay","jay iris"]]`, `cem [3,[4],5]`, `ana [8,[0,"",""]]`, `cem [3,[0,"","jay"],6]`},
		[]string{`1.0 r1 ana "jay"`, `1.1 r1 ana "jay iris"`, `3.0 r3 ana ""`},
	},
	{
		"deleted with the end of the line above, which then reads as before, and put back",
		script{`ana [[0,"hay a","a","cat"]]`, `cem [11,[0,"!"]]`, `ben [4,[2],6]`, `cem [10,[0,"?"]]`, `ben [4,[0,"a",""],7]`},
		[]string{`1.0 r1 ana "hay a"`, `1.1 r1 ana "a"`, `1.2 r4 cem "cat!?"`},
	},
	{
		"what is left of an edit is a row of its author",
		script{`ana [[0,"alpha","beta"]]`, `ben [3,[0,"xy"],7]`, `ben [3,[1],8]`},
		[]string{`1.0 r3 ben "alpyha"`, `1.1 r1 ana "beta"`},
	},
}

func (s script) rows(t *testing.T) []string {
	t.Helper()
	_, th, err := scriptOf(s).Log()
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	all, _ := blame(th)
	for _, r := range all {
		before, _, _ := strings.Cut(r, " from ")
		if strings.HasSuffix(r, " submitted") && before != r {
			before += " submitted"
		}
		rows = append(rows, before)
	}
	return rows
}

func TestNetLawOfEverydayCases(t *testing.T) {
	for _, c := range netCases {
		t.Run(c.name, func(t *testing.T) {
			if rows := c.script.rows(t); !slices.Equal(rows, c.rows) {
				t.Errorf("rows are\n\t%s\nwant\n\t%s", strings.Join(rows, "\n\t"), strings.Join(c.rows, "\n\t"))
			}
		})
	}
}
