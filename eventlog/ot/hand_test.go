package ot

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestTransformDecidesTiesAsCodeMirror(t *testing.T) {
	for _, v := range []struct{ a, b, mapped, before string }{
		{`[2,[0,"A"],2]`, `[2,[0,"B"],2]`, `[3,[0,"A"],2]`, `[2,[0,"A"],3]`},
		{`[2,[0,"A"],2]`, `[1,[2],1]`, `[1,[0,"A"],1]`, `[1,[0,"A"],1]`},
		{`[1,[2],1]`, `[2,[0,"B"],2]`, `[1,[1],1,[1],1]`, `[1,[1],1,[1],1]`},
		{`[1,[2,"A"],1]`, `[1,[2,"B"],1]`, `[2,[0,"A"],1]`, `[1,[0,"A"],2]`},
		{`[1,[1,"A"],2]`, `[1,[2,"B"],1]`, `[1,[0,"A"],2]`, `[1,[0,"A"],2]`},
		{`[1,[2],1]`, `[1,[2],1]`, `[2]`, `[2]`},
		{`[4]`, `[1,[2],1]`, `[2]`, `[2]`},
		{`[1,[2],1]`, `[4]`, `[1,[2],1]`, `[1,[2],1]`},
		{`[4]`, `[[4]]`, `[]`, `[]`},
	} {
		a, b := parse(t, v.a), parse(t, v.b)
		if got := must(a.Transform(b, false)).String(); got != v.mapped {
			t.Errorf("%s over %s: %s, want %s", a, b, got, v.mapped)
		}
		if got := must(a.Transform(b, true)).String(); got != v.before {
			t.Errorf("%s over %s, before: %s, want %s", a, b, got, v.before)
		}
	}
}

func TestComposeAndInvertGiveCodeMirrorsForm(t *testing.T) {
	if got := must(parse(t, `[[0,"a"]]`).Compose(parse(t, `[1,[0,"b"]]`))).String(); got != `[[0,"ab"]]` {
		t.Errorf("compose: %s", got)
	}
	if got := must(parse(t, `[1,[2,"Q"],2]`).Invert(units("ab\nde"))).String(); got != `[1,[1,"b",""],2]` {
		t.Errorf("invert: %s", got)
	}
	if got := must(parse(t, `[5,[2],4]`).Invert(units("Hello, JSON"))).String(); got != `[5,[0,", "],4]` {
		t.Errorf("invert: %s", got)
	}
}

func TestChangesAreWrittenAsCodeMirrorWritesThem(t *testing.T) {
	for _, v := range []struct {
		c    Change
		want string
	}{
		{Replace(5, 2, 2, units("X")), `[2,[0,"X"],3]`},
		{Replace(5, 1, 3, nil), `[1,[2],2]`},
		{Replace(5, 1, 3, units("zz")), `[1,[2,"zz"],2]`},
		{Replace(5, 2, 2, units("\n")), `[2,[0,"",""],3]`},
		{Replace(5, 2, 2, units("a\nb\n")), `[2,[0,"a","b",""],3]`},
		{Replace(5, 5, 5, nil), `[5]`},
		{Replace(0, 0, 0, units("😀한")), `[[0,"😀한"]]`},
		{Replace(0, 0, 0, units("<>&/\"\\\b\f\t\v\x7f\u2028\ufeff")), `[[0,"<>&/\"\\\b\f\t\u000b` + "\x7f\u2028\ufeff" + `"]]`},
		{Replace(0, 0, 0, []uint16{0xd83d, 'a', 0xde00}), `[[0,"\ud83da\ude00"]]`},
		{Keep(5), `[5]`},
		{Keep(0), `[]`},
		{Change{}, `[]`},
		{built(func(b *Builder) { b.Replace(0, units("A")); b.Keep(3); b.Replace(1, nil); b.Keep(1) }), `[[0,"A"],3,[1],1]`},
		{built(func(b *Builder) { b.Keep(1); b.Replace(2, nil); b.Replace(0, units("Q")); b.Keep(2) }), `[1,[2],[0,"Q"],2]`},
	} {
		if got := v.c.String(); got != v.want {
			t.Errorf("got %s, want %s", got, v.want)
		}
	}
}

