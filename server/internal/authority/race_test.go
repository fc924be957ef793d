package authority

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A race is people who push changes while robots write whole texts that they made
// from earlier revisions. A model keeps the text of each revision as characters, with
// the record that brought each of them.
type race struct {
	*scene
	random *rand.Rand
	people []*racer
	then   []moment // by revision
	story  []string
}

// A racer is a person in a race.
type racer struct {
	*textClient
	seq  uint64
	last eventlog.Revision // of the last push
}

type moment struct {
	text  []mark
	robot bool // it made the record
}

// A mark is a character of the model: a unit, the record that inserted it, and whether
// that was a robot's.
type mark struct {
	unit  uint16
	rev   eventlog.Revision
	robot bool
}

var robot = eventlog.AuthorID{0xc}

func newRace(t *testing.T, seed uint64) *race {
	r := &race{random: rand.New(rand.NewPCG(seed, 0))}
	r.scene = newScene(t, r.someLines(1+r.random.IntN(6)))
	for i, author := range []eventlog.AuthorID{ada, ben} {
		r.people = append(r.people, &racer{textClient: r.scene.text(fmt.Sprint("person ", i), author)})
	}
	r.then = make([]moment, 2)
	r.record()
	return r
}

// record adds the records that are new to the model.
func (r *race) record() {
	for e := range r.events(eventlog.Revision(len(r.then) - 1)) {
		now, by := r.then[len(r.then)-1].text, e.Author == robot
		if c, ok := change(e); ok {
			next := make([]mark, 0, c.NewLen())
			pos := 0
			for ed := range c.Edits() {
				next = append(next, now[pos:ed.FromA]...)
				for _, u := range ed.Insert {
					next = append(next, mark{u, e.Revision, by})
				}
				pos = ed.ToA
			}
			now = append(next, now[pos:]...)
		}
		r.then = append(r.then, moment{now, by})
	}
}

func (r *race) head() eventlog.Revision { return eventlog.Revision(len(r.then) - 1) }

// read returns the text of a revision.
func (r *race) read(rev eventlog.Revision) string { return ot.String(r.units(rev)) }

func (r *race) units(rev eventlog.Revision) []uint16 {
	u := make([]uint16, len(r.then[rev].text))
	for i, m := range r.then[rev].text {
		u[i] = m.unit
	}
	return u
}

