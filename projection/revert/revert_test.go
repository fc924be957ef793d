package revert_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/revert"
	"parodywave/projection/scripts"
)

type script = scripts.Script

// A wrong is a deliberate mistake of an oracle, for the negative controls.
type wrong string

const right wrong = ""

// A remnant is a unit of a text, or of what an edit in question deleted.
type remnant struct {
	unit        uint16
	mine, ghost bool
	back        int // the number of the run in which others brought it back; 0 for none
}

// A graveyard finds what takes edits back unit by unit, the slow way.
type graveyard struct {
	w     wrong
	row   []remnant
	lost  int
	runs  int
	again bool // something was put back in its place
	moved bool // lines were moved, and it does not know how to do that
}

// Ways in which a graveyard may err, besides those of the other oracles.
const (
	ownComesBack  wrong = "text that the edits themselves wrote comes back"
	othersGo      wrong = "what others deleted of their own comes back"
	linesBelow    wrong = "whole lines come back below what was written above them"
	wordsAbove    wrong = "words come back before what was written in their place"
	ghostsForget  wrong = "text to come back dies with the text around it"
	everybodyGoes wrong = "what others wrote into the edits' text goes, too"
	typedAgain    wrong = "what somebody put back in its place comes back once more"
	goneAgain     wrong = "what came back stays away when that is taken back"
)

// index returns where in the row the text's unit pos is, behind the ghosts
// before it; ghosts returns how many those are.
func (y *graveyard) index(pos int) (at, ghosts int) {
	for i, g := range y.row {
		if g.ghost {
			ghosts++
			continue
		}
		if pos == 0 {
			return i, ghosts
		}
		pos, ghosts = pos-1, 0
	}
	return len(y.row), ghosts
}

func (y *graveyard) edit(ed ot.Edit, mine bool) {
	if mine && len(ed.Insert) == 0 && ed.FromA < ed.ToA {
		from, _ := y.index(ed.FromB)
		to, _ := y.index(ed.FromB + ed.ToA - ed.FromA)
		if y.row[from].unit == '\n' && !y.row[from].mine && to < len(y.row) && y.row[to].unit == '\n' { // the other break is as good
			ed.FromB++
			y.again = true
		}
	}
	y.part(ed.FromB)
	y.part(ed.FromB + ed.ToA - ed.FromA)
	end, ghosts := y.index(ed.FromB)
	at := end - ghosts
	var insert []remnant
	for _, u := range ed.Insert {
		insert = append(insert, remnant{unit: u, mine: mine || y.w == everybodyGoes && at > 0 && y.row[at-1].mine})
	}
	if ed.FromA == ed.ToA {
		below := ghosts > 0 && y.row[end-1].unit == '\n'
		if below != (y.w == linesBelow && below || y.w == wordsAbove && !below) {
			at = end
		}
		if !y.comeBack(at, insert, mine) {
			y.row = slices.Insert(y.row, at, insert...)
		}
		return
	}
	whole := y.runsIn(ed.FromB, ed.ToA-ed.FromA)
	for n := ed.ToA - ed.FromA; n > 0; {
		g := &y.row[at]
		switch {
		case g.ghost && y.w != ghostsForget:
			at++
			continue
		case g.ghost:
			y.row = slices.Delete(y.row, at, at+1)
			continue
		case mine && (!g.mine || y.w == ownComesBack) || y.w == othersGo, whole[g.back] && y.w != goneAgain:
			g.ghost, g.back = true, 0
			at++
		default:
			if g.mine && !mine {
				y.lost++
			}
			y.row = slices.Delete(y.row, at, at+1)
		}
		n--
	}
	if !y.comeBack(at, insert, mine) {
		y.row = slices.Insert(y.row, at, insert...)
	}
}

// part ends the run that came back around a position of the text.
func (y *graveyard) part(pos int) {
	at, _ := y.index(pos)
	if at == len(y.row) || y.row[at].back == 0 || at == 0 || y.row[at-1].back != y.row[at].back {
		return
	}
	for i, run := 0, y.row[at].back; i < len(y.row); i++ {
		if y.row[i].back == run {
			y.row[i].back = 0
		}
	}
}

