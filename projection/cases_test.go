package projection_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/projection"
	"parodywave/projection/scripts"
)

// blame writes rows as "id revision author content", and the spans of the
// whole text as "length×revision".
func blame(t *projection.Thread) (rows []string, spans string) {
	for row := range t.Rows() {
		s := fmt.Sprintf("%v r%d %s %q", row.ID, row.Revision, scripts.AuthorName(row.Author), t.Content(row))
		if !row.SplitFrom.IsZero() {
			s += fmt.Sprintf(" from %v", row.SplitFrom)
		}
		if row.Submitted {
			s += " submitted"
		}
		rows = append(rows, s)
	}
	var all []string
	for s := range t.Spans(0, t.Len()) {
		all = append(all, fmt.Sprintf("%d×%d", s.Length, s.Revision))
	}
	return rows, strings.Join(all, " ")
}

// namedCases are what the rules come to, worked out by hand.
var namedCases = []struct {
	name   string
	script script
	rows   []string
	spans  string
	joined map[string]string // what became of lines that are no more: "dead", or whom they were joined into
}{
	{
		name:   "an empty first change bears the first line",
		script: script{`ana []`},
		rows:   []string{`1.0 r1 ana ""`},
	},
	{
		name:   "before the first change there is no line",
		script: script{`ana rename`},
	},
	{
		name:   "an empty change touches nothing",
		script: script{`ana [[0,"foo"]]`, `ben [3]`},
		rows:   []string{`1.0 r1 ana "foo"`},
		spans:  "3×1",
	},
	{
		name:   "the first change bears all its lines",
		script: script{`ana rename`, `ben [[0,"a","","b",""]]`},
		rows:   []string{`2.0 r2 ben "a"`, `2.1 r2 ben ""`, `2.2 r2 ben "b"`, `2.3 r2 ben ""`},
		spans:  "5×2",
	},
	{
		name:   "typing into an empty text keeps its line",
		script: script{`ana []`, `ben [[0,"a","b"]]`},
		rows:   []string{`1.0 r2 ben "a"`, `2.0 r2 ben "b"`},
		spans:  "3×2",
	},
	{
		name:   "Enter at the end leaves the line alone",
		script: script{`ana [[0,"foo"]]`, `ben [3,[0,"",""]]`},
		rows:   []string{`1.0 r1 ana "foo"`, `2.0 r2 ben ""`},
		spans:  "3×1 1×2",
	},
	{
		name:   "Enter at the start leaves the line alone",
		script: script{`ana [[0,"foo"]]`, `ben [[0,"",""],3]`},
		rows:   []string{`2.0 r2 ben ""`, `1.0 r1 ana "foo"`},
		spans:  "1×2 3×1",
	},
	{
		name:   "Enter in the middle: the longer part is the line",
		script: script{`ana [[0,"foobar"]]`, `ben [2,[0,"",""],4]`},
		rows:   []string{`2.0 r2 ben "fo" from 1.0`, `1.0 r2 ben "obar"`},
		spans:  "2×1 1×2 4×1",
	},
	{
		name:   "Enter in the middle, a tie: the upper part is the line",
		script: script{`ana [[0,"foobar"]]`, `ben [3,[0,"",""],3]`},
		rows:   []string{`1.0 r2 ben "foo"`, `2.0 r2 ben "bar" from 1.0`},
		spans:  "3×1 1×2 3×1",
	},
	{
		name:   "Enter twice in one line",
		script: script{`ana [[0,"aabbbcc"]]`, `ben [2,[0,"",""],3,[0,"",""],2]`},
		rows:   []string{`2.0 r2 ben "aa" from 1.0`, `1.0 r2 ben "bbb"`, `2.1 r2 ben "cc" from 1.0`},
		spans:  "2×1 1×2 3×1 1×2 2×1",
	},
	{
		name:   "Backspace joins into the longer line",
		script: script{`ana [[0,"foo","barbaz"]]`, `ben [3,[1],6]`},
		rows:   []string{`1.1 r2 ben "foobarbaz"`},
		spans:  "9×1",
		joined: map[string]string{"1.0": "1.1"},
	},
	{
		name:   "Backspace joins, a tie: into the upper line",
		script: script{`ana [[0,"foo","bar"]]`, `ben [3,[1],3]`},
		rows:   []string{`1.0 r2 ben "foobar"`},
		spans:  "6×1",
		joined: map[string]string{"1.1": "1.0"},
	},
	{
		name:   "joining an empty line changes nothing of the other",
		script: script{`ana [[0,"foo","","bar"]]`, `ben [3,[1],4]`, `ben [3,[0,"",""],4]`, `cem [4,[1],3]`},
		rows:   []string{`1.0 r1 ana "foo"`, `1.2 r1 ana "bar"`},
		spans:  "3×1 1×3 3×1",
		joined: map[string]string{"1.1": "1.0", "3.0": "1.2"},
	},
	{
		name:   "joins are followed through",
		script: script{`ana [[0,"a","bb","cccc"]]`, `ben [1,[1],7]`, `cem [3,[1],4]`},
		rows:   []string{`1.2 r3 cem "abbcccc"`},
		spans:  "7×1",
		joined: map[string]string{"1.0": "1.2", "1.1": "1.2"},
	},
	{
		name:   "split and joined again is the same line",
		script: script{`ana [[0,"foobar"]]`, `ben [2,[0,"",""],4]`, `cem [2,[1],4]`},
		rows:   []string{`1.0 r3 cem "foobar"`},
		spans:  "6×1",
		joined: map[string]string{"2.0": "1.0"},
	},
	{
		name:   "foo to bar in one change is the same line",
		script: script{`ana [[0,"x","foo","y"]]`, `ben [2,[3,"bar"],2]`},
		rows:   []string{`1.0 r1 ana "x"`, `1.1 r2 ben "bar"`, `1.2 r1 ana "y"`},
		spans:  "2×1 3×2 2×1",
	},
	{
		name:   "foo to bar in a deletion and an insertion is the same line",
		script: script{`ana [[0,"foo"]]`, `ben [[3],[0,"bar"]]`},
		rows:   []string{`1.0 r2 ben "bar"`},
		spans:  "3×2",
	},
	{
		name:   "foo to two lines in one change: the first is the line",
		script: script{`ana [[0,"x","foo"]]`, `ben [2,[3,"bar","baz"]]`},
		rows:   []string{`1.0 r1 ana "x"`, `1.1 r2 ben "bar"`, `2.0 r2 ben "baz"`},
		spans:  "2×1 7×2",
	},
	{
		name:   "foo to foo is no change of the line, but of its characters",
		script: script{`ana [[0,"foo"]]`, `ana submit 0 0`, `ben [[3,"foo"]]`},
		rows:   []string{`1.0 r1 ana "foo" submitted`},
		spans:  "3×3",
	},
	{
		name:   "deleting a word makes Ben the row's author and no character's",
		script: script{`ana [[0,"one two"]]`, `ben [3,[4]]`},
		rows:   []string{`1.0 r2 ben "one"`},
		spans:  "3×1",
	},
	{
		name:   "a line deleted with its break is dead",
		script: script{`ana [[0,"one","two","three"]]`, `ben [4,[4],5]`},
		rows:   []string{`1.0 r1 ana "one"`, `1.2 r1 ana "three"`},
		spans:  "9×1",
		joined: map[string]string{"1.1": "dead"},
	},
	{
		name:   "the last line deleted with the break before it is dead",
		script: script{`ana [[0,"one","two"]]`, `ben [3,[4]]`},
		rows:   []string{`1.0 r1 ana "one"`},
		spans:  "3×1",
		joined: map[string]string{"1.1": "dead"},
	},
	{
		name:   "deleting the only line's text leaves the line",
		script: script{`ana [[0,"foo"]]`, `ben [[3]]`, `cem [[0,"bar"]]`},
		rows:   []string{`1.0 r3 cem "bar"`},
		spans:  "3×3",
	},
	{
		name:   "deleting several lines at once bears an empty one",
		script: script{`ana [[0,"a","b","c"]]`, `ben [[5]]`},
		rows:   []string{`2.0 r2 ben ""`},
		joined: map[string]string{"1.0": "dead", "1.1": "dead", "1.2": "dead"},
	},
	{
		name:   "deleting empty lines: those at the ends of the text live on in one",
		script: script{`ana [[0,"","",""]]`, `ben [[2]]`},
		rows:   []string{`1.0 r1 ana ""`},
		joined: map[string]string{"1.1": "dead", "1.2": "1.0"},
	},
	{
		name:   "an empty line dies with both its breaks",
		script: script{`ana [[0,"a","","b"]]`, `ben [1,[2],1]`},
		rows:   []string{`1.0 r2 ben "ab"`},
		spans:  "2×1",
		joined: map[string]string{"1.1": "dead", "1.2": "1.0"},
	},
	{
		name:   "an empty line is written into",
		script: script{`ana [[0,"a","","b"]]`, `ben [2,[0,"x"],2]`},
		rows:   []string{`1.0 r1 ana "a"`, `1.1 r2 ben "x"`, `1.2 r1 ana "b"`},
		spans:  "2×1 1×2 2×1",
	},
	{
		name:   "Alt-Up keeps the neighbour's author",
		script: script{`ana [[0,"one","two","three"]]`, `ben [[4],3,[0,"","one"],6]`},
		rows:   []string{`1.1 r1 ana "two"`, `1.0 r1 ana "one"`, `1.2 r1 ana "three"`},
		spans:  "3×1 1×2 9×1",
	},
	{
		name:   "Alt-Up of the last line",
		script: script{`ana [[0,"one","two"]]`, `ben [[4],3,[0,"","one"]]`},
		rows:   []string{`1.1 r1 ana "two"`, `1.0 r1 ana "one"`},
		spans:  "3×1 1×2 3×1",
	},
	{
		name:   "Alt-Down keeps the neighbour's author",
		script: script{`ana [[0,"one","two","three"]]`, `ben [[0,"two",""],3,[4],6]`},
		rows:   []string{`1.1 r1 ana "two"`, `1.0 r1 ana "one"`, `1.2 r1 ana "three"`},
		spans:  "3×1 1×2 9×1",
	},
	{
		name:   "Alt-Down over a line of two authors, there and back, carries both",
		script: script{`ana [[0,"x","two"]]`, `cem [5,[0," 😀"]]`, `ben [[0,"two 😀",""],1,[7]]`, `ben [[7],1,[0,"","two 😀"]]`},
		rows:   []string{`1.0 r1 ana "x"`, `1.1 r2 cem "two 😀"`},
		spans:  "1×1 1×4 3×1 3×2",
	},
	{
		name:   "Alt-Up past a blank line: blank lines do not move",
		script: script{`ana [[0,""," ","foo"]]`, `ben [1,[2],3,[0,""," "]]`},
		rows:   []string{`1.0 r1 ana ""`, `1.2 r1 ana "foo"`, `2.0 r2 ben " "`},
		spans:  "4×1 2×2",
		joined: map[string]string{"1.1": "dead"},
	},
	{
		name:   "a moved block carries its breaks and submitted flags",
		script: script{`ana [[0,"a","b","","c","d"]]`, `cem submit 1 3`, `ben [2,[5],1,[0,"","b","","c"]]`},
		rows:   []string{`1.0 r1 ana "a"`, `1.4 r1 ana "d"`, `1.1 r1 ana "b" submitted`, `1.2 r1 ana "" submitted`, `1.3 r1 ana "c" submitted`},
		spans:  "3×1 1×3 4×1",
	},
	{
		name:   "lines sorted in one change keep who wrote them",
		script: script{`ana [[0,"c"]]`, `ben [1,[0,"","b"]]`, `cem [3,[0,"","a"]]`, `ana [[5,"a","b","c"]]`},
		rows:   []string{`3.0 r3 cem "a"`, `2.0 r2 ben "b"`, `1.0 r1 ana "c"`},
		spans:  "1×3 1×4 1×2 1×4 1×1",
	},
	{
		name:   "the longest run is paired first",
		script: script{`ana [[0,"b","x","a","b","y"]]`, `ben [[9,"a","b","z"]]`},
		rows:   []string{`1.2 r1 ana "a"`, `1.3 r1 ana "b"`, `2.0 r2 ben "z"`},
		spans:  "3×1 2×2",
		joined: map[string]string{"1.0": "dead", "1.1": "dead", "1.4": "dead"},
	},
	{
		name:   "equal lines are paired in order",
		script: script{`ana [[0,"a","b","a"]]`, `ben [[5,"a","x","a"]]`},
		rows:   []string{`1.0 r1 ana "a"`, `2.0 r2 ben "x"`, `1.2 r1 ana "a"`},
		spans:  "1×1 3×2 1×1",
		joined: map[string]string{"1.1": "dead"},
	},
	{
		name:   "a moved line keeps its piece from the empty line that was there",
		script: script{`ana [[0,"","x","","a"]]`, `ben [[0,"","a"],3,[2]]`},
		rows:   []string{`1.2 r1 ana ""`, `1.3 r1 ana "a"`, `1.1 r1 ana "x"`, `2.0 r2 ben ""`},
		spans:  "5×1",
		joined: map[string]string{"1.0": "1.2"},
	},
	{
		name:   "a part of a line does not move",
		script: script{`ana [[0,"foo bar","x"]]`, `ben [3,[4],2,[0," bar"]]`},
		rows:   []string{`1.0 r2 ben "foo"`, `1.1 r2 ben "x bar"`},
		spans:  "5×1 4×2",
	},
	{
		name:   "cut and paste in two changes is new text",
		script: script{`ana [[0,"one","two"]]`, `ben [[4],3]`, `ben [3,[0,"","one"]]`},
		rows:   []string{`1.1 r1 ana "two"`, `3.0 r3 ben "one"`},
		spans:  "3×1 4×3",
		joined: map[string]string{"1.0": "dead"},
	},
	{
		name:   "a duplicated line is new text",
		script: script{`ana [[0,"one"]]`, `ben [3,[0,"","one"]]`},
		rows:   []string{`1.0 r1 ana "one"`, `2.0 r2 ben "one"`},
		spans:  "3×1 4×2",
	},
	{
		name:   "a change of several sections touches only its lines",
		script: script{`ana [[0,"one","two","three"]]`, `ana submit 0 2`, `ben [[0,"# "],3,1,3,1,[5,"3"]]`},
		rows:   []string{`1.0 r3 ben "# one"`, `1.1 r1 ana "two" submitted`, `1.2 r3 ben "3"`},
		spans:  "2×3 8×1 1×3",
	},
	{
		name:   "one emoji for another",
		script: script{`ana [[0,"a😀b"]]`, `ben [1,[2,"😁"],1]`},
		rows:   []string{`1.0 r2 ben "a😁b"`},
		spans:  "1×1 2×2 1×1",
	},
	{
		name:   "a redaction alters no blame",
		script: script{`ana [[0,"one","two"]]`, `ana submit 0 0`, `cem redact 1 5`, `ben version`},
		rows:   []string{`1.0 r1 ana "o██" submitted`, `1.1 r1 ana "█wo"`},
		spans:  "7×1",
	},
	{
		name:   "submitted lasts until the next change of that line",
		script: script{`ana [[0,"one","two"]]`, `ana submit 0 1`, `ben [3,[0,"!"],4]`},
		rows:   []string{`1.0 r3 ben "one!"`, `1.1 r1 ana "two" submitted`},
		spans:  "3×1 1×3 4×1",
	},
	{
		name:   "two authors on one line",
		script: script{`ana [[0,"hello"]]`, `ben [5,[0," world"]]`},
		rows:   []string{`1.0 r2 ben "hello world"`},
		spans:  "5×1 6×2",
	},
}

func TestBlameOfNamedCases(t *testing.T) {
	for _, c := range namedCases {
		t.Run(c.name, func(t *testing.T) {
			r, err := c.script.play(right)
			if err != nil {
				t.Fatal(err)
			}
			rows, spans := blame(r.thread)
			if !slices.Equal(rows, c.rows) || spans != c.spans {
				t.Errorf("blame is\n\t%s\n\t%s\nwant\n\t%s\n\t%s",
					strings.Join(rows, "\n\t"), spans, strings.Join(c.rows, "\n\t"), c.spans)
			}
			for _, id := range r.ever {
				became := "dead"
				if r.thread.Find(id) >= 0 {
					became = r.thread.Resolve(id).String()
				}
				want := c.joined[id.String()]
				if want == "" {
					want = id.String()
				}
				if became != want {
					t.Errorf("line %v became %s, want %s", id, became, want)
				}
			}
		})
	}
}