func TestBuilderJoinsOnlyNeighboursOfOneKind(t *testing.T) {
	c := built(func(b *Builder) {
		b.Keep(1)
		b.Keep(0)
		b.Keep(1)
		b.Replace(1, nil)
		b.Replace(0, nil)
		b.Replace(1, nil)
		b.Replace(0, units("a"))
		b.Replace(0, units("b"))
		b.Replace(1, units("c"))
		b.Replace(1, units("d"))
		b.Replace(0, units("e"))
	})
	if got, want := c.String(), `[2,[2],[0,"ab"],[1,"c"],[1,"d"],[0,"e"]]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if c.Len() != 6 || c.NewLen() != 7 || c.Inserted() != 5 || c.Deleted() != 4 || c.IsEmpty() {
		t.Errorf("lengths %d and %d, %d inserted, %d deleted", c.Len(), c.NewLen(), c.Inserted(), c.Deleted())
	}
}

func TestBuilderIsFreshAfterChange(t *testing.T) {
	var b Builder
	b.Replace(0, units("abc"))
	first := b.Change()
	b.Replace(0, units("xyz"))
	second := b.Change()
	if first.String() != `[[0,"abc"]]` || second.String() != `[[0,"xyz"]]` || !b.Change().Equal(Change{}) {
		t.Errorf("%s, %s", first, second)
	}
}

func TestEditsComeOneByOneInOrder(t *testing.T) {
	c := parse(t, `[1,[2],[0,"Q"],2,[1,"x",""]]`)
	var got []string
	c.Each(func(fromA, toA, fromB, toB int, insert []uint16) {
		got = append(got, fmt.Sprintf("%d-%d>%d-%d %q %t", fromA, toA, fromB, toB, String(insert), insert == nil))
	})
	want := []string{`1-3>1-1 "" true`, `3-3>1-2 "Q" false`, `5-6>4-6 "x\n" false`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for e := range c.Edits() {
		if e.FromA != 1 {
			t.Errorf("the loop was left, and went on to %v", e)
		}
		break
	}
}

func TestOutOfRangePanics(t *testing.T) {
	tooMuch := MaxLen
	tooMuch++ // negative where an int has 32 bits
	for name, f := range map[string]func(){
		"replace before the text":   func() { Replace(5, -1, 2, nil) },
		"replace behind the text":   func() { Replace(5, 2, 6, nil) },
		"replace backwards":         func() { Replace(5, 3, 2, nil) },
		"keep a negative number":    func() { Keep(-1) },
		"keep too much":             func() { Keep(tooMuch) },
		"build over the limit":      func() { var b Builder; b.Keep(MaxLen); b.Replace(0, units("a")) },
		"delete a negative number":  func() { var b Builder; b.Replace(-1, nil) },
		"invert with too few units": func() { Replace(3, 0, 2, nil).InvertWith(func(_, _ int) []uint16 { return units("a") }) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestOperationsRefuseOtherLengths(t *testing.T) {
	c, d := parse(t, `[2,[0,"a"]]`), parse(t, `[4]`)
	long, grow := Keep(MaxLen), built(func(b *Builder) { b.Keep(MaxLen - 1); b.Replace(0, units("a")) })
	_, apply := c.Apply(units("abc"))
	_, invert := c.Invert(units("a"))
	_, compose := c.Compose(d)
	_, transform := c.Transform(d, false)
	_, reused := new(Transformer).Transform(c, d, false)
	_, tooLong := grow.Transform(grow, true)
	_, _, alone := rebase([]Change{c}, d)
	_, _, chain := rebase([]Change{c, c}, Keep(2))
	_, _, grown := rebase([]Change{grow}, grow)
	for i, err := range []error{apply, invert, compose, transform, reused, tooLong, alone, chain, grown} {
		if !errors.Is(err, ErrLength) {
			t.Errorf("operation %d: %v", i, err)
		}
	}
	if _, err := long.Transform(long, true); err != nil {
		t.Errorf("a text of MaxLen: %v", err)
	}
}

func TestMapPosTakesPlacesOutsideAsTheNearestEnd(t *testing.T) {
	c := parse(t, `[[0,"ab"],3,[0,"cd"]]`)
	for _, v := range [][3]int{{-5, -1, 0}, {-5, 1, 2}, {99, -1, 5}, {99, 1, 7}, {1, 1, 3}} {
		if got := c.MapPos(v[0], v[1]); got != v[2] {
			t.Errorf("MapPos(%d, %d) = %d, want %d", v[0], v[1], got, v[2])
		}
	}
}

func TestCutsPairSeesEdgesInsideAPair(t *testing.T) {
	doc := units("a😀😀b")
	for s, want := range map[string]bool{
		`[6]`: false, `[1,[2],3]`: false, `[1,[4,"x"],1]`: false, `[3,[0,"x"],3]`: false, `[6,[0,"x"]]`: false, `[[6]]`: false,
		`[2,[0,"x"],4]`: true, `[1,[1],4]`: true, `[2,[1],3]`: true, `[1,[3,"x"],2]`: true, `[[1],3,[1],1]`: true, `[[2],[1,"a"],3]`: true,
	} {
		if got := parse(t, s).CutsPair(func(pos int) uint16 { return doc[pos] }); got != want {
			t.Errorf("%s: %t, want %t", s, got, want)
		}
	}
}

func built(f func(b *Builder)) Change {
	var b Builder
	f(&b)
	return b.Change()
}