// runsIn returns the runs that came back among n units of the text.
func (y *graveyard) runsIn(pos, n int) map[int]bool {
	all := map[int]bool{}
	for i := range n {
		if at, _ := y.index(pos + i); y.row[at].back > 0 {
			all[y.row[at].back] = true
		}
	}
	return all
}

// comeBack makes the ghosts around at text again if they are what is inserted.
func (y *graveyard) comeBack(at int, insert []remnant, mine bool) bool {
	from, to := at, at
	for from > 0 && y.row[from-1].ghost {
		from--
	}
	for to < len(y.row) && y.row[to].ghost {
		to++
	}
	same := slices.EqualFunc(y.row[from:to], insert, func(a, b remnant) bool { return a.unit == b.unit })
	if !same || len(insert) == 0 || y.w == typedAgain {
		return false
	}
	if y.runs, y.again = y.runs+1, true; mine {
		y.runs--
	}
	for i := from; i < to; i++ {
		y.row[i].ghost = false
		if !mine {
			y.row[i].back = y.runs
		}
	}
	return true
}

// text returns the text with the edits taken back.
func (y *graveyard) text() (all []uint16) {
	for _, g := range y.row {
		if g.ghost || !g.mine {
			all = append(all, g.unit)
		}
	}
	return all
}

// A reversal is a history and the edits that are taken back, by author and revisions.
type reversal struct {
	script
	author   string
	from, to int
	lines    bool // no two lines may become one
}

func (r reversal) String() string {
	return fmt.Sprintf("reversal{%v, %q, %d, %d, %t}", r.script, r.author, r.from, r.to, r.lines)
}

func (r reversal) mine(e *event.Event) bool {
	return scripts.AuthorName(e.Author) == r.author && int(e.Revision) >= r.from && int(e.Revision) <= r.to
}

func makeReversal(draw scripts.Source) reversal {
	var s script
	t := projection.NewThread(scripts.Stream)
	for n := range 2 + draw(12) {
		s = append(s, scripts.NextLine(draw, t.Units(0, t.Len()), t.Written))
		mustApply(t, n+1, s[n])
	}
	from := 1 + draw(len(s))
	return reversal{s, []string{"ana", "ben"}[draw(2)], from, from + draw(len(s)), false}
}

// stating returns a change with what it states as the line of a script.
func stating(f event.Changed) string {
	if len(f.Origins)+len(f.Lines) == 0 {
		return f.Change.String()
	}
	lists := [2][][]int{{}, {}}
	for _, o := range f.Origins {
		lists[0] = append(lists[0], []int{o.Units, int(o.Revision), o.Author})
	}
	for _, l := range f.Lines {
		submitted := 0
		if l.Submitted {
			submitted = 1
		}
		lists[1] = append(lists[1], []int{l.Piece, int(l.Born), l.Ordinal, int(l.Revision), l.Author, int(l.Time), submitted})
	}
	all, err := json.Marshal(lists)
	if err != nil {
		panic(err)
	}
	return f.Change.String() + " states " + string(all)
}

// mustApply applies line n of a script.
func mustApply(t *projection.Thread, n int, line string) {
	e, err := scripts.Event(n, line, t.Units(0, t.Len()))
	if err == nil {
		_, err = t.Apply(e)
	}
	if err != nil {
		panic(err)
	}
}

// log records the script.
func (r reversal) log() (eventlog.AuditLog, []uint16, error) {
	log, t, err := r.script.Log()
	if err != nil {
		return nil, nil, err
	}
	return log, t.Units(0, t.Len()), nil
}

