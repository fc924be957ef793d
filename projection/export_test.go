package projection

import (
	"fmt"

	"parodywave/eventlog"
)

// SetSiteBlockLen makes blocks of sites of another length, and returns what
// undoes that.
func SetSiteBlockLen(n int) (undo func()) {
	was := siteBlockLen
	siteBlockLen = n
	return func() { siteBlockLen = was }
}

// PageSpan makes the first span in which a page of accounts is looked for another one and,
// with trust, lets pages have accounts that are cut off. It returns what undoes that.
func PageSpan(n eventlog.Revision, trust bool) (undo func()) {
	was := pageSpan
	pageSpan, trustCut = n, trust
	return func() { pageSpan, trustCut = was, false }
}

// KeystrokeRule makes new threads follow the rule of before the net law, by which
// every record changes rows for good, and returns what undoes that.
func KeystrokeRule() (undo func()) {
	was := keystrokeRule
	keystrokeRule = true
	return func() { keystrokeRule = was }
}

// MovesFirst makes threads look for moves before they look at what a record states, and
// returns what undoes that.
func MovesFirst() (undo func()) {
	movesFirst = true
	return func() { movesFirst = false }
}

// PatchFault says which identity of a line of before lives twice: in two patches, or in
// one and in a line that is not of that patch. It returns "" if none does.
func PatchFault(t *Thread) string {
	lives := map[LineID]int{}
	for i, ln := range t.lines.all {
		lives[ln.id] = i
	}
	patched := map[LineID]bool{}
	for k, p := range t.patches.list {
		at := int(t.patches.at[k])
		for _, b := range p.before {
			if patched[b.id] {
				return fmt.Sprintf("two patches have %s", b.id)
			}
			patched[b.id] = true
			if i, ok := lives[b.id]; ok && (i < at || i >= at+p.lines) {
				return fmt.Sprintf("the patch of lines %d to %d has %s, which is line %d", at, at+p.lines-1, b.id, i)
			}
		}
	}
	return ""
}

// StrayPatch puts the last patch one line lower than its lines.
func StrayPatch(t *Thread) {
	if k := len(t.patches.at) - 1; k >= 0 && int(t.patches.at[k])+t.patches.list[k].lines < t.lines.count {
		t.patches.at[k]++
	}
}
