package main

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A gitCutter finds the bursts that git blame would read wrongly as one commit. When in
// a burst one line no longer reads, and another line newly reads, the same words or
// nothing, then a diff of the two texts cannot tell whether the lines between them
// stayed. For example, Ben types into the empty line below Ada's line and presses Enter
// above it: git keeps an empty line and makes Ada's line Ben's. In such a burst, each
// edit that adds or removes lines becomes a commit of its own.
type gitCutter struct {
	before []gitLine           // the lines when the step began
	edits  []eventlog.Revision // of the step, that added or removed lines
	cut    map[eventlog.Revision]bool
}

type gitLine struct {
	id   projection.LineID
	text string
}

// note notes an event of a step.
func (c *gitCutter) note(e event.Event, effect *projection.Effect) {
	if len(effect.Hunks) > 0 {
		c.edits = append(c.edits, e.Revision)
	}
}

// end decides on the step that ends with t.
func (c *gitCutter) end(_ *eventRow, t *projection.Thread) error {
	now := gitLines(t)
	if len(c.edits) > 0 && ambiguous(c.before, now) {
		for _, rev := range c.edits {
			c.cut[rev-1], c.cut[rev] = true, true
		}
	}
	c.before, c.edits = now, nil
	return nil
}

func gitLines(t *projection.Thread) (all []gitLine) {
	for row := range t.Rows() {
		all = append(all, gitLine{row.ID, t.Content(row)})
	}
	return all
}

// ambiguous reports whether a line of before that did not stay reads like a line of now
// that is new or changed, and lines that stayed are between the two.
func ambiguous(before, now []gitLine) bool {
	was, is := map[gitLine]bool{}, map[gitLine]bool{}
	for _, l := range before {
		was[l] = true
	}
	for _, l := range now {
		is[l] = true
	}
	lost, stayed := map[string][2]int{}, 0 // by text: how many lines stayed above, at least and at most
	for _, l := range before {
		if is[l] {
			stayed++
		} else if r, ok := lost[l.text]; ok {
			lost[l.text] = [2]int{r[0], stayed}
		} else {
			lost[l.text] = [2]int{stayed, stayed}
		}
	}
	stayed = 0
	for _, l := range now {
		if was[l] {
			stayed++
		} else if r, ok := lost[l.text]; ok && (r[0] != stayed || r[1] != stayed) {
			return true
		}
	}
	return false
}