// check takes the edits back in three ways, and looks at what each must obey.
func (r reversal) check(w wrong) error {
	log, text, err := r.log()
	if err != nil {
		return err
	}
	p, err := revert.Replay(context.Background(), log, scripts.Stream, r.mine)
	if err != nil {
		return err
	}
	got := p.Plan()
	after, err := got.Change.Apply(text)
	if err != nil {
		return err
	}
	y, algebra, err := r.slowly(w)
	if err != nil || y.moved && strings.Contains(r.String(), " redact ") { // in a log, text that is redacted later is redacted before
		return err
	}
	if err := r.census(got.Change, after); err != nil {
		return err
	}
	if err := r.twice(text, got.Change); err != nil {
		return err
	}
	if n := got.Change.Deleted(); n != got.Deleted || got.Change.Inserted() != got.Restored {
		return fmt.Errorf("%d out and %d back by %s", got.Deleted, got.Restored, got.Change)
	}
	if got.Change.CutsPair(func(i int) uint16 { return text[i] }) {
		return fmt.Errorf("%s cuts a pair of %q", got.Change, ot.String(text))
	}
	if y.moved {
		return nil
	}
	if want := y.text(); !slices.Equal(after, want) {
		return fmt.Errorf("%q becomes %q, want %q", ot.String(text), ot.String(after), ot.String(want))
	}
	if got.Lost != y.lost {
		return fmt.Errorf("lost %d, want %d", got.Lost, y.lost)
	}
	if err := y.othersStay(got.Change); err != nil {
		return err
	}
	for _, a := range algebra {
		if y.again {
			break
		}
		// a composed inverse forgets where in a stretch it puts what, not what
		if !slices.Equal(sorted(a), sorted(after)) {
			return fmt.Errorf("%q becomes %q and by inverses %q", ot.String(text), ot.String(after), ot.String(a))
		}
	}
	return nil
}

func sorted(u []uint16) []uint16 { u = slices.Clone(u); slices.Sort(u); return u }

// slowly plays the script to a graveyard, and to the algebra: the inverse so
// far is carried over what others did, entry by entry, and what is to be taken
// back is undone before it; once on each side of what was written at one place.
func (r reversal) slowly(w wrong) (*graveyard, [2][]uint16, error) {
	y, t := &graveyard{w: w}, projection.NewThread(scripts.Stream)
	inverse := [2]ot.Change{}
	var texts [2][]uint16
	begun := false
	for n, line := range r.script {
		before := t.Units(0, t.Len())
		e, err := scripts.Event(n+1, line, before)
		if err != nil {
			return nil, texts, err
		}
		if f, ok := e.Payload.(event.Changed); ok {
			for _, ed := range joined(f.Change) {
				if r.mine(&e) && slices.Equal(before[ed.FromA:ed.ToA], ed.Insert) {
					y.again = true // it alters nothing
					continue
				}
				y.edit(ed, r.mine(&e))
			}
			for i, first := range []bool{false, true} {
				if r.mine(&e) {
					undo, err2 := f.Change.Invert(before)
					if err2 == nil {
						inverse[i], err2 = undo.Compose(inverse[i])
					}
					err = err2
				} else {
					inverse[i], err = inverse[i].Transform(f.Change, first)
				}
				if err != nil {
					return nil, texts, err
				}
			}
		}
		if f, ok := e.Payload.(event.Redacted); ok { // the remaining text is redacted, in the row, too
			for ed := range f.Change.Edits() {
				for k, u := range ed.Insert {
					i, _ := y.index(ed.FromA + k)
					y.row[i].unit = u
				}
			}
		}
		effect, err := t.Apply(e)
		if err != nil {
			return nil, texts, err
		}
		begun = begun || r.mine(&e)
		y.moved = y.moved || begun && len(effect.Moves) > 0
	}
	var err error
	for i := range texts {
		if texts[i], err = inverse[i].Apply(t.Units(0, t.Len())); err != nil {
			return nil, texts, err
		}
	}
	return y, texts, nil
}

