package player

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/projection"
)

// A Break is a breakpoint.
type Break struct {
	// Text is the expression of the breakpoint, or the name of a watch.
	Text string

	line    int            // line:N
	pattern *regexp.Regexp // /regexp/
	longest int            // the most characters that pattern matches, or endless
	author  string         // author:NAME
	watch   projection.LineID
	watched eventlog.Revision // the revision at which watch was chosen
}

// A Hit is a record at which a breakpoint stops.
type Hit struct {
	Revision eventlog.Revision
	Line     int  // number of the line after the revision, from 1; 0: no line
	Gone     bool // the line was removed
	Born     bool // the watched line, or the line it was split from, was created
}

// ParseBreak parses a breakpoint. See the package comment.
func ParseBreak(s string) (*Break, error) {
	b := &Break{Text: s}
	rest, line := strings.CutPrefix(s, "line:")
	name, author := strings.CutPrefix(s, "author:")
	switch {
	case line:
		n, err := strconv.ParseUint(rest, 10, 31)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q: invalid line %q, the first is 1", s, rest)
		}
		b.line = int(n)
	case author:
		if name == "" {
			return nil, fmt.Errorf("%q: the author's name is missing", s)
		}
		b.author = name
	case len(s) > 2 && s[0] == '/' && s[len(s)-1] == '/':
		re, err := regexp.Compile(s[1 : len(s)-1])
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		parsed, err := syntax.Parse(re.String(), syntax.Perl)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", s, err)
		}
		b.pattern, b.longest = re, longest(parsed)
	default:
		return nil, fmt.Errorf("%q is not a breakpoint: use "+BreakForms, s)
	}
	return b, nil
}

// BreakForms lists the forms of breakpoints.
const BreakForms = "line:12, /regexp/ or author:NAME"

// NewWatch returns a breakpoint that stops when a line changes. The line's number
// at a revision becomes its name.
func NewWatch(id projection.LineID, line int, at eventlog.Revision) *Break {
	return &Break{Text: fmt.Sprintf("watch %d@%d", line, at), watch: id, watched: at}
}

// IsWatch reports whether b follows a line.
func (b *Break) IsWatch() bool { return !b.watch.IsZero() }

// Authors returns the authors of a breakpoint author:NAME; ok is false if h has no
// such author. For other breakpoints it returns none.
func (b *Break) Authors(h *History) (who []int, ok bool) {
	if b.author == "" {
		return nil, true
	}
	asked := names.Exact(b.author, h.Names)
	for i, id := range h.authors {
		if h.Names[i] == asked || strings.EqualFold(event.AuthorString(id), b.author) {
			who = append(who, i)
		}
	}
	return who, len(who) > 0
}

// Reason describes the last of some hits, and their number. There must be one at
// least.
func (b *Break) Reason(hits []Hit) string {
	s := b.reason(hits[len(hits)-1])
	if len(hits) > 1 {
		s += fmt.Sprintf(" (%d hits)", len(hits))
	}
	return s
}

func (b *Break) reason(h Hit) string {
	switch {
	case h.Gone:
		return fmt.Sprintf("%s: line %d removed at revision %d", b.Text, h.Line, h.Revision)
	case h.Born:
		return fmt.Sprintf("%s: line %d created at revision %d", b.Text, h.Line, h.Revision)
	case h.Line > 0:
		return fmt.Sprintf("%s: line %d at revision %d", b.Text, h.Line, h.Revision)
	}
	return fmt.Sprintf("%s: revision %d", b.Text, h.Revision)
}

// Within returns the hits after prev up to a revision.
func Within(hits []Hit, prev, to eventlog.Revision) []Hit {
	return hits[after(hits, prev):after(hits, to)]
}

// after returns the index of the first hit after a revision.
func after(hits []Hit, at eventlog.Revision) int {
	i, _ := slices.BinarySearchFunc(hits, at+1, func(h Hit, r eventlog.Revision) int {
		return int(int64(h.Revision) - int64(r))
	})
	return i
}
