package projection_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// missing says the same of a yard, from the list of its characters: those that
// came since are left out, and what is dead between two that live is one place.
func (y *yard) missing(newFirst bool) (all []string) {
	var old []*character
	place := map[*character]int{}
	pos := 0
	for _, c := range y.seq {
		_, dead := y.dead[c]
		if dead || c.rev <= y.since || newFirst {
			old = append(old, c)
			place[c] = -1
		}
		if dead {
			place[c] = pos
		} else {
			pos++
		}
	}
	lineEnd := func(i int) bool { return i < 0 || i >= len(old) || old[i].unit == '\n' }
	for i := 0; i < len(old); {
		j := i
		for j < len(old) && place[old[i]] >= 0 && place[old[j]] == place[old[i]] {
			j++
		}
		if j == i {
			i++
			continue
		}
		lines := strings.Split(ot.String(unitsOf(old, stretch{i, j})), "\n")
		behind := true // the line at the place
		switch {
		case len(lines) == 1:
			lines = nil
		case lineEnd(i-1) && (lines[0] != "" || !lineEnd(j)):
			lines, behind = lines[:len(lines)-1], false
		case lineEnd(j):
			lines = lines[1:]
		default:
			lines = lines[1 : len(lines)-1]
		}
		if len(lines) > 0 {
			all = append(all, fmt.Sprintf("%d %v: %q", place[old[i]], behind, lines))
		}
		i = j
	}
	return all
}

// missingOf writes what a difference tells in the same way, with the position
// left out where the yard cannot know the line.
func missingOf(d *projection.Tombstones, y *yard) (all []string, err error) {
	t := d.Thread()
	for _, m := range d.Missing() {
		lines := strings.Split(m.Text, "\n")
		if len(lines) != m.Count {
			return nil, fmt.Errorf("%+v has %d lines", m, len(lines))
		}
		if m.Line < 0 || m.Line > t.LineCount() || m.Revision <= y.since || m.Time != int64(m.Revision)*1000 {
			return nil, fmt.Errorf("%+v of %d lines since revision %d", m, t.LineCount(), y.since)
		}
		all = append(all, fmt.Sprintf("%d: %q", m.Line, lines))
	}
	return all, nil
}

// missed compares both at the end of a script.
func (s script) missed(since int, newFirst bool) error {
	var d *projection.Tombstones
	var y *yard
	if err := s.contrasted(since, right, func(e *projection.Tombstones, z *yard) { d, y = e, z }); err != nil {
		return err
	}
	got, err := missingOf(d, y)
	if err != nil {
		return err
	}
	want := y.missing(newFirst)
	for i, w := range want { // the line that a place is before
		at, rest, _ := strings.Cut(w, ":")
		var pos int
		var behind bool
		fmt.Sscan(at, &pos, &behind)
		row := d.Thread().Row(d.Thread().LineAt(pos))
		line := row.Line
		if row.Start < pos || behind {
			line++
		}
		want[i] = fmt.Sprintf("%d:%s", line, rest)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("missing are %q, want %q", got, want)
	}
	return nil
}

func TestMissingLinesAgreeWithOracle(t *testing.T) {
	n := seeds.Rounds(1500)
	draw := scripts.Seeded(seeds.For(t))
	some := 0
	for i := range n {
		c := makeContrast(draw)
		if err := c.missed(c.since, false); err != nil {
			t.Fatalf("history %d: %v\n%v.missed(%d, false)", i, err, c.script, c.since)
		}
		if c.missed(c.since, true) != nil { // which takes what is new for old
			some++
		}
	}
	if some == 0 {
		t.Error("an oracle that takes what is new for old agrees with all")
	}
}

func TestMissingLinesOfSimpleChanges(t *testing.T) {
	for _, tc := range []struct {
		change string
		want   string
	}{
		{`[[4],8]`, `0: ["one"]`},                  // the first line
		{`[4,[4],4]`, `1: ["two"]`},                // with the break behind it
		{`[3,[4],5]`, `1: ["two"]`},                // with the break before it
		{`[7,[5]]`, `2: ["tree"]`},                 // the last
		{`[[8],4]`, `0: ["one" "two"]`},            // two of them
		{`[2,[7],3]`, `1: ["two"]`},                // and parts of its neighbours
		{`[4,[3],5]`, ``},                          // emptied
		{`[3,[1],8]`, ``},                          // joined
		{`[4,[4,"new",""],4]`, `1: ["two"]`},       // replaced by another
		{`[[12]]`, `0: ["one" "two"]`},             // an empty line is left
		{`[[4],4,[0,"one",""],4]`, ``},             // moved down
		{`[[0,"two",""],4,[4],4]`, ``},             // moved up
		{`[[0,"new",""],[4],8]`, `1: ["one"]`},     // something before it
		{`[4,[8,"x"]]`, `1: ["two"]`},              // the last is another now
		{`[1,[1,"q"],10]`, ``},                     // a letter
		{`[[4,"x",""],4,[4,"y"]]`, `0: ["one"]`},   // at two places
		{`[[4],4,[4]]`, `0: ["one"]`},              // the break before the last stays
		{`[[4],3,[5]]`, `0: ["one"], 1: ["tree"]`}, // both ends
		{`[3,[1],3,[1],4]`, ``},                    // all in one
		{`[3,[1," "],8]`, ``},                      // by a blank
	} {
		var d *projection.Tombstones
		var y *yard
		err := script{`ana [[0,"one","two","tree"]]`, `ben ` + tc.change}.contrasted(1, right, func(e *projection.Tombstones, z *yard) { d, y = e, z })
		if err != nil {
			t.Fatal(err)
		}
		got, err := missingOf(d, y)
		if s := strings.Join(got, ", "); err != nil || s != tc.want {
			t.Errorf("%s: %s, %v, want %s", tc.change, s, err, tc.want)
		}
		for _, m := range d.Missing() {
			if scripts.AuthorName(d.Thread().Authors()[m.Author]) != "ben" || m.Revision != 2 {
				t.Errorf("%s: %+v", tc.change, m)
			}
		}
	}
}

func TestAnEmptyLineStaysBeforeTheDeletedOneBehindIt(t *testing.T) {
	for change, want := range map[string]string{
		`[4,[5]]`:     `2: ["tree"]`, // the empty line is above the mark
		`[3,[6]]`:     `1: ["" "tree"]`,
		`[4,[1],4]`:   `1: [""]`,
		`[[4],1,[4]]`: `0: ["one"]`,
	} {
		var d *projection.Tombstones
		var y *yard
		err := script{`ana [[0,"one","","tree"]]`, `ben ` + change}.contrasted(1, right, func(e *projection.Tombstones, z *yard) { d, y = e, z })
		if err != nil {
			t.Fatal(err)
		}
		if got, err := missingOf(d, y); err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s: %s, %v, want %s", change, got, err, want)
		}
	}
}

func TestMissingTextIsCutAtACharacter(t *testing.T) {
	long := strings.Repeat("a", projection.MissingText-1) + "😀😀"
	var d *projection.Tombstones
	s := script{`ana ` + ot.Replace(0, 0, 0, scripts.Units(long+"\n")).String(), fmt.Sprintf("ben [[%d]]", ot.Len(long)+1)}
	if err := s.contrasted(1, right, func(e *projection.Tombstones, _ *yard) { d = e }); err != nil {
		t.Fatal(err)
	}
	if m := d.Missing(); len(m) != 1 || m[0].Text != long[:projection.MissingText-1] {
		t.Errorf("missing %+v", m)
	}
}
