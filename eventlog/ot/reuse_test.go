package ot

import (
	"testing"

	"parodywave/eventlog/seeds"
)

func TestReusedBuffersGiveWhatFreshOnesGive(t *testing.T) {
	draw := seeded(seeds.For(t))
	var tr Transformer
	var r Rebaser
	for range seeds.Rounds(5000) {
		doc := draw.text(8)
		own, text := []Change{}, doc
		for range 1 + draw(4) {
			own = append(own, draw.change(text))
			text = applied(text, own[len(own)-1])
		}
		fresh, one, many := own, own[0], append([]Change{}, own...)
		for range 1 + draw(4) {
			over := draw.change(doc)
			doc = applied(doc, over)
			var after, after2 Change
			fresh, after, _ = rebase(fresh, over)
			one = must(tr.Transform(one, over, false))
			after2 = must(r.Rebase(many, over))
			if !one.Equal(fresh[0]) || !after.Equal(after2) {
				t.Fatalf("%s over %s: reused %s and %s, fresh %s and %s", own, over, one, after2, fresh[0], after)
			}
			for i := range many {
				if !many[i].Equal(fresh[i]) || many[i].NewLen() != fresh[i].NewLen() {
					t.Fatalf("entry %d of %s over %s: reused %s, fresh %s", i, own, over, many[i], fresh[i])
				}
			}
		}
	}
}

func TestRebaseCarriesEachOfTheSequence(t *testing.T) {
	own := []Change{parse(t, `[1,[0,"a"]]`), parse(t, `[2,[0,"b"]]`)}
	after, err := new(Rebaser).Rebase(own, parse(t, `[[0,"x"],1]`))
	if err != nil || own[0].String() != `[2,[0,"a"]]` || own[1].String() != `[3,[0,"b"]]` || after.String() != `[[0,"x"],3]` {
		t.Errorf("%s, %s, %v", own, after, err)
	}
	over := parse(t, `[1,[0,"a"]]`)
	if after, err := new(Rebaser).Rebase(nil, over); !after.Equal(over) || err != nil {
		t.Errorf("nothing over %s: %s, %v", over, after, err)
	}
}

func TestRebaserLeavesChangesOnAnError(t *testing.T) {
	own := []Change{Keep(2), Keep(3)}
	if _, err := new(Rebaser).Rebase(own, Replace(2, 0, 2, nil)); err == nil || own[0].Len() != 2 {
		t.Errorf("%v, first is %s", err, own[0])
	}
}

func TestReusedTransformAllocatesNothing(t *testing.T) {
	a, b := Replace(100_000, 500, 500, units("a")), Replace(100_000, 500, 501, units("b"))
	far := Replace(100_000, 90_000, 90_001, nil)
	var tr Transformer
	var r Rebaser
	own := []Change{a}
	if n := testing.AllocsPerRun(100, func() {
		must(tr.Transform(a, b, false))
		must(tr.Transform(a, far, true))
		own[0] = a
		must(r.Rebase(own, far))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
