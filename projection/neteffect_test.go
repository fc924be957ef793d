package projection_test

import (
	"fmt"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestNetLawTellsItsEffects: rows and identities that come back are in the effect of
// the record that brings them back, so that a reader can follow.
func TestNetLawTellsItsEffects(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for range seeds.Rounds(300) {
		l := makeLife(draw, 30, false)
		w := newWorld(l.people, false, anyThread())
		for _, seed := range l.steps {
			w.draw = scripts.Seeded(seed)
			if err := w.step(); err != nil {
				t.Fatalf("%v\n%v", err, w.script)
			}
		}
		if s, err := followed(w.script); err != nil {
			t.Fatalf("%v\n%v", err, s)
		}
		if s, err := followed(someScript(draw, 16)); err != nil {
			t.Fatalf("%v\n%v", err, s)
		}
	}
}

// someScript makes up changes of every sort.
func someScript(draw scripts.Source, n int) (s script) {
	th := projection.NewThread(scripts.Stream)
	for i := 1; i <= n; i++ {
		s = append(s, scripts.NextLine(draw, th.Units(0, th.Len()), th.Written))
		e, err := scripts.Event(i, s[i-1], th.Units(0, th.Len()))
		if err == nil {
			_, err = th.Apply(e)
		}
		if err != nil {
			panic(err)
		}
	}
	return s
}

// followed follows the effects of a script, up to the first that is not sufficient.
func followed(s script) (script, error) {
	r := &run{thread: projection.NewThread(scripts.Stream)}
	for i, line := range s {
		e, err := scripts.Event(i+1, line, r.thread.Units(0, r.thread.Len()))
		if err != nil {
			return s, err
		}
		effect, err := r.thread.Apply(e)
		if err != nil {
			return s, err
		}
		if err := tell(r.thread).sums(); err != nil {
			return s[:i+1], err
		}
		if err := r.follow(effect); err != nil {
			return s[:i+1], fmt.Errorf("revision %d: %w", i+1, err)
		}
	}
	return s, nil
}
