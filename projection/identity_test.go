package projection_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// identities reports where an identity lives twice while s is applied: in two lines, or in
// a line and in a patch that this line is not in, which could give it to another one.
func (s script) identities(spoil func(*projection.Thread)) error {
	t := anyThread()
	for n, what := range s {
		e, err := scripts.Event(n+1, what, t.Units(0, t.Len()))
		if err != nil {
			return nil // shrunk too much
		}
		if _, err := t.Apply(e); err != nil {
			return nil
		}
		if spoil != nil {
			spoil(t)
		}
		seen := map[projection.LineID]int{}
		for row := range t.Rows() {
			if i, ok := seen[row.ID]; ok {
				return fmt.Errorf("lines %d and %d are %s", i, row.Line, row.ID)
			}
			seen[row.ID] = row.Line
		}
		if fault := projection.PatchFault(t); fault != "" {
			return errors.New(fault)
		}
	}
	return nil
}

// livesTwice makes up histories in which lines move and part a lot, and returns a shrunken
// one in which an identity lives twice.
func livesTwice(draw scripts.Source, n int, spoil func(*projection.Thread)) (script, error) {
	for range n {
		t := anyThread()
		var s script
		for n := range 30 {
			s = append(s, scripts.NextLine(draw, t.Units(0, t.Len()), t.Written))
			e, err := scripts.Event(n+1, s[n], t.Units(0, t.Len()))
			if err == nil {
				_, err = t.Apply(e)
			}
			if err != nil {
				return s, err
			}
		}
		err := s.identities(spoil)
		for i := len(s) - 1; err != nil && i >= 0; i-- {
			less := slices.Delete(slices.Clone(s), i, i+1)
			if fault := less.identities(spoil); fault != nil {
				s, err = less, fault
			}
		}
		if err != nil {
			return s, err
		}
	}
	return nil, nil
}

// An identity lives once: in one line, and in no patch that this line is not in.
func TestIdentityLivesOnce(t *testing.T) {
	if s, err := livesTwice(scripts.Seeded(seeds.For(t)), seeds.Rounds(5000), nil); err != nil {
		t.Fatalf("%v\n%v", err, s)
	}
}

func TestIdentityLivesOnceFindsStrayPatches(t *testing.T) {
	s, err := livesTwice(scripts.Seeded(seeds.For(t)), 100, projection.StrayPatch)
	if err == nil {
		t.Fatal("a patch that is not where its lines are makes no difference")
	}
	t.Logf("%v\n%v", err, s)
}
