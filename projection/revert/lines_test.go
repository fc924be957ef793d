package revert_test

import (
	"testing"

	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// makeJoining is a history in which somebody moves lines about, once or twice,
// and others then write, join and part them.
func makeJoining(draw scripts.Source) reversal {
	s := script{`eve [[0,"one","two 2","three","six","four","five 5",""]]`}
	t := projection.NewThread(scripts.Stream)
	moves := 1 + draw(2)
	for n := 0; ; n++ {
		mustApply(t, n+1, s[n])
		if n > moves && draw(3) == 0 {
			return reversal{s, "ana", 2, len(s), true}
		}
		text := t.Units(0, t.Len())
		w := scripts.NewWriter(draw, text)
		if n < moves {
			[]func(){w.AltArrow, w.MoveBlock}[draw(2)]()
			s = append(s, "ana "+w.Done().String())
			continue
		}
		at := draw(len(text) + 1)
		if draw(3) > 0 { // at a break
			for range text {
				if at < len(text) && text[at] == '\n' {
					break
				}
				at = (at + 1) % (len(text) + 1)
			}
		}
		to := min(len(text), at+draw(2))
		w.Edit(at, to, []string{"", " ", "x", " and y", "\n"}[draw(5)])
		s = append(s, []string{"ben ", "cem "}[draw(2)]+w.Done().String())
	}
}

// TestReversalMakesNoLineOfTwo: no two units that stood in two lines are in one
// when what somebody moved is moved back, but where the edits had parted it.
func TestReversalMakesNoLineOfTwo(t *testing.T) {
	draw, parted := scripts.Seeded(seeds.For(t)), 0
	rounds := rounds(t, 3000)
	for i := range rounds {
		r := makeJoining(draw)
		if r.check(right) != nil {
			r, err := r.shrink(right)
			t.Fatalf("history %d: %v\n%v.check(right)", i, err, r)
		}
		x, err := r.reversion()
		if err != nil {
			t.Fatal(err)
		}
		if x.Restored > 0 {
			parted++
		}
	}
	if t.Logf("%d of %d histories have something to move back", parted, rounds); parted < rounds/3 {
		t.Error("that says little")
	}
}

// TestReversalPartsLinesThatOnlyTheEditsBreakParted: ben takes the break away that
// ana had written, and his words are not of the line that hers then leave alone.
func TestReversalPartsLinesThatOnlyTheEditsBreakParted(t *testing.T) {
	if err := (reversal{script{
		`eve [[0,"one","two 2","three","six","four","five 5",""]]`,
		`ana [3,[0,"",""],28,[1]]`,
		`ana [3,[0,"","two 2","three"],2,[12],15]`,
		`ben [15,[1],[0," and y"],16]`,
	}, "ana", 2, 4, true}).check(right); err != nil {
		t.Error(err)
	}
}

// The law has teeth: who leaves out a break between two lines is found out.
func TestTheCensusFindsOutWhoJoinsLines(t *testing.T) {
	lines := script{`eve [[0,"one","two","six","ten",""]]`, `ana [4,[4],8,[0,"two",""]]`, `cem [15,[1," and cem"]]`}
	r := reversal{lines, "ana", 2, 3, true}
	_, text, err := r.log()
	if err != nil {
		t.Fatal(err)
	}
	c, err := ot.Parse([]byte(`[7,[1],15,[0,"",""]]`))
	if err != nil {
		t.Fatal(err)
	}
	after, err := c.Apply(text)
	if err != nil {
		t.Fatal(err)
	}
	blind := r
	blind.lines = false
	if r.census(c, after) == nil || blind.census(c, after) != nil {
		t.Errorf("%q by %s is let pass", ot.String(after), c)
	}
}
