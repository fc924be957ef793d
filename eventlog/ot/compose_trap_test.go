package ot

import (
	"testing"

	"parodywave/eventlog/seeds"
)

// The negative control behind the warnings at Compose and Rebase: carrying a
// change over a composition is another thing than carrying it over the parts.

func overParts(a, b, c Change) Change {
	return must(must(a.Transform(b, false)).Transform(c, false))
}

func overComposition(a, b, c Change) Change {
	return must(a.Transform(must(b.Compose(c)), false))
}

func TestRebasingOverACompositionDivergesInTheSmallestCase(t *testing.T) {
	doc := units("b")
	a, b, c := parse(t, `[[1,"é"]]`), parse(t, `[[1]]`), parse(t, `[[0,"b"]]`)
	base := applied(doc, b, c)
	if got := String(applied(base, overParts(a, b, c))); got != "bé" {
		t.Errorf("entry by entry: %q, want %q", got, "bé")
	}
	if got := String(applied(base, overComposition(a, b, c))); got != "éb" {
		t.Errorf("over the composition: %q, want %q", got, "éb")
	}
}

func TestRebasingOverACompositionDivergesAtRandom(t *testing.T) {
	draw := seeded(seeds.For(t))
	const triples = 20_000
	apart := 0
	for range triples {
		doc := draw.text(8)
		a, b := draw.change(doc), draw.change(doc)
		mid := applied(doc, b)
		c := draw.change(mid)
		base := applied(mid, c)
		one, two := applied(base, overParts(a, b, c)), applied(base, overComposition(a, b, c))
		if !sameText(one, two) {
			if apart++; apart == 1 {
				t.Logf("first: %q, a %s, b %s, c %s: entry by entry %q, composed %q", String(doc), a, b, c, String(one), String(two))
			}
		}
	}
	t.Logf("%d of %d triples diverged, %.1f %%", apart, triples, 100*float64(apart)/triples)
	if apart == 0 {
		t.Error("no triple diverged: either the warning is void, or the drawing is too tame")
	}
}