// joined returns the edits of a change, those that touch behind a deletion as one.
func joined(c ot.Change) (all []ot.Edit) {
	for ed := range c.Edits() {
		if n := len(all); n > 0 && all[n-1].ToA == ed.FromA && all[n-1].FromA < all[n-1].ToA {
			all[n-1].ToA, all[n-1].ToB, all[n-1].Insert = ed.ToA, ed.ToB, slices.Concat(all[n-1].Insert, ed.Insert)
			continue
		}
		all = append(all, ed)
	}
	return all
}

// othersStay: every unit that goes was written by the edits.
func (y *graveyard) othersStay(c ot.Change) error {
	for ed := range c.Edits() {
		for pos := ed.FromA; pos < ed.ToA; pos++ {
			if i, _ := y.index(pos); !y.row[i].mine {
				return fmt.Errorf("%s deletes unit %d, which others wrote", c, pos)
			}
		}
	}
	return nil
}

// twice: what takes the taking back back gives the text that was.
func (r reversal) twice(text []uint16, c ot.Change) error {
	again := reversal{script: append(slices.Clone(r.script), "dan "+c.String()), author: "dan", from: 1, to: len(r.script) + 1}
	log, after, err := again.log()
	if err != nil {
		return err
	}
	p, err := revert.Replay(context.Background(), log, scripts.Stream, again.mine)
	if err != nil {
		return err
	}
	if back, err := p.Plan().Change.Apply(after); err != nil || !slices.Equal(back, text) {
		return fmt.Errorf("taken back twice, %q is %q: %v", ot.String(text), ot.String(back), err)
	}
	return nil
}

// fits reports whether the script can be played; a shortened script may redact
// text that is not there.
func (r reversal) fits() (ok bool) {
	defer func() { ok = recover() == nil && ok }()
	t := projection.NewThread(scripts.Stream)
	for n, line := range r.script {
		text := t.Units(0, t.Len())
		e, err := scripts.Event(n+1, line, text)
		if f, is := e.Payload.(event.Changed); err != nil || is && f.Change.CutsPair(func(i int) uint16 { return text[i] }) {
			return false
		}
		if _, err := t.Apply(e); err != nil {
			return false
		}
	}
	return true
}

// shrink leaves lines out that need not be there.
func (r reversal) shrink(w wrong) (reversal, error) {
	err := r.check(w)
	for again := true; again; {
		again = false
		for i := len(r.script) - 1; i >= 0 && !again; i-- {
			less := r
			less.script = slices.Delete(slices.Clone(r.script), i, i+1)
			if i+1 < r.from {
				less.from--
			}
			if i+1 <= r.to {
				less.to--
			}
			if less.fits() {
				if shorter := less.check(w); shorter != nil {
					r, err, again = less, shorter, true
				}
			}
		}
	}
	return r, err
}

func TestReversalAgreesWithOracles(t *testing.T) {
	n := rounds(t, 6000)
	draw := scripts.Seeded(seeds.For(t))
	for i := range n {
		if r := makeReversal(draw); r.check(right) != nil {
			r, err := r.shrink(right)
			t.Fatalf("history %d: %v\n%v.check(right)", i, err, r)
		}
	}
}

// The comparison has teeth: a graveyard that gets one rule wrong is found out.
func TestReversalFindsWrongOracles(t *testing.T) {
	for _, w := range []wrong{ownComesBack, othersGo, linesBelow, wordsAbove, ghostsForget, everybodyGoes, typedAgain, goneAgain} {
		t.Run(string(w), func(t *testing.T) {
			draw := scripts.Seeded(seeds.For(t))
			for i := range 20000 {
				if r := makeReversal(draw); r.check(w) != nil {
					r, err := r.shrink(w)
					t.Logf("found out by history %d: %v\n%v", i, err, r)
					return
				}
			}
			t.Fatalf("nothing is wrong when %s", w)
		})
	}
}

