package player

import (
	"context"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

func scan(t testing.TB, r *History, b *Break, from eventlog.Revision) []Hit {
	t.Helper()
	hits, err := r.Scan(context.Background(), b, from)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func parsed(t testing.TB, s string) *Break {
	t.Helper()
	b, err := ParseBreak(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// story is a history whose hits are counted by hand.
func story(t testing.TB) *History {
	s := newScript("story")
	s.write(0, "하나\n둘\n셋\n")                     // 2
	s.put(1, 4, 4, " TODO")                      // 3 in line 2
	s.put(1, 0, 0, "new\n")                      // 4 a line above
	s.put(2, 8, 8, "Z")                          // 5 in line 3, which was 2
	s.add(0, event.Submitted{From: 1, To: 2})    // 6 lines 2 and 3
	s.put(2, 0, 4, "")                           // 7 line 1 goes
	s.put(0, 2, 3, " ")                          // 8 lines 1 and 2 become one
	s.put(0, len(s.text), len(s.text), "TODO\n") // 9 line 3, which was empty
	s.put(2, 11, 13, "")                         // 10 line 2 goes
	return s.history(t)
}

// TestBreakpointsStopWhereTheySay against what a reader of the story sees.
func TestBreakpointsStopWhereTheySay(t *testing.T) {
	r := story(t)
	for at := eventlog.Revision(1); at <= r.Head(); at++ {
		t.Logf("%d %s %s %q", at, r.Kind(at), r.Names[r.Author(at)], past(t, r, at).Text())
	}
	for expr, want := range map[string]string{
		"line:1":     "2:1 4:1 7:1gone 8:1",
		"line:2":     "2:2 3:2 6:2 10:2gone",
		"line:3":     "2:3 5:3 6:3 9:3",
		"line:99":    "",
		"/TODO/":     "3:2 9:3",
		"/(?i)todo/": "3:2 9:3",
		"/^셋/":       "2:3",
		"author:Ben": "3 4",
		"author:소라":  "1 2 6 8 9",
	} {
		if got := told(scan(t, r, parsed(t, expr), 1)); got != want {
			t.Errorf("%s hits at %q, want %q", expr, got, want)
		}
	}
	if got := told(scan(t, r, parsed(t, "line:2"), 4)); got != "6:2 10:2gone" {
		t.Errorf("from revision 4 on line:2 hits at %q", got)
	}
}

func told(hits []Hit) string {
	var out []string
	for _, h := range hits {
		s := fmt.Sprint(h.Revision)
		if h.Line > 0 {
			s += fmt.Sprintf(":%d", h.Line)
		}
		if h.Gone {
			s += "gone"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// contents returns what a line holds after each revision; there is false where it is
// not there, and while it is joined into another line from which it comes back.
func contents(t testing.TB, r *History, id projection.LineID) (texts []string, there []bool) {
	last := past(t, r, r.Head())
	for at := eventlog.Revision(1); at <= r.Head(); at++ {
		th := past(t, r, at)
		i := -1
		if th.LineCount() > 0 && id.Revision <= at {
			i = th.Find(id)
		}
		if i >= 0 && last.Resolve(th.Row(i).ID) != last.Resolve(id) {
			i = -1
		}
		there = append(there, i >= 0)
		text := ""
		if i >= 0 {
			text = th.Content(th.Row(i))
		}
		texts = append(texts, text)
	}
	return texts, there
}

// missed returns the first revision at which a line changed, as folding the
// past at every revision tells, and that is no hit; 0 if there is none.
func missed(texts []string, there []bool, hits []Hit) eventlog.Revision {
	for i := 1; i < len(texts); i++ {
		if there[i] == there[i-1] && texts[i] == texts[i-1] {
			continue
		}
		at := eventlog.Revision(i + 1)
		if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Revision == at }) {
			return at
		}
	}
	return 0
}

// TestWatchSeesEveryChangeOfALine in random histories, its birth, end and return
// included. As a control, a hit taken away is missed.
func TestWatchSeesEveryChangeOfALine(t *testing.T) {
	rnd := seeded(t)
	changes := 0
	for range 8 {
		s := randomScript(rnd, 60)
		r := s.history(t)
		at := 2 + eventlog.Revision(rnd.IntN(int(r.Head())-1))
		th := past(t, r, at)
		if th.LineCount() == 0 {
			continue
		}
		row := th.Row(rnd.IntN(th.LineCount()))
		hits := scan(t, r, NewWatch(row.ID, row.Line+1, at), 1)
		texts, there := contents(t, r, row.ID)
		if miss := missed(texts, there, hits); miss > 0 {
			t.Fatalf("line %s, hits %s: it changed at revision %d\n%s", row.ID, told(hits), miss, s.pasted())
		}
		for i := range hits {
			changes++
			was := int(hits[i].Revision) - 1
			own := was > 0 && (there[was-1] != there[was] || texts[was] != texts[was-1])
			if own && missed(texts, there, slices.Delete(slices.Clone(hits), i, i+1)) == 0 {
				t.Fatalf("line %s: hit %d of %s is not missed when it is taken away", row.ID, i, told(hits))
			}
		}
	}
	t.Logf("%d changes", changes)
}

// TestWatchSeesASlipTakenBack: Ben's Backspace gives Ada's line its row of before, and
// changes it nevertheless.
func TestWatchSeesASlipTakenBack(t *testing.T) {
	s := newScript("slip")
	s.write(0, "Ada's\nlines")
	s.put(1, 2, 2, "x")
	s.put(1, 2, 3, "")
	r := s.history(t)
	th := past(t, r, r.Head())
	if row := th.Row(0); row.Revision != 2 {
		t.Fatalf("the row is of revision %d, want 2", row.Revision)
	}
	if got := told(scan(t, r, NewWatch(th.Row(0).ID, 1, 2), 1)); got != "2:1 3:1 4:1" {
		t.Errorf("Ada's line changes at %q, want 2, 3 and 4", got)
	}
}

// TestWatchFollowsALineThroughNumbers: lines above come and go, and what is
// joined into it later belongs to it.
func TestWatchFollowsALineThroughNumbers(t *testing.T) {
	r := story(t)
	th := past(t, r, 2)
	id := th.Row(1).ID // 둘
	if got := told(scan(t, r, NewWatch(id, 2, 2), 1)); got != "2:2 3:2 5:3 8:1" {
		t.Errorf("the line that was 둘 changes at %q", got)
	}
}

// TestPatternHitsOnlyWhereItBegins to match: against a rule told the slow way,
// in histories in which lines neither split nor join.
func TestPatternHitsOnlyWhereItBegins(t *testing.T) {
	rnd := seeded(t)
	for range 5 {
		s := newScript("t")
		s.write(0, "aa\nbb\n😀c")
		for range 100 {
			pos := rnd.IntN(len(s.text) + 1)
			if utf16.IsSurrogate(rune(s.text[min(pos, len(s.text)-1)])) {
				continue
			}
			if pos < len(s.text) && s.text[pos] != '\n' && rnd.IntN(2) == 0 {
				s.put(rnd.IntN(3), pos, pos+1, "")
			} else {
				s.put(rnd.IntN(3), pos, pos, string([]rune("aab 나")[rnd.IntN(5)]))
			}
		}
		r := s.history(t)
		var texts []string // after each revision
		for at := range r.Head() {
			texts = append(texts, past(t, r, at+1).Text())
		}
		for _, pattern := range []string{"ab", "(?i)A.?b", "^a ", "a$", "a +b", `\bab\b`, "(aa|b나){2}", `^\S*$`, "😀.?a"} {
			got, want := scan(t, r, parsed(t, "/"+pattern+"/"), 3), slowly(texts, pattern)
			if !slices.Equal(got, want) {
				t.Fatalf("/%s/ hits at %s, want %s\n%s", pattern, told(got), told(want), s.pasted())
			}
		}
	}
}

// TestANarrowLookMissesHits is the negative control of the rule of how far to
// look around an edit.
func TestANarrowLookMissesHits(t *testing.T) {
	s := newScript("t")
	s.write(0, "x")
	for range 3 {
		s.write(0, "a")
		s.write(0, "b")
		s.put(0, 1, 2, "")
	}
	r := s.history(t)
	b := parsed(t, "/ab/")
	whole := scan(t, r, b, 1)
	b.longest = -2 // nothing around
	if narrow := scan(t, r, b, 1); slices.Equal(narrow, whole) || len(whole) == 0 {
		t.Errorf("%s with a look around the edit, %s without", told(whole), told(narrow))
	}
}

// slowly returns the hits of a pattern, from revision 3 on, by looking at every
// line before and after every revision.
func slowly(texts []string, pattern string) (want []Hit) {
	re := regexp.MustCompile(pattern)
	for at := 2; at < len(texts); at++ {
		before, after := strings.Split(texts[at-1], "\n"), strings.Split(texts[at], "\n")
		for i := range after {
			insert := len(after[i]) > len(before[i]) && re.MatchString(inserted1(before[i], after[i]))
			if insert || re.MatchString(after[i]) && !re.MatchString(before[i]) {
				want = append(want, Hit{Revision: eventlog.Revision(at + 1), Line: i + 1})
			}
		}
	}
	return want
}

// inserted1 returns the one character that was put into a line.
func inserted1(before, after string) string {
	a, b := []rune(before), []rune(after)
	for i := range a {
		if a[i] != b[i] {
			return string(b[i])
		}
	}
	return string(b[len(a)])
}

// TestLongestIsTheLimitOfMatches.
func TestLongestIsTheLimitOfMatches(t *testing.T) {
	for pattern, want := range map[string]int{
		"abc": 3, "(?i)한글": 2, "a|bcd": 3, "a?b": 2, "[a-z]{2,5}x": 6, "a*": endless, "x+y": endless, "a{3,}": endless, "^.$": 1, `\bfoo\b`: 3, "(ab|c){2}": 4, "(a*b)?": endless, "": 0,
	} {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := longest(re); got != want {
			t.Errorf("%q matches %d characters at most, not %d", pattern, got, want)
		}
	}
}

// TestParseBreakRefuses what is no breakpoint.
func TestParseBreakRefuses(t *testing.T) {
	for _, s := range []string{"", "line:", "line:0", "line:-1", "line:x", "author:", "/", "//", "/[/", "/a", "12", "sora"} {
		if b, err := ParseBreak(s); err == nil {
			t.Errorf("%q is %+v", s, b)
		}
	}
	if _, ok := parsed(t, "author:Nobody").Authors(story(t)); ok {
		t.Error("Nobody is an author")
	}
	id := event.AuthorString(story(t).AuthorID(1))
	if who, ok := parsed(t, "author:"+id).Authors(story(t)); !ok || !slices.Equal(who, []int{1}) {
		t.Errorf("author:%s is %v", id, who)
	}
}

// TestWithinCutsHits on both sides.
func TestWithinCutsHits(t *testing.T) {
	hits := []Hit{{Revision: 2}, {Revision: 4}, {Revision: 5}, {Revision: 9}}
	for _, c := range []struct {
		prev, to eventlog.Revision
		want     string
	}{{0, 1, ""}, {0, 2, "2"}, {2, 4, "4"}, {3, 9, "4 5 9"}, {9, 20, ""}} {
		if got := told(Within(hits, c.prev, c.to)); got != c.want {
			t.Errorf("after %d up to %d: %q, want %q", c.prev, c.to, got, c.want)
		}
	}
}
