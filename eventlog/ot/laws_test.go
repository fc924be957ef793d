package ot

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parodywave/eventlog/seeds"
)

// A law says of changes drawn at random what must hold of them. It gives "" or
// what is wrong. Each comes with a near miss: the same law stated wrongly,
// which must be found out, so that the drawing is known to reach the cases
// that matter.
type law struct {
	name        string
	holds, miss func(draw source) string
}

var laws = []law{
	{
		name:  "two changes converge, the earlier one being left",
		holds: func(draw source) string { return converge(draw, true) },
		miss:  func(draw source) string { return converge(draw, false) },
	},
	{
		name:  "the inverse leads back",
		holds: func(draw source) string { return invertRoundTrip(draw, func(old, _ []uint16) []uint16 { return old }) },
		miss: func(draw source) string {
			return invertRoundTrip(draw, func(old, new []uint16) []uint16 {
				return append(append([]uint16{}, new...), old...)[:len(old)]
			})
		},
	},
	{
		name: "a composition does what its parts do",
		holds: func(draw source) string {
			return compositionApplies(draw, func(a, b Change) Change { return must(a.Compose(b)) })
		},
		miss: func(draw source) string {
			return compositionApplies(draw, func(a, b Change) Change {
				if a.Len() != b.Len() || a.NewLen() != b.NewLen() {
					return must(a.Compose(b))
				}
				return must(b.Compose(a))
			})
		},
	},
	{
		name:  "lengths add up",
		holds: func(draw source) string { return lengthsAddUp(draw, 0) },
		miss:  func(draw source) string { return lengthsAddUp(draw, 1) },
	},
	{
		name:  "a rebased sequence leads where the log does",
		holds: func(draw source) string { return sequenceConverges(draw, rebase) },
		miss: func(draw source) string {
			return sequenceConverges(draw, func(s []Change, over Change) ([]Change, Change, error) {
				out, _, err := rebase(s, over)
				all := s[0]
				for _, c := range s[1:] {
					all = must(all.Compose(c))
				}
				return out, must(over.Transform(all, true)), err
			})
		},
	},
	{
		name:  "no pair is cut by what cuts none",
		holds: func(draw source) string { return pairsStayWhole(draw, 0) },
		miss:  func(draw source) string { return pairsStayWhole(draw, 1) },
	},
}

func TestLaws(t *testing.T) {
	seedRapid(t)
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				numbers := map[int]*rapid.Generator[int]{}
				draw := source(func(n int) int {
					if numbers[n] == nil {
						numbers[n] = rapid.IntRange(0, n-1)
					}
					return numbers[n].Draw(t, fmt.Sprint("below ", n))
				})
				if wrong := l.holds(draw); wrong != "" {
					t.Fatal(wrong)
				}
			})
		})
	}
}

// seedRapid gives rapid the seed of the test, where its own flag gives none; to
// rapid, 0 is none.
func seedRapid(t *testing.T) {
	t.Helper()
	own := flag.Lookup("rapid.seed").Value
	if own.String() != "0" {
		return
	}
	if err := own.Set(fmt.Sprint(1 + seeds.For(t))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = own.Set("0") })
}

func TestLawsHoldForManySeededCases(t *testing.T) {
	seed := seeds.For(t)
	for _, l := range laws {
		draw := seeded(seed)
		for i := range seeds.Rounds(20_000) {
			if wrong := l.holds(draw); wrong != "" {
				t.Errorf("seed %d: %s: case %d: %s", seed, l.name, i, wrong)
				break
			}
		}
	}
}

func TestLawsStatedWronglyAreFoundOut(t *testing.T) {
	seed := seeds.For(t)
	for _, l := range laws {
		draw := seeded(seed)
		found := false
		for i := 0; i < 20_000 && !found; i++ {
			found = l.miss(draw) != ""
		}
		if !found {
			t.Errorf("seed %d: %s: a wrong statement of it passed 20,000 cases", seed, l.name)
		}
	}
}

func converge(draw source, before bool) string {
	doc := draw.text(8)
	a, b := draw.change(doc), draw.change(doc)
	viaB := applied(doc, b, must(a.Transform(b, false)))
	viaA := applied(doc, a, must(b.Transform(a, before)))
	if sameText(viaA, viaB) {
		return ""
	}
	return fmt.Sprintf("%q, a %s, b %s: b first gives %q, a first %q", String(doc), a, b, String(viaB), String(viaA))
}