// TestReversalLeavesTheOthersTextAlone: two people write, each in their own
// lines; without the one, the text is what the other wrote alone.
func TestReversalLeavesTheOthersTextAlone(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for round := range rounds(t, 400) {
		lines := [2]string{"ana's line", "ben's line"}
		s := script{`eve [[0,"ana's line","ben's line"]]`}
		for range 1 + draw(30) {
			who := draw(2)
			w := scripts.NewWriter(draw, scripts.Units(strings.Join(lines[:], "\n")))
			start := who * (ot.Len(lines[0]) + 1)
			from := draw(ot.Len(lines[who]) + 1)
			to := min(ot.Len(lines[who]), from+draw(4))
			insert := []string{"", "x", "다", "yz"}[draw(4)]
			w.Edit(start+from, start+to, insert)
			line := scripts.Units(lines[who])
			lines[who] = ot.String(slices.Concat(line[:from], scripts.Units(insert), line[to:]))
			s = append(s, []string{"ana ", "ben "}[who]+w.Done().String())
		}
		log, text, err := reversal{script: s}.log()
		if err != nil {
			t.Fatal(err)
		}
		for who, name := range []string{"ana", "ben"} {
			r := reversal{script: s, author: name, from: 1, to: len(s)}
			p, err := revert.Replay(t.Context(), log, scripts.Stream, r.mine)
			if err != nil {
				t.Fatal(err)
			}
			after, err := p.Plan().Change.Apply(text)
			want := lines
			want[who] = name + "'s line"
			if got := ot.String(after); err != nil || got != strings.Join(want[:], "\n") {
				t.Fatalf("round %d: without %s %q, want %q: %v\n%v", round, name, got, strings.Join(want[:], "\n"), err, r)
			}
		}
	}
}

