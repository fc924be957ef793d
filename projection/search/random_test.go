package search_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"parodywave/eventlog/seeds"
	"parodywave/projection/scripts"
	"parodywave/projection/search"
)

// randomExpression draws an expression of at most that many levels, with
// everything that decides how a search goes about it: sets, ends of lines
// and words, repetition with and without end, either preference, and cases.
func randomExpression(draw scripts.Source, levels int) string {
	atoms := []string{
		"a", "b", "f", "o", "foo", "bar", "é", "😀", " ", "x", "한", ".", ".", `\w`, `\W`, `\s`, `\S`, `\d`, `\pL`, "[ab]", "[^a]", "[^ ]", "[a-o]", "[^fo]", "[한-힣😀]",
	}
	if levels == 0 {
		return atoms[draw(len(atoms))]
	}
	sub := func() string { return randomExpression(draw, draw(levels)) }
	switch draw(9) {
	case 0:
		return sub() + "|" + sub()
	case 1:
		return "(?:" + sub() + "|" + sub() + ")" + sub()
	case 2:
		return "(?:" + sub() + ")" + []string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}", "{0,2}?"}[draw(10)]
	case 3:
		return []string{`\b`, "^", `\B`}[draw(3)] + sub()
	case 4:
		return sub() + []string{`\b`, "$", `\B`}[draw(3)]
	case 5:
		return "(?i:" + sub() + ")"
	default:
		return sub() + sub()
	}
}

// drawPattern draws an expression that is a pattern.
func drawPattern(draw scripts.Source) (string, *search.Pattern) {
	for {
		expr := randomExpression(draw, 1+draw(4))
		if p, err := search.Expression(expr, false); err == nil {
			return expr, p
		}
	}
}

func drawLine(draw scripts.Source) string {
	var b strings.Builder
	for range draw(24) {
		b.WriteString([]string{"a", "a", "b", "f", "o", "foo", "bar", "é", "É", "😀", "한", "글", " ", "x", "A", "F", "7", "\u2028", "ſ", "K"}[draw(20)])
	}
	return b.String()
}

// stretches returns where an expression matches in a line, in UTF-16 units, by
// package regexp.
func stretches(re *regexp.Regexp, line string) (all [][2]int) {
	at := func(i int) int { return len(utf16.Encode([]rune(line[:i]))) }
	for _, m := range re.FindAllStringIndex(line, -1) {
		if m[0] < m[1] {
			all = append(all, [2]int{at(m[0]), at(m[1])})
		}
	}
	return all
}

// otherMatches draws expressions and lines until a pattern finds other matches
// than it should by package regexp, spoiled or not.
func otherMatches(t *testing.T, cases int, spoil func(*regexp.Regexp)) string {
	draw := scripts.Seeded(seeds.For(t))
	for range cases {
		expr, p := drawPattern(draw)
		re := regexp.MustCompile(expr)
		if spoil != nil {
			spoil(re)
		}
		for range 12 {
			line := drawLine(draw)
			if got, want := p.Matches(line), stretches(re, line); !slices.Equal(got, want) {
				return fmt.Sprintf("%q matches %q at %v, want %v", expr, line, got, want)
			}
		}
	}
	return ""
}

func TestPatternsMatchWherePackageRegexpDoes(t *testing.T) {
	if s := otherMatches(t, seeds.Rounds(4000), nil); s != "" {
		t.Error(s)
	}
}

// The check finds this flaw: the longest match instead of the preferred.
func TestPatternCheckFindsAnotherPreference(t *testing.T) {
	s := otherMatches(t, 6000, (*regexp.Regexp).Longest)
	if s == "" {
		t.Error("an expression that prefers the longest match agrees with all")
	}
	t.Log(s)
}

// searchedFor plays random histories with random expressions until a search
// says something else than a look at every revision.
func searchedFor(t *testing.T, histories int, seeLess bool) string {
	draw := scripts.Seeded(seeds.For(t))
	for range histories {
		s := makeHistory(draw, 25)
		for range 8 {
			expr, _ := drawPattern(draw)
			w := searchWanted{expr, true, false}
			try := func(s script) error {
				return searched(s, w, func(p *search.Pattern) {
					if seeLess {
						p.SeeLess()
					}
				}, nil)
			}
			err := try(s)
			for n := 1; err != nil && n < len(s); n++ { // the shortest beginning that shows it
				if short := try(s[:n]); short != nil {
					return fmt.Sprintf("%v\n%v", short, s[:n])
				}
			}
			if err != nil {
				return fmt.Sprintf("%v\n%v", err, s)
			}
		}
	}
	return ""
}

func TestSearchForRandomExpressionsFindsWhatStands(t *testing.T) {
	if s := searchedFor(t, seeds.Rounds(40), false); s != "" {
		t.Error(s)
	}
}

// The check finds this flaw: a search that looks not far enough.
func TestSearchCheckFindsShortSight(t *testing.T) {
	s := searchedFor(t, 400, true)
	if s == "" {
		t.Error("a search that looks not far enough finds all")
	}
	t.Log(s)
}