func invertRoundTrip(draw source, from func(old, new []uint16) []uint16) string {
	doc := draw.text(8)
	c := draw.change(doc)
	after := applied(doc, c)
	inv := must(c.Invert(from(doc, after)))
	if back := applied(after, inv); !sameText(back, doc) {
		return fmt.Sprintf("%q, %s: the inverse %s gives %q", String(doc), c, inv, String(back))
	}
	if twice := must(inv.Invert(after)); !twice.Equal(c) {
		return fmt.Sprintf("%q, %s: inverted twice is %s", String(doc), c, twice)
	}
	return ""
}

func compositionApplies(draw source, compose func(a, b Change) Change) string {
	doc := draw.text(8)
	a := draw.change(doc)
	b := draw.change(applied(doc, a))
	ab := compose(a, b)
	if one, two := applied(doc, ab), applied(doc, a, b); !sameText(one, two) {
		return fmt.Sprintf("%q, a %s, b %s: %s gives %q, want %q", String(doc), a, b, ab, String(one), String(two))
	}
	return ""
}

func lengthsAddUp(draw source, off int) string {
	doc := draw.text(8)
	a, b := draw.change(doc), draw.change(doc)
	m := must(a.Transform(b, draw(2) == 0))
	inv := must(a.Invert(doc))
	switch {
	case a.Len() != len(doc) || a.NewLen()+off != len(applied(doc, a)):
		return fmt.Sprintf("%q, %s: lengths %d and %d", String(doc), a, a.Len(), a.NewLen())
	case a.NewLen() != a.Len()+a.Inserted()-a.Deleted():
		return fmt.Sprintf("%s: %d inserted, %d deleted", a, a.Inserted(), a.Deleted())
	case m.Len() != b.NewLen() || m.Inserted() != a.Inserted() || m.Deleted() > a.Deleted():
		return fmt.Sprintf("a %s, b %s: transformed %s", a, b, m)
	case inv.Len() != a.NewLen() || inv.NewLen() != a.Len() || inv.Inserted() != a.Deleted():
		return fmt.Sprintf("%s: inverse %s", a, inv)
	}
	for _, c := range []Change{a, m, inv} {
		if again := must(Parse(c.AppendJSON(nil))); !again.Equal(c) || again.Len() != c.Len() || again.NewLen() != c.NewLen() {
			return fmt.Sprintf("%s: lengths %d and %d, read again %d and %d", c, c.Len(), c.NewLen(), again.Len(), again.NewLen())
		}
	}
	return ""
}

// rebase is Rebaser.Rebase with memory of its own for the results.
func rebase(changes []Change, over Change) ([]Change, Change, error) {
	rebased := slices.Clone(changes)
	after, err := new(Rebaser).Rebase(rebased, over)
	return rebased, after, err
}

// sequenceConverges holds rebase against its own promise, through two logged
// changes in a row.
func sequenceConverges(draw source, rebase func([]Change, Change) ([]Change, Change, error)) string {
	doc := draw.text(8)
	logged, text := []Change{draw.change(doc)}, doc
	logged = append(logged, draw.change(applied(doc, logged...)))
	var own []Change
	for range 1 + draw(3) {
		own = append(own, draw.change(text))
		text = applied(text, own[len(own)-1])
	}
	rebased, after := own, []Change{}
	for _, over := range logged {
		var o Change
		var err error
		if rebased, o, err = rebase(rebased, over); err != nil {
			return err.Error()
		}
		after = append(after, o)
	}
	server := applied(applied(doc, logged...), rebased...)
	for _, o := range after {
		if o.Len() != len(text) {
			return fmt.Sprintf("%q, logged %s, own %s: after it %s", String(doc), logged, own, after)
		}
		text = applied(text, o)
	}
	if !sameText(server, text) {
		return fmt.Sprintf("%q, logged %s, own %s: server %q, client %q", String(doc), logged, own, String(server), String(text))
	}
	return ""
}

func pairsStayWhole(draw source, shift int) string {
	doc := draw.text(8)
	a, b := draw.change(doc), draw.change(doc)
	for _, x := range []struct {
		doc []uint16
		c   Change
	}{
		{doc, a},
		{applied(doc, b), must(a.Transform(b, draw(2) == 0))},
		{doc, must(b.Compose(must(a.Transform(b, false))))},
		{applied(doc, a), must(a.Invert(doc))},
	} {
		if x.c.CutsPair(func(pos int) uint16 { return x.doc[(pos+shift)%len(x.doc)] }) {
			return fmt.Sprintf("a %s, b %s: %s cuts a pair of %q", a, b, x.c, String(x.doc))
		}
	}
	return ""
}