func TestReversion(t *testing.T) {
	for name, test := range map[string]struct {
		script
		want                          string
		deleted, restored, lost, left int
	}{
		"what others typed into it stays":             {script{`ana [[0,"one two"]]`, `ben [3,[0," and a half"],4]`}, " and a half", 7, 0, 0, 0},
		"what others deleted of it is lost":           {script{`ana [[0,"one two"]]`, `ben [3,[4]]`}, "", 3, 0, 4, 0},
		"a whole line comes back above":               {script{`ben [[0,"one","two","three"]]`, `ana [4,[4],5]`, `ben [4,[0,"and "],5]`}, "one\ntwo\nand three", 0, 4, 0, 0},
		"a word comes back behind":                    {script{`ben [[0,"one two"]]`, `ana [3,[4]]`, `ben [3,[0,"!"]]`}, "one! two", 0, 4, 0, 0},
		"what they wrote again themselves stays":      {script{`ben [[0,"one two"]]`, `ana [3,[4]]`, `ana [3,[0," two"]]`}, "one two", 0, 0, 0, 0},
		"redacted text stays redacted":                {script{`ben [[0,"one two"]]`, `eve redact 4 7`, `ana [3,[4]]`}, "one ███", 0, 4, 0, 0},
		"a line that moved goes back":                 {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`}, "one\ntwo\n", 4, 4, 0, 0},
		"with what others wrote into it":              {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ben [5,[0,"!"],3]`}, "two\no!ne\n", 0, 0, 0, 1},
		"and at its end":                              {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ben [7,[0,"!"],1]`}, "two\none!\n", 0, 0, 0, 1},
		"and at its beginning":                        {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ben [4,[0,"!"],4]`}, "two\n!one\n", 0, 0, 0, 1},
		"and in its place":                            {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ben [4,[3,"three"],1]`}, "two\nthree\n", 0, 0, 0, 1},
		"and where others deleted it, it does not":    {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ben [4,[4]]`}, "two\n", 0, 0, 0, 0},
		"what they deleted of it comes back there":    {script{`ben [[0,"one","two",""]]`, `ana [[4],4,[0,"one",""]]`, `ana [5,[2],1]`}, "one\ntwo\n", 2, 4, 0, 0},
		"the line below a moved one is no part of it": {script{`ben [[0,"one","two","six",""]]`, `ana [[4],4,[0,"one",""],4]`, `ben [8,[0,"!"],4]`}, "one\ntwo\n!six\n", 4, 4, 0, 0},
		"but a line that others begin behind it is":   {script{`ben [[0,"one","two","six",""]]`, `ana [[4],4,[0,"one",""],4]`, `ben [7,[0,"",""],5]`, `ben [8,[0,"!"],5]`}, "two\none\n!\nsix\n", 0, 0, 0, 1},
		"and one that they put above stays":           {script{`ben [[0,"one","two","six",""]]`, `ana [[4],4,[0,"one",""],4]`, `ben [4,[0,"!",""],8]`}, "one\ntwo\n!\nsix\n", 4, 4, 0, 0},
		"and stays where others moved it again":       {script{`ben [[0,"one","two","six",""]]`, `ana [[4],8,[0,"one",""]]`, `ben [4,[0,"one",""],4,[4]]`}, "two\none\nsix\n", 0, 0, 0, 0},
		"a line of theirs that others moved goes":     {script{`ben [[0,"a1","a2",""]]`, `ana [[0,"spam",""],6]`, `ben [[5],6,[0,"spam",""]]`}, "a1\na2\n", 5, 0, 0, 0},
		"one typed below another, too":                {script{`ben [[0,"a1","a2",""]]`, `ana [2,[0,"","spam"],4]`, `ben [[3],4,[0,"","a1"],4]`}, "\na1\na2\n", 4, 0, 0, 0},
		"a broken line stays so where it moved":       {script{`ben [[0,"one two","six"]]`, `ana [3,[0,"",""],8]`, `ben [[0," two",""],3,[5],4]`}, " two\none\nsix", 0, 0, 0, 0},
		"what comes back in a line moves with it":     {script{`ben [[0,"one two","six",""]]`, `ana [3,[4],5]`, `ben [[4],4,[0,"one",""]]`}, "six\none two\n", 0, 4, 0, 0},
		"a line deleted below a moved one does not":   {script{`ben [[0,"one","two","six",""]]`, `ana [3,[4],5]`, `ben [[4],4,[0,"one",""]]`}, "two\nsix\none\n", 0, 4, 0, 0},
		"what others wrote into their moved line":     {script{`ben [[0,"six",""]]`, `ana [[0,"spam",""],4]`, `ana [[5],4,[0,"spam",""]]`, `ben [6,[0,"!"],3]`}, "six\n!", 5, 0, 0, 0},
		"a line that lost its break goes with one":    {script{`ben [[0,"one","two","six","ten",""]]`, `ana [4,[4],8,[0,"two",""]]`, `cem [15,[1," and cem"]]`}, "one\nsix\nten\ntwo and cem", 0, 0, 0, 1},
		"and parts whom others joined elsewhere":      {script{`ben [[0,"one","two","six","ten",""]]`, `ana [[0,"two",""],4,[4],[0,"ten",""],4,[4]]`, `cem [11,[1," "],3,[1]]`}, "one\ntwo\nten six", 4, 4, 0, 1},
		"a line that only they broke is one again":    {script{`ben [[0,"six"]]`, `ana [[0,"six","a longer line","a"],3,[0,"six"]]`, `ana [[25,"six","asixsix","bar"]]`, `cem [[3,"bar"],1,[7,"ten"],4]`}, "barten", 5, 0, 7, 0},
		"and one that they broke more often, too":     {script{`ben [[0,"baar"]]`, `ana [1,[1,"baar","baar"],1,[0," "," "],1]`, `ana [12,[0,"","bbaar","baara "],3]`, `ana [17,[0,"b"],11]`, `ana [[29," r","baara ","baara ","bbaabr","bbaar"]]`, `cem [13,[0,"!"],16]`}, "baar!", 29, 4, 0, 0},
		"nothing of theirs":                           {script{`ben [[0,"one"]]`}, "one", 0, 0, 0, 0},
		"what others put back in its place stays":     {script{`ben [[0,"one"]]`, `ana [[3]]`, `ben [[0,"one"]]`}, "one", 0, 0, 0, 0},
	} {
		r := reversal{script: test.script, author: "ana", from: 1, to: len(test.script)}
		log, text, err := r.log()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, err := revert.Replay(t.Context(), log, scripts.Stream, r.mine)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := p.Plan()
		after, err := got.Change.Apply(text)
		if err != nil || ot.String(after) != test.want {
			t.Errorf("%s: %q, want %q: %v", name, ot.String(after), test.want, err)
		}
		if got.Deleted != test.deleted || got.Restored != test.restored || got.Lost != test.lost || got.Left != test.left {
			t.Errorf("%s: -%d +%d lost %d left %d", name, got.Deleted, got.Restored, got.Lost, got.Left)
		}
	}
}

