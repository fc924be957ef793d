package main

import (
	"slices"

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
//
// No commit ends where a line of another author is gone or changed that the burst brings
// back, as undoing does: git would name the burst's author for it. Where the burst makes
// new lines of more such lines than it brings back, it does not matter.
type gitCutter struct {
	before []gitLine           // the lines when the step began
	edits  []eventlog.Revision // of the step, that added or removed lines
	cut    map[eventlog.Revision]bool

	others map[projection.LineID]string            // the texts of other authors' lines then
	gone   map[projection.LineID]eventlog.Revision // since when they are not as then
	back   int                                     // how often one with something in it was again
	spans  [][2]eventlog.Revision                  // from, and up to, where one was not that is again
}

type gitLine struct {
	id     projection.LineID
	text   string
	author eventlog.AuthorID
}

// note notes an event of a step.
func (c *gitCutter) note(e event.Event, effect *projection.Effect, t *projection.Thread) {
	if c.others == nil {
		c.others, c.gone = map[projection.LineID]string{}, map[projection.LineID]eventlog.Revision{}
		for _, l := range c.before {
			if l.author != e.Author {
				c.others[l.id] = l.text
			}
		}
	}
	if len(effect.Hunks) > 0 {
		c.edits = append(c.edits, e.Revision)
	}
	for _, h := range effect.Hunks {
		for _, id := range h.Old {
			c.follow(id, false, e.Revision)
		}
	}
	for _, i := range effect.Lines() {
		row := t.Row(i)
		if text, ok := c.others[row.ID]; ok {
			c.follow(row.ID, t.Content(row) == text, e.Revision)
		}
	}
}

// follow notes that a line is as when the step began, or is not, after revision rev.
func (c *gitCutter) follow(id projection.LineID, asThen bool, rev eventlog.Revision) {
	if _, ok := c.others[id]; !ok {
		return
	}
	since, gone := c.gone[id]
	switch {
	case !gone && !asThen:
		c.gone[id] = rev
	case gone && asThen:
		delete(c.gone, id)
		if since < rev && c.others[id] != "" {
			c.back++
		}
		if n := len(c.spans); since < rev && (n == 0 || c.spans[n-1] != [2]eventlog.Revision{since, rev}) {
			c.spans = append(c.spans, [2]eventlog.Revision{since, rev})
		}
	}
}

// whole reports whether at a revision all lines of other authors are that stay.
func (c *gitCutter) whole(rev eventlog.Revision) bool {
	return !slices.ContainsFunc(c.spans, func(s [2]eventlog.Revision) bool { return rev >= s[0] && rev < s[1] })
}

// end decides on the step that ends with t.
func (c *gitCutter) end(_ *eventRow, t *projection.Thread) error {
	now := gitLines(t)
	if len(c.edits) > 0 && ambiguous(c.before, now) {
		anywhere := c.retyped(now) >= c.back
		for _, rev := range c.edits {
			for _, at := range []eventlog.Revision{rev - 1, rev} {
				if anywhere || c.whole(at) {
					c.cut[at] = true
				}
			}
		}
	}
	c.before, c.edits, c.others, c.gone, c.back, c.spans = now, nil, nil, nil, 0, nil
	return nil
}

// retyped returns how many lines with something in them read like another author's that
// is gone.
func (c *gitCutter) retyped(now []gitLine) (n int) {
	lost := map[string]int{}
	for id := range c.gone {
		lost[c.others[id]]++
	}
	for _, l := range now {
		if _, stayed := c.others[l.id]; !stayed && l.text != "" && lost[l.text] > 0 {
			lost[l.text]--
			n++
		}
	}
	return n
}

func gitLines(t *projection.Thread) (all []gitLine) {
	for row := range t.Rows() {
		all = append(all, gitLine{row.ID, t.Content(row), row.Author})
	}
	return all
}

// ambiguous reports whether a line of before that did not stay reads like a line of now
// that is new or changed, and lines that stayed are between the two.
func ambiguous(before, now []gitLine) bool {
	was, is := map[projection.LineID]string{}, map[projection.LineID]string{}
	for _, l := range before {
		was[l.id] = l.text
	}
	for _, l := range now {
		is[l.id] = l.text
	}
	lost, stayed := map[string][2]int{}, 0 // by text: how many lines stayed above, at least and at most
	for _, l := range before {
		if text, ok := is[l.id]; ok && text == l.text {
			stayed++
		} else if r, ok := lost[l.text]; ok {
			lost[l.text] = [2]int{r[0], stayed}
		} else {
			lost[l.text] = [2]int{stayed, stayed}
		}
	}
	stayed = 0
	for _, l := range now {
		if text, ok := was[l.id]; ok && text == l.text {
			stayed++
		} else if r, ok := lost[l.text]; ok && (r[0] != stayed || r[1] != stayed) {
			return true
		}
	}
	return false
}
