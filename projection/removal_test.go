package projection_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// lost returns, for each revision, the characters that it took out of the text,
// breaks left out: AUTHOR:UNIT by who wrote them, sorted.
func (p *past) lost() []string {
	out := make([]string, len(p.at))
	for r := 1; r < len(p.at); r++ {
		stands := map[*character]bool{}
		for _, line := range p.at[r] {
			for _, c := range line {
				stands[c.character] = true
			}
		}
		var all []string
		for _, line := range p.at[r-1] {
			for _, c := range line {
				if !stands[c.character] {
					all = append(all, fmt.Sprintf("%s:%x", scripts.AuthorName(c.author), c.unit))
				}
			}
		}
		slices.Sort(all)
		out[r] = strings.Join(all, " ")
	}
	return out
}

// toldLost returns the same of removals, by the last revision of each.
func toldLost(t *projection.Thread, all []*projection.Removal, n int) []string {
	lost := make([][]string, n)
	for _, m := range all {
		for _, part := range m.Parts {
			for _, u := range scripts.Units(part.Text) {
				if u != '\n' {
					lost[m.To] = append(lost[m.To], fmt.Sprintf("%s:%x", scripts.AuthorName(t.Authors()[part.Author]), u))
				}
			}
		}
	}
	out := make([]string, n)
	for r := range out {
		slices.Sort(lost[r])
		out[r] = strings.Join(lost[r], " ")
	}
	return out
}

// removed checks the reported deletions of a script, each and joined.
func (s script) removed(spoil func([]*projection.Removal)) error {
	p, err := s.past()
	if err != nil {
		return err
	}
	t, each, err := projection.ReplayRemovals(context.Background(), p.log, scripts.Stream, projection.RemovalQuery{Each: true})
	if err != nil {
		return err
	}
	if spoil != nil {
		spoil(each)
	}
	want := p.lost()
	for r, got := range toldLost(t, each, len(p.at)) {
		if got != want[r] {
			return fmt.Errorf("revision %d deleted %q, want %q", r, got, want[r])
		}
	}
	_, joined, err := projection.ReplayRemovals(context.Background(), p.log, scripts.Stream, projection.RemovalQuery{})
	if err != nil {
		return err
	}
	if len(joined) > len(each) {
		return errors.New("joined, there are more")
	}
	all := func(some []string) string {
		words := strings.Fields(strings.Join(some, " "))
		slices.Sort(words)
		return strings.Join(words, " ")
	}
	if got, want := all(toldLost(t, joined, len(p.at))), all(want); got != want {
		return fmt.Errorf("joined, %q was deleted, want %q", got, want)
	}
	return nil
}

func removeHistories(t *testing.T, histories int, spoil func([]*projection.Removal)) (script, error) {
	t.Helper()
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	draw := func(n int) int { return random.IntN(n) }
	for range histories {
		s, err := makeHistory(draw, 40).play(right)
		if err == nil {
			err = s.removed(spoil)
		}
		for n := 1; err != nil && n < len(s); n++ {
			if short := s[:n].removed(spoil); short != nil {
				return s[:n], short
			}
		}
		if err != nil {
			return s, err
		}
	}
	return nil, nil
}

func TestRemovalsAreWhatTheTextLost(t *testing.T) {
	if s, err := removeHistories(t, 250, nil); err != nil {
		t.Errorf("%v\n%v", err, s)
	}
}

// The check finds these flaws.
func TestRemovalCheckFindsFlaws(t *testing.T) {
	for name, spoil := range map[string]func([]*projection.Removal){
		"somebody else wrote it": func(all []*projection.Removal) {
			for _, m := range all {
				m.Parts[0].Author = 0
			}
		},
		"a character is missing": func(all []*projection.Removal) {
			for _, m := range all {
				m.Parts[0].Text = strings.TrimLeft(m.Parts[0].Text, "abcdefghijklmnopqrstuvwxyz")
			}
		},
	} {
		if _, err := removeHistories(t, 60, spoil); err == nil {
			t.Errorf("%s, and nothing is said", name)
		}
	}
}