// BenchmarkReversal takes every third of a thousand edits back, and all.
func BenchmarkReversal(b *testing.B) {
	changes, _ := scripts.Trace(b, "automerge-paper.json.gz", 0)
	log := eventlog.NewMemory()
	if _, err := log.Append(b.Context(), scripts.Stream, 0, scripts.Records(changes)...); err != nil {
		b.Fatal(err)
	}
	for name, mine := range map[string]func(*event.Event) bool{
		"a third": func(e *event.Event) bool { return e.Revision/300%3 == 1 },
		"all":     func(*event.Event) bool { return true },
		"one":     func(e *event.Event) bool { return e.Revision == 1000 },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := revert.Replay(b.Context(), log, scripts.Stream, mine)
				if err != nil {
					b.Fatal(err)
				}
				if x := r.Plan(); name == "all" && (x.Deleted != r.Thread().Len() || x.Restored != 0) {
					b.Fatalf("-%d +%d of %d", x.Deleted, x.Restored, r.Thread().Len())
				}
			}
		})
	}
}

// TestReversalOfAllSinceGivesTheTextOfThen: everybody's edits after a revision,
// taken back, give the text of that revision, whatever happened.
func TestReversalOfAllSinceGivesTheTextOfThen(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for i := range rounds(t, 3000) {
		r := []func(scripts.Source) reversal{makeReversal, makeMoving}[i%2](draw)
		if strings.Contains(r.String(), " redact ") { // in a log, text that is redacted later is redacted before
			continue
		}
		log, text, err := r.log()
		if err != nil {
			t.Fatal(err)
		}
		at := eventlog.Revision(r.from)
		then, err := projection.Replay(t.Context(), projection.Plain(log), scripts.Stream, at)
		if err != nil {
			t.Fatal(err)
		}
		p, err := revert.Replay(t.Context(), log, scripts.Stream, func(e *event.Event) bool { return e.Revision > at })
		if err != nil {
			t.Fatal(err)
		}
		after, err := p.Plan().Change.Apply(text)
		if err != nil || ot.String(after) != then.Text() {
			t.Fatalf("history %d: %q, want %q as at revision %d: %v\n%v", i, ot.String(after), then.Text(), at, err, r.script)
		}
	}
}

// TestReversalOfARunThatTwoSectionsInsert: what moves may arrive in two parts that touch.
func TestReversalOfARunThatTwoSectionsInsert(t *testing.T) {
	log, now, err := script{
		`cem [[0,"foobar","ab","\t ab"]]`,
		`ana [11,[1],2]`,
		`cem [13,[0,"","\tab","a longer line"]]`,
		`ben [1,[14,"foobar","ab"],3,[0,"😀","ab",""],[5,"\tab","ab"],6,[0,"😀"],2]`,
	}.Log()
	if err != nil {
		t.Fatal(err)
	}
	p, err := revert.Replay(t.Context(), log, scripts.Stream, func(e *event.Event) bool { return e.Revision > 1 })
	if err != nil {
		t.Fatal(err)
	}
	after, err := p.Plan().Change.Apply(now.Units(0, now.Len()))
	if err != nil || ot.String(after) != "foobar\nab\n\t ab" {
		t.Errorf("%q: %v", ot.String(after), err)
	}
}
