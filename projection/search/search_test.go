package search_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
	"parodywave/projection/search"
)

type script = scripts.Script

// A stood is a unit of a line at a revision, and the revision that wrote it.
type stood struct {
	unit uint16
	rev  eventlog.Revision
}

// A past is every line at every revision.
type past struct {
	log eventlog.AuditLog
	at  []map[projection.LineID][]stood // by revision
}

func newPast(s script) (*past, error) {
	log, _, err := s.Log()
	if err != nil {
		return nil, err
	}
	p, t := &past{log: log, at: make([]map[projection.LineID][]stood, 1)}, projection.NewThread(scripts.Stream)
	for n := range s {
		if err := t.Follow(context.Background(), projection.Plain(log), eventlog.Revision(n+1)); err != nil {
			return nil, err
		}
		lines := map[projection.LineID][]stood{}
		for row := range t.Rows() {
			line, units := []stood{}, t.Units(row.Start, row.Start+row.Length)
			for span := range t.Spans(row.Start, row.Start+row.Length) {
				for range span.Length {
					line = append(line, stood{units[len(line)], span.Revision})
				}
			}
			lines[row.ID] = line
		}
		p.at = append(p.at, lines)
	}
	return p, nil
}

// makeHistory invents a script of up to most lines.
func makeHistory(draw scripts.Source, most int) (s script) {
	t := projection.NewThread(scripts.Stream)
	for n := range 1 + draw(most) {
		s = append(s, scripts.NextLine(draw, t.Units(0, t.Len()), t.Written))
		e, err := scripts.Event(n+1, s[n], t.Units(0, t.Len()))
		if err == nil {
			_, err = t.Apply(e)
		}
		if err != nil {
			panic(err)
		}
	}
	return s
}

// A searchWanted says what to search for.
type searchWanted struct {
	text       string
	expression bool
	fold       bool
}

// wanted are the patterns of the tests, and the same for package regexp.
var wanted = []searchWanted{
	{"a", false, false}, {"aa", false, false}, {"aba", false, false}, {"B", false, true}, {"é", false, true}, {"😀", false, true},
	{"a|bb", true, false}, {"ab?", true, false}, {"[ab]+", true, false}, {`\ba`, true, false}, {"^.", true, false}, {"b.*a", true, true},
	{".", true, false}, {"a.{1,3}", true, false}, {"^[ab]+$", true, false}, {`\b[a-z]+\b`, true, false}, {"(a|ab)(c|bcd)?", true, false}, {".+", true, false}, {"█", false, false},
}

func (w searchWanted) pattern() (*search.Pattern, *regexp.Regexp) {
	p, err := search.Fixed(w.text, w.fold)
	expr := regexp.QuoteMeta(w.text)
	if w.expression {
		p, err = search.Expression(w.text, w.fold)
		expr = w.text
	}
	if err != nil {
		panic(err)
	}
	if w.fold {
		expr = "(?i:" + expr + ")"
	}
	return p, regexp.MustCompile(expr)
}

// searched checks what a search says at every revision of a script against what
// package regexp finds in the lines there.
func searched(s script, w searchWanted, with func(*search.Pattern), spoil func(*search.Result)) error {
	p, err := newPast(s)
	if err != nil {
		return err
	}
	_, re := w.pattern()
	var before *search.Result
	for r := 1; r < len(p.at); r++ {
		mine, _ := w.pattern()
		if with != nil {
			with(mine)
		}
		got, err := search.Replay(context.Background(), p.log, scripts.Stream, mine, eventlog.Revision(r))
		if err != nil {
			return err
		}
		if spoil != nil {
			spoil(got)
		}
		if err := standing(got, re); err != nil {
			return fmt.Errorf("%s at revision %d: %w", re, r, err)
		}
		if err := p.goesOn(before, got, re); err != nil {
			return fmt.Errorf("%s at revision %d: %w", re, r, err)
		}
		before = got
	}
	return nil
}

