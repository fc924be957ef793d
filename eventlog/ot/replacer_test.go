package ot

import (
	"slices"
	"testing"

	"parodywave/eventlog/seeds"
)

// One Replacer for all, so that nothing of one change may show in another.
func TestReplacerAgreesWithReplace(t *testing.T) {
	draw := seeded(seeds.For(t))
	var r Replacer
	var c Change
	for range seeds.Rounds(20_000) {
		n := draw(4)
		from := draw(n + 1)
		to := from + draw(n-from+1)
		insert := draw.text(2)
		if from == to && len(insert) == 0 {
			continue
		}
		want := Replace(n, from, to, insert)
		r.Replace(&c, n, from, to, insert)
		if !c.Equal(want) || c.oldLen != want.oldLen || c.newLen != want.newLen {
			t.Fatalf("%d units, %d to %d by %d: %s of %d to %d, want %s", n, from, to, len(insert), c, c.Len(), c.NewLen(), want)
		}
	}
	kept, clone := c, c.Clone()
	r.Replace(&c, 9, 3, 5, units("other"))
	if kept.Equal(clone) { // the negative control
		t.Error("a change is as it was after the Replacer was used again")
	}
}

func TestReplacerPanicsOnWhatIsNoReplacement(t *testing.T) {
	for _, x := range [][3]int{{3, -1, 1}, {3, 2, 1}, {3, 1, 4}, {3, 2, 2}, {MaxLen + 1, 0, 1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d units, %d to %d: no panic", x[0], x[1], x[2])
				}
			}()
			var c Change
			new(Replacer).Replace(&c, x[0], x[1], x[2], nil)
		}()
	}
}

func TestOnlyIsTheEditOfAChangeWithOne(t *testing.T) {
	for _, json := range []string{
		`[]`, `[5]`, `[[2]]`, `[[0,"x"]]`, `[5,[2,"hi"]]`, `[[2,"",""],5]`, `[1,[1],2]`,
		`[[1],[0,"x"]]`, `[1,[1],2,[0,"x"]]`, `[[1],2,[1],3]`, `[1,[1],[0,"x"],1]`,
	} {
		c, err := Parse([]byte(json))
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Collect(c.Edits())
		e, ok := c.Only()
		if ok != (len(all) == 1) {
			t.Errorf("%s: %v, and it has %d edits", json, ok, len(all))
		} else if w := append(all, Edit{})[0]; ok && (e.FromA != w.FromA || e.ToA != w.ToA || e.FromB != w.FromB || e.ToB != w.ToB || !slices.Equal(e.Insert, w.Insert)) {
			t.Errorf("%s: %+v, want %+v", json, e, w)
		}
	}
}