func TestRemovalsOfNamedCases(t *testing.T) {
	hello := []string{`ana [[0,"hello"]]`, `ben [5,[0," world"]]`}
	for name, c := range map[string]struct {
		then []string
		want string
	}{
		"Backspace":          {[]string{`cem [10,[1]]`, `cem [9,[1]]`}, "3-4 cem 2: ben 2-2 ld"},
		"Delete":             {[]string{`cem [5,[1],5]`, `cem [5,[1],4]`}, "3-4 cem 2: ben 2-2  w"},
		"of two people":      {[]string{`cem [3,[4],4]`}, "3-3 cem 1: ana 1-1 lo, ben 2-2  w"},
		"both ways":          {[]string{`cem [4,[1],6]`, `cem [4,[1],5]`, `cem [3,[1],5]`}, "3-5 cem 3: ana 1-1 lo, ben 2-2  "},
		"another between":    {[]string{`cem [10,[1]]`, `ben [[0,"x"],10]`, `cem [10,[1]]`}, "3-5 cem 2: ben 2-2 ld"},
		"by two":             {[]string{`cem [10,[1]]`, `ben [9,[1]]`}, "4-4 ben 1: ben 2-2 l / 3-3 cem 1: ben 2-2 d"},
		"written between":    {[]string{`cem [10,[1]]`, `cem [10,[0,"x"]]`, `cem [10,[1]]`}, "5-5 cem 1: cem 4-4 x / 3-3 cem 1: ben 2-2 d"},
		"written over":       {[]string{`cem [[5,"bye"],6]`}, "3-3 cem 1: ana 1-1 hello"},
		"nothing was":        {[]string{`cem [11,[0,"!"]]`}, ""},
		"a line moved":       {[]string{`cem [[0,"two",""],11]`, `cem [[4],11,[0,"","two"]]`}, ""},
		"in several places":  {[]string{`cem [[1],9,[1]]`, `cem [8,[1]]`}, "3-4 cem 2: ben 2-2 ld / 3-3 cem 1: ana 1-1 h"},
		"a line that is two": {[]string{`cem [3,[1,"",""],7]`, `cem [[3],8]`}, "4-4 cem 1: ana 1-1 hel / 3-3 cem 1: ana 1-1 l"},
	} {
		p, err := script(append(slices.Clone(hello), c.then...)).past()
		if err != nil {
			t.Fatal(err)
		}
		th, all, err := projection.ReplayRemovals(context.Background(), p.log, scripts.Stream, projection.RemovalQuery{})
		if err != nil {
			t.Fatal(err)
		}
		var tell []string
		for _, m := range all {
			var parts []string
			for _, part := range m.Parts {
				parts = append(parts, fmt.Sprintf("%s %d-%d %s", scripts.AuthorName(th.Authors()[part.Author]), part.From, part.To, part.Text))
			}
			tell = append(tell, fmt.Sprintf("%d-%d %s %d: %s", m.From, m.To, scripts.AuthorName(th.Authors()[m.Author]), m.Edits, strings.Join(parts, ", ")))
		}
		if got := strings.Join(tell, " / "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// Removals of a line include deletions in the lines that it is made of.
func TestRemovalsOfALineFollowItsLineage(t *testing.T) {
	p, err := script{
		`ana [[0,"one","two","three",""]]`,
		`ben [[1],13]`,          // "ne"
		`ben [3,[1],9]`,         // "wo"
		`cem [2,[1," "],9]`,     // "ne wo"
		`cem [6,[2],4]`,         // "ree"
		`cem [[0,"new",""],10]`, // above
		`cem [4,[2],8]`,         // " wo"
	}.past()
	if err != nil {
		t.Fatal(err)
	}
	th, err := projection.Replay(t.Context(), projection.Plain(p.log), scripts.Stream, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, all, err := projection.ReplayRemovals(t.Context(), p.log, scripts.Stream, projection.RemovalQuery{Line: th.Row(1).ID})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range all {
		texts = append(texts, fmt.Sprintf("%d %q", m.To, m.Parts[0].Text))
	}
	if got := fmt.Sprint(texts); got != `[7 "ne" 3 "t" 2 "o"]` {
		t.Errorf("%s", got)
	}
	if _, _, err := projection.ReplayRemovals(t.Context(), p.log, scripts.Stream, projection.RemovalQuery{Line: projection.LineID{Revision: 99}}); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("a line that never was: %v", err)
	}
}

func TestRemovalsOfAPaperAreNotMoreThanWasDeleted(t *testing.T) {
	changes, _ := scripts.Trace(t, "automerge-paper.json.gz", seeds.Rounds(80_000))
	log := eventlog.NewMemory()
	if _, err := log.Append(t.Context(), scripts.Stream, 0, scripts.Records(changes)...); err != nil {
		t.Fatal(err)
	}
	th, all, err := projection.ReplayRemovals(t.Context(), log, scripts.Stream, projection.RemovalQuery{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range all {
		for _, p := range m.Parts {
			n += len(p.Text)
		}
	}
	t.Logf("%d characters in %d places", n, len(all))
	if uint64(n) > th.Deleted || n == 0 {
		t.Errorf("%d characters, and the thread lost %d", n, th.Deleted)
	}
}