// standing checks that the hits that are there are the matches that are there,
// and that every hit was in its line when it appeared.
func standing(got *search.Result, re *regexp.Regexp) error {
	found := map[int]int{}
	for _, h := range got.Hits {
		all := stretches(re, h.Text)
		for _, m := range h.Matches {
			if !slices.Contains(all, m) {
				return fmt.Errorf("%v of %q does not match", m, h.Text)
			}
		}
		if !re.MatchString(h.Full) {
			return fmt.Errorf("%q does not match", h.Full)
		}
		if (h.Vanished.Revision == 0) != (h.Now >= 0) {
			return fmt.Errorf("%+v is there and is not", h)
		}
		if h.Now >= 0 {
			found[h.Now] += len(h.Matches)
		}
	}
	for row := range got.Thread.Rows() {
		line := got.Thread.Content(row)
		if want := len(stretches(re, line)); found[row.Line] != want {
			return fmt.Errorf("line %d, %q, has %d hits, want %d", row.Line, line, found[row.Line], want)
		}
	}
	return nil
}

// goesOn checks that a revision changes nothing of what had vanished before, and
// touches the hits of no line that reads what it did, in the same characters.
func (p *past) goesOn(before, after *search.Result, re *regexp.Regexp) error {
	if before == nil {
		return nil
	}
	r := after.Thread.Revision
	began, ended := map[eventlog.Revision]int{}, map[eventlog.Revision]int{}
	for _, h := range before.Hits {
		began[h.Appeared.Revision] += len(h.Matches)
		ended[h.Vanished.Revision] += len(h.Matches)
	}
	for _, h := range after.Hits {
		n := len(h.Matches)
		if began[h.Appeared.Revision] -= n; began[h.Appeared.Revision] < 0 && h.Appeared.Revision != r {
			return fmt.Errorf("%q is said to have appeared at %d, and was not there then", h.Text, h.Appeared.Revision)
		}
		if h.Appeared.Revision != r {
			continue
		}
		if was, ok := p.at[r-1][h.Line]; ok && slices.Equal(was, p.at[r][h.Line]) {
			return fmt.Errorf("%q appeared, and was there before", h.Text)
		}
	}
	for rev, n := range began {
		if n > 0 {
			return fmt.Errorf("%d hits of revision %d are no more", n, rev)
		}
	}
	return nil
}

// searchHistories runs random scripts through searched until one fails.
func searchHistories(t *testing.T, histories, steps int, spoil func(*search.Result)) (script, error) {
	t.Helper()
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	draw := func(n int) int { return random.IntN(n) }
	for range histories {
		s := makeHistory(draw, steps)
		for _, w := range wanted {
			if err := searched(s, w, nil, spoil); err != nil {
				for n := 1; n < len(s); n++ { // the shortest beginning that shows it
					if searched(s[:n], w, nil, spoil) != nil {
						return s[:n], searched(s[:n], w, nil, spoil)
					}
				}
				return s, err
			}
		}
	}
	return nil, nil
}

func TestSearchFindsWhatStandsAtEveryRevision(t *testing.T) {
	if s, err := searchHistories(t, seeds.Rounds(30), 25, nil); err != nil {
		t.Errorf("%v\n%v", err, s)
	}
}

// The check finds these flaws.
func TestSearchCheckFindsFlaws(t *testing.T) {
	for name, spoil := range map[string]func(*search.Result){
		"a hit is missing": func(s *search.Result) {
			if n := len(s.Hits); n > 0 && s.Hits[n-1].Now >= 0 {
				s.Hits = s.Hits[:n-1]
			}
		},
		"every edit is a new hit": func(s *search.Result) {
			for _, h := range s.Hits {
				if h.Now >= 0 {
					h.Appeared.Revision = s.Thread.Revision
				}
			}
		},
		"what vanished is there": func(s *search.Result) {
			for _, h := range s.Hits {
				if h.Now < 0 {
					h.Now, h.Vanished = 0, projection.Moment{}
				}
			}
		},
	} {
		if _, err := searchHistories(t, 20, 25, spoil); err == nil {
			t.Errorf("%s, and nothing is said", name)
		}
	}
}

