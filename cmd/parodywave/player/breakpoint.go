package player

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A Break is a breakpoint: where to stop.
type Break struct {
	// Text is what it was made of, or for a watch what it is called.
	Text string

	line    int            // line:N
	pattern *regexp.Regexp // /regexp/
	longest int            // how many characters pattern matches at most, or endless
	author  string         // author:NAME, as it was given
	watch   projection.LineID
	watched eventlog.Revision // at which watch was chosen
}

// A Hit is a place where a breakpoint stops.
type Hit struct {
	Revision eventlog.Revision
	Line     int  // which line it is about, from 1, after the revision; 0 for none
	Gone     bool // it was taken away
	Born     bool // a watched line, or what it was split from, begins here
}

// ParseBreak reads a breakpoint. See the package comment.
func ParseBreak(s string) (*Break, error) {
	b := &Break{Text: s}
	rest, line := strings.CutPrefix(s, "line:")
	name, author := strings.CutPrefix(s, "author:")
	switch {
	case line:
		n, err := strconv.ParseUint(rest, 10, 31)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%q: there is no line %q, the first is 1", s, rest)
		}
		b.line = int(n)
	case author:
		if name == "" {
			return nil, fmt.Errorf("%q names no author", s)
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
		return nil, fmt.Errorf("%q is no breakpoint such as "+BreakForms, s)
	}
	return b, nil
}

// BreakForms says how breakpoints are written.
const BreakForms = "line:12, /regexp/ or author:NAME"

// NewWatch returns the breakpoint that stops when a line changes; its number, at
// a revision, is for the name.
func NewWatch(id projection.LineID, line int, at eventlog.Revision) *Break {
	return &Break{Text: fmt.Sprintf("watch %d@%d", line, at), watch: id, watched: at}
}

// IsWatch reports whether b follows a line.
func (b *Break) IsWatch() bool { return !b.watch.IsZero() }

// Authors returns which authors of r a breakpoint author:NAME means; ok is
// false where it names somebody who is none. Others mean nobody.
func (b *Break) Authors(r *History, idString func(eventlog.AuthorID) string) (who []int, ok bool) {
	if b.author == "" {
		return nil, true
	}
	for i, id := range r.authors {
		if r.Names[i] == b.author || strings.EqualFold(idString(id), b.author) {
			who = append(who, i)
		}
	}
	return who, len(who) > 0
}

// Reason says in words why hits, of which there is one at least, stop: the last
// of them, and how many.
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
		return fmt.Sprintf("%s: line %d went at revision %d", b.Text, h.Line, h.Revision)
	case h.Born:
		return fmt.Sprintf("%s: line %d began at revision %d", b.Text, h.Line, h.Revision)
	case h.Line > 0:
		return fmt.Sprintf("%s: line %d at revision %d", b.Text, h.Line, h.Revision)
	}
	return fmt.Sprintf("%s: revision %d", b.Text, h.Revision)
}

// Within returns the hits after prev and up to a revision.
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