// someLines returns lines, many of them alike.
func (r *race) someLines(n int) string {
	words := []string{"milk", "eggs", "😀", "차 한 잔", "}", "", "a longer line of words", "e\u0301"}
	var b strings.Builder
	for range n {
		b.WriteString(words[r.random.IntN(len(words))])
		if r.random.IntN(3) == 0 {
			b.WriteString(" " + words[r.random.IntN(len(words))])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// revised returns a text that somebody makes of another.
func (r *race) revised(text string) string {
	lines := strings.SplitAfter(text, "\n")
	for range 1 + r.random.IntN(3) {
		i := r.random.IntN(len(lines))
		switch r.random.IntN(5) {
		case 0: // a new line
			lines = slices.Insert(lines, i, r.someLines(1))
		case 1: // a line goes
			if len(lines) > 1 {
				lines = slices.Delete(lines, i, i+1)
			}
		case 2: // a line moves
			l := lines[i]
			lines = slices.Delete(lines, i, i+1)
			lines = slices.Insert(lines, r.random.IntN(len(lines)+1), l)
		case 3: // a word changes
			lines[i] = strings.Replace(lines[i], []string{"milk", "eggs", " ", "😀"}[r.random.IntN(4)], []string{"😁", "soy", "", "x"}[r.random.IntN(4)], 1)
		default: // two lines become one
			lines[i] = strings.TrimSuffix(lines[i], "\n") + "+"
		}
	}
	return strings.Join(lines, "")
}

// push has a person type or delete, at the head or a little behind it.
func (r *race) push() {
	p := r.people[r.random.IntN(len(r.people))]
	rev := max(p.last, 2, r.head()-eventlog.Revision(r.random.IntN(3)))
	text := r.units(rev)
	from := boundary(text, r.random.IntN(len(text)+1))
	to := boundary(text, min(len(text), from+r.random.IntN(4)*r.random.IntN(3)))
	cs := ot.Replace(len(text), from, to, units([]string{"", "h", "인😎", "\n", "typed"}[r.random.IntN(5)]))
	if cs.IsEmpty() {
		return
	}
	p.seq++
	r.story = append(r.story, fmt.Sprintf("%s at %d pushes %s", p.name, rev, cs))
	r.auth.Push(p.conn, wire.Push{Client: p.id, Seq: p.seq, Rev: rev, Changes: []ot.Change{cs}})
	r.serve(testInbox)
	r.record()
	p.last = r.head()
}

func boundary(text []uint16, pos int) int {
	for !ot.Boundary(text, pos) {
		pos--
	}
	return pos
}

// write has a robot write a text that it made from a revision not long ago, and returns
// what is wrong with the outcome. In some races somebody pushes between the
// comparison and the append. put is the write under test.
func (r *race) write(put func(Write, func()) (Written, error)) string {
	was := r.head()
	base := was - eventlog.Revision(r.random.IntN(int(min(was-1, 8))))
	w := Write{Author: robot, Text: r.revised(r.read(base)), Base: base}
	r.story = append(r.story, fmt.Sprintf("the robot makes of %q at %d %q", r.read(base), base, w.Text))
	meanwhile := r.push
	if r.random.IntN(2) == 0 {
		meanwhile = nil
	}
	out, err := put(w, meanwhile)
	if err != nil {
		return err.Error()
	}
	r.record()
	head, before := r.head(), r.head()
	if head > was && r.then[head].robot {
		before--
	}
	switch {
	case out.Head != head:
		return fmt.Sprintf("the head is %d, and the answer says %d", head, out.Head)
	case base == before && r.read(head) != w.Text:
		return fmt.Sprintf("at the head the text became %q, not %q", r.read(head), w.Text)
	}
	return cmp.Or(r.lost(base, before), r.dropped(w, before), r.blamed())
}

// lost returns a character that the robot's record deletes although a person wrote it after
// the base; before is the revision before that record.
func (r *race) lost(base, before eventlog.Revision) string {
	still := map[mark]int{}
	for _, m := range r.then[r.head()].text {
		still[m]++
	}
	for _, m := range r.then[before].text {
		if still[m]--; m.rev > base && still[m] < 0 {
			return fmt.Sprintf("%q, which record %d wrote after the base %d, is lost: %q became %q",
				ot.String([]uint16{m.unit}), m.rev, base, r.read(before), r.read(r.head()))
		}
	}
	return ""
}

// dropped returns a character of the robot's that its record does not insert: the
// record inserts each one that the robot's text has more often than the base.
func (r *race) dropped(w Write, before eventlog.Revision) string {
	mine := map[uint16]int{}
	for _, m := range r.then[r.head()].text {
		if m.rev > before {
			mine[m.unit]++
		}
	}
	have := map[uint16]int{}
	for _, m := range r.then[w.Base].text {
		have[m.unit]++
	}
	for _, u := range units(w.Text) {
		if have[u]--; have[u] < 0 {
			if mine[u]--; mine[u] < 0 {
				return fmt.Sprintf("%q of the robot's %q is dropped: %q", ot.String([]uint16{u}), w.Text, r.read(r.head()))
			}
		}
	}
	return ""
}

// blamed returns a character of a person that is credited to the robot. A line that the
// robot moves keeps its first author, so the opposite is no flaw.
func (r *race) blamed() string {
	pos, authors := 0, r.auth.thread.Authors()
	for span := range r.auth.thread.Spans(0, r.auth.thread.Len()) {
		for _, m := range r.then[r.head()].text[pos : pos+span.Length] {
			if authors[span.Author] == robot && !m.robot {
				return fmt.Sprintf("%q of record %d is credited to the robot at %d", ot.String([]uint16{m.unit}), m.rev, span.Revision)
			}
		}
		pos += span.Length
	}
	return ""
}

// flawOfRace plays a race and returns what is wrong, with the story.
func flawOfRace(t *testing.T, seed uint64, put func(*race, Write, func()) (Written, error)) string {
	r := newRace(t, seed)
	flaw := ""
	for n := 8; n > 0 && flaw == ""; n-- {
		if r.random.IntN(3) > 0 {
			r.push()
		} else {
			flaw = r.write(func(w Write, meanwhile func()) (Written, error) { return put(r, w, meanwhile) })
		}
	}
	replayed, err := projection.Replay(t.Context(), projection.Plain(r.log.AuditLog), stream, 0)
	switch {
	case flaw != "":
	case err != nil:
		flaw = err.Error()
	case replayed.Text() != r.read(r.head()):
		flaw = fmt.Sprintf("replayed %q, by the records %q", replayed.Text(), r.read(r.head()))
	default:
		flaw = differentBlame(r.auth.thread, replayed)
	}
	if flaw == "" {
		return ""
	}
	return strings.Join(append(r.story, flaw), "\n")
}

func differentBlame(live, replayed *projection.Thread) string {
	a, b := slices.Collect(live.Rows()), slices.Collect(replayed.Rows())
	if !slices.Equal(a, b) {
		return fmt.Sprintf("live rows %v, replayed %v", a, b)
	}
	if s, u := slices.Collect(live.Spans(0, live.Len())), slices.Collect(replayed.Spans(0, replayed.Len())); !slices.Equal(s, u) {
		return fmt.Sprintf("live spans %v, replayed %v", s, u)
	}
	return ""
}

// overwritten is Put as it was before writes had a base: it compares with the head.
func overwritten(r *race, w Write, meanwhile func()) (Written, error) {
	w.Base = 0
	return r.put(w, meanwhile)
}

// TestAStaleWriterErasesNobody: whatever a robot knew, what people wrote since stands, and
// what the robot wrote is there, too.
func TestAStaleWriterErasesNobody(t *testing.T) {
	seed := seeds.For(t)
	rounds := uint64(seeds.Rounds(100_000))
	if testing.Short() {
		rounds /= 5
	}
	for i := range rounds {
		if flaw := flawOfRace(t, seed+i, (*race).put); flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./server/internal/authority\n%s", seed+i, t.Name(), flaw)
		}
	}
	t.Logf("%d races, no character lost", rounds)
	for i := range uint64(100) {
		if strings.Contains(flawOfRace(t, seed+i, overwritten), "is lost") {
			return
		}
	}
	t.Error("a write that compares with the head loses nothing, either")
}