// tellHits returns what a search for a pattern says.
func tellHits(t *testing.T, s script, pattern *search.Pattern) (all []string) {
	t.Helper()
	p, err := newPast(s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := search.Replay(context.Background(), p.log, scripts.Stream, pattern, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range got.Hits {
		who := got.Thread.Authors()
		end := fmt.Sprintf("in line %d", h.Now)
		if h.Now < 0 {
			end = fmt.Sprintf("until %d %s", h.Vanished.Revision, scripts.AuthorName(who[h.Vanished.Author]))
		}
		all = append(all, fmt.Sprintf("%d %s %s: %s|%s", h.Appeared.Revision, scripts.AuthorName(who[h.Appeared.Author]), end, h.Text, h.Full))
	}
	return all
}

func TestSearchOfNamedCases(t *testing.T) {
	for name, c := range map[string]struct {
		script script
		want   string
	}{
		"letter by letter": {script{"ana rename", `ana [[0,"f"]]`, `ana [1,[0,"o"]]`, `ana [2,[0,"o"]]`, `ana [3,[0,"d"]]`, `ana [3,[1]]`, `ana [2,[1]]`},
			"4 ana until 7 ana: foo|food"},
		"edits elsewhere in the line": {script{"ana rename", `ana [[0,"foo"]]`, `ben [[0,"a "],3]`, `ben [5,[0," b"]]`}, "2 ana in line 0: foo|foo"},
		"a move":                      {script{"ana rename", `ana [[0,"foo","bar"]]`, `ben [[0,"bar",""],3,[4]]`, `ben [[4],3,[0,"","bar"]]`}, "2 ana in line 0: foo|foo"},
		"a line moved":                {script{"ana rename", `ana [[0,"foo","bar"]]`, `ben [[4],3,[0,"","foo"]]`}, "2 ana in line 1: foo|foo"},
		"a split beside it":           {script{"ana rename", `ana [[0,"a foo b"]]`, `ben [2,[0,"",""],5]`, `ben [6,[0,"",""],2]`}, "2 ana in line 1: a foo b|a foo b"},
		"a split in it":               {script{"ana rename", `ana [[0,"a foo b"]]`, `ben [3,[0,"",""],4]`}, "2 ana until 3 ben: a foo b|a foo b"},
		"a join completes it":         {script{"ana rename", `ana [[0,"f","oo"]]`, `ben [1,[1],2]`}, "3 ben in line 0: foo|foo"},
		"the same in its place":       {script{"ana rename", `ana [[0,"x foo y"]]`, `ben [[7,"z foo w"]]`}, "2 ana in line 0: x foo y|x foo y"},
		"two in a line":               {script{"ana rename", `ana [[0,"foo foo"]]`, `ben [7,[0," foo"]]`, `cem [[3],8]`}, "2 ana until 4 cem: foo foo|foo foo / 2 ana in line 0: foo foo|foo foo / 3 ben in line 0: foo foo foo|foo foo foo"},
	} {
		p, err := search.Fixed("foo", false)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(tellHits(t, c.script, p), " / "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Whatever an expression matches, the longest goes on as it is typed.
func TestSearchOfAWordBeingTypedIsOneHit(t *testing.T) {
	p, err := search.Expression(`\w+`, false)
	if err != nil {
		t.Fatal(err)
	}
	got := tellHits(t, script{"ana rename", `ana [[0,"f"]]`, `ana [1,[0,"o"]]`, `ana [2,[0," x"]]`, `ana [1,[0," "],3]`}, p)
	want := "[2 ana in line 0: f|f o x 4 ana in line 0: fo x|f o x 5 ana in line 0: f o x|f o x]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestPatternsThatFindNothingAreRefused(t *testing.T) {
	for _, s := range []string{"", "a\nb", "\xff"} {
		if p, err := search.Fixed(s, false); err == nil {
			t.Errorf("%q is the pattern %v", s, p)
		}
	}
	for _, s := range []string{"", "x*", "^$", `\b`, "a|", "(", "(a?){3}"} {
		if p, err := search.Expression(s, false); err == nil {
			t.Errorf("%q is the pattern %v", s, p)
		}
	}
}

// manyKinds are patterns whose searches cost what they cost for different reasons.
var manyKinds = []struct {
	expr string
	re   bool
}{
	{"the", false}, {"e", false}, {"no such text", false}, {"colou?r", true}, {`\d{4}`, true}, {"[a-z]+ing", true}, {`\bwe\b`, true},
	{`\\cite\{[^}]*\}`, true}, {`\w+`, true}, {"[aeiou][^ ]*[A-Z]", true}, {".", true}, {".+", true}, {".*e", true}, {"foo.*bar", true}, {"the.*data", true},
	{"^The", true}, {"ing$", true}, {"(?i)crdt", true}, {`\S{12,}`, true}, {"[^a-z ]+", true},
}

func patternOfKind(tb testing.TB, expr string, re bool) *search.Pattern {
	tb.Helper()
	make := search.Fixed
	if re {
		make = search.Expression
	}
	p, err := make(expr, false)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// The hits that stand are the matches of the pattern in the text.
func TestSearchAgreesWithALongText(t *testing.T) {
	changes, _ := scripts.Trace(t, "automerge-paper.json.gz", 3000)
	log := eventlog.NewMemory()
	if _, err := log.Append(t.Context(), scripts.Stream, 0, scripts.Records(changes)...); err != nil {
		t.Fatal(err)
	}
	th, err := projection.Replay(t.Context(), projection.Plain(log), scripts.Stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range manyKinds {
		p := patternOfKind(t, w.expr, w.re)
		s, err := search.Replay(t.Context(), log, scripts.Stream, p, 0)
		if err != nil {
			t.Fatal(err)
		}
		there, want := 0, 0
		for _, h := range s.Hits {
			if h.Now >= 0 {
				there += len(h.Matches)
			}
		}
		for line := range strings.Lines(th.Text()) {
			want += len(p.Matches(strings.TrimSuffix(line, "\n")))
		}
		if there != want {
			t.Errorf("%s: %d matches are there, want %d", w.expr, there, want)
		}
	}
}

// BenchmarkSearch searches a quarter of a million keystrokes.
func BenchmarkSearch(b *testing.B) {
	changes, _ := scripts.Trace(b, "automerge-paper.json.gz", 0)
	log := eventlog.NewMemory()
	if _, err := log.Append(b.Context(), scripts.Stream, 0, scripts.Records(changes)...); err != nil {
		b.Fatal(err)
	}
	for _, w := range manyKinds {
		b.Run(w.expr, func(b *testing.B) {
			p := patternOfKind(b, w.expr, w.re)
			hits := 0
			for b.Loop() {
				s, err := search.Replay(b.Context(), log, scripts.Stream, p, 0)
				if err != nil {
					b.Fatal(err)
				}
				hits = len(s.Hits)
			}
			b.ReportMetric(float64(hits), "hits")
		})
	}
}

// A cancelled log ends the context of its reader at the record after a revision,
// and goes on.
type cancelled struct {
	eventlog.Log
	cancel context.CancelFunc
	at     eventlog.Revision
}

func (c cancelled) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range c.Log.Read(context.WithoutCancel(ctx), stream, after) {
			if r.Revision > c.at {
				c.cancel()
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	log, _, err := script{"ana rename", `ana [[0,"foo"]]`, `ben [[0,"a "],3]`, `ben [5,[0," b"]]`}.Log()
	if err != nil {
		t.Fatal(err)
	}
	p, err := search.Fixed("foo", false)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[eventlog.Revision]error{1: context.Canceled, 3: context.Canceled, 4: nil} {
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := search.Replay(ctx, cancelled{log, cancel, at}, scripts.Stream, p, 0); !errors.Is(err, want) {
			t.Errorf("cancelled after revision %d: %v, want %v", at, err, want)
		}
		cancel()
	}
}
