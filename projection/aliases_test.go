package projection_test

import (
	"fmt"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestAliasesEnd: no aliases lead in a circle, whatever slips, moves and undos give
// back.
func TestAliasesEnd(t *testing.T) {
	if err := aliasesOf(emptyLinesAgain); err != nil {
		t.Error(err)
	}
	draw := scripts.Seeded(seeds.For(t))
	for n := range seeds.Rounds(3000) {
		l := makeLife(draw, 30, n%2 == 0)
		w := newWorld(l.people, l.claims, anyThread())
		for _, seed := range l.steps {
			w.draw = scripts.Seeded(seed)
			if err := w.step(); err != nil {
				break // another test's law
			}
			if err := projection.AliasFault(w.thread); err != nil {
				t.Fatalf("history %d: %v\n%v", n, err, w.script)
			}
		}
		if err := aliasesOf(someScript(draw, 24)); err != nil {
			t.Fatal(err)
		}
	}
}

// emptyLinesAgain led in a circle: a line was joined into one that was there again.
var emptyLinesAgain = script{
	`ana [[0,"# "]]`,
	`cem submit 0 0`,
	`ben [2]`,
	`cem [2]`,
	`ben [2]`,
	`cem [[0,"",""],2]`,
	`ana [[0,"# ",""],[3]]`,
	`ana [[3,"# ",""]]`,
	`ben [2,[1]]`,
	`ana [2]`,
	`ben [2,[0,"","# "]]`,
	`cem [[2],3]`,
	`ben [1,[2]]`,
	`cem [1,[0,"한글"]]`,
	`cem [[0,"한글",""],[3]]`,
}

func aliasesOf(s script) error {
	r := &run{thread: projection.NewThread(scripts.Stream)}
	for i, line := range s {
		e, err := scripts.Event(i+1, line, r.thread.Units(0, r.thread.Len()))
		if err == nil {
			_, err = r.thread.Apply(e)
		}
		if err == nil {
			err = projection.AliasFault(r.thread)
		}
		if err != nil {
			return fmt.Errorf("revision %d: %w\n%v", i+1, err, s[:i+1])
		}
	}
	return nil
}
