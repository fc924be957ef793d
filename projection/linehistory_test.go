package projection_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A stood is a character of a line as it read at a revision: a redaction comes later.
type stood struct {
	*character
	unit uint16
}

// A past is what every line read at every revision, from the oracle.
type past struct {
	log    eventlog.AuditLog
	at     []map[projection.LineID][]stood // by revision
	from   map[projection.LineID]projection.LineID
	joined map[projection.LineID]projection.LineID
	who    []eventlog.AuthorID
	net    bool // lines are the thread's, by the net law
}

// past returns the lines by the keystroke rule, which the oracle knows.
func (s script) past() (*past, error) { return s.pastBy(nil) }

// netPast returns the lines by the net law. It believes the thread where a line is.
func (s script) netPast() (*past, error) { return s.pastBy(projection.NewThread(scripts.Stream)) }

func (s script) pastBy(t *projection.Thread) (*past, error) {
	ctx, o := context.Background(), newOracle(right)
	p := &past{log: eventlog.NewMemory(), at: []map[projection.LineID][]stood{{}}, from: map[projection.LineID]projection.LineID{}, who: make([]eventlog.AuthorID, 1), net: t != nil}
	for n, line := range s {
		e, err := scripts.Event(n+1, line, o.units())
		if err != nil {
			return nil, err
		}
		r := event.Encode(e.Payload)
		r.Time, r.Author = e.Time, e.Author
		if _, err := p.log.Append(ctx, scripts.Stream, eventlog.Revision(n), r); err != nil {
			return nil, err
		}
		o.apply(e)
		if p.net {
			if _, err := t.Apply(e); err != nil {
				return nil, err
			}
		}
		now := map[projection.LineID][]stood{}
		if o.written {
			for i, b := range pieces(o.chars) {
				id, from := o.lines[i].id, o.lines[i].splitFrom
				if p.net {
					id, from = t.Row(i).ID, t.Row(i).SplitFrom
				}
				now[id] = []stood{}
				if _, known := p.from[id]; !known {
					p.from[id] = from
				}
				for _, c := range o.chars[b.from:b.to] {
					now[id] = append(now[id], stood{c, c.unit})
				}
			}
		}
		p.at, p.who, p.joined = append(p.at, now), append(p.who, e.Author), o.joined
	}
	if p.net {
		p.joined = map[projection.LineID]projection.LineID{}
		for id := range p.from {
			if to := t.Resolve(id); to != id {
				p.joined[id] = to
			}
		}
	}
	return p, nil
}

// history returns all passages of a line, page by page, or as one.
func (p *past) history(id projection.LineID, limit int) (*projection.LineHistory, error) {
	q := projection.LineQuery{Line: id, Limit: limit}
	h, err := projection.ReplayLine(context.Background(), p.log, scripts.Stream, q)
	if err != nil {
		return nil, err
	}
	for h.Next != 0 {
		q.Before = h.Next
		more, err := projection.ReplayLine(context.Background(), p.log, scripts.Stream, q)
		if err != nil {
			return nil, err
		}
		if len(more.Passages) == 0 || more.Passages[0].To >= h.Next {
			return nil, fmt.Errorf("before revision %d come %d passages", h.Next, len(more.Passages))
		}
		h.Passages, h.Next = append(h.Passages, more.Passages...), more.Next
	}
	return h, nil
}

// check holds a history against what lines read.
func (p *past) check(id projection.LineID, h *projection.LineHistory) error {
	if end := follow(p.joined, id); h.Line != end {
		return fmt.Errorf("line %v is %v, want %v", id, h.Line, end)
	}
	for i, q := range h.Passages {
		if err := p.passage(q); err != nil {
			return fmt.Errorf("passage %d, %+v, %v: %w", i, q, q.Parts(), err)
		}
		if who := h.Authors[q.Author]; who != p.who[q.From] || who != p.who[q.To] {
			return fmt.Errorf("passage %d, %+v, is not by %s", i, q, scripts.AuthorName(who))
		}
		if i > 0 && q.To > h.Passages[i-1].To {
			return fmt.Errorf("passage %d, %+v, is newer than the one before", i, q)
		}
		for _, other := range h.Passages[i+1:] { // an older one of the same line
			if other.Line == q.Line && other.To >= q.From {
				return fmt.Errorf("%+v and %+v overlap", q, other)
			}
		}
	}
	return p.covered(h)
}

func follow(joined map[projection.LineID]projection.LineID, id projection.LineID) projection.LineID {
	for {
		to, ok := joined[id]
		if !ok {
			return id
		}
		id = to
	}
}

// passage goes through one revision by revision: a unit that stays in the line
// keeps its kind.
func (p *past) passage(q *projection.Passage) error {
	text, was := p.at[q.From-1][q.Line]
	switch {
	case q.Line.Revision == q.From && !p.from[q.Line].IsZero():
		text = p.last(p.from[q.Line], q.From-1)
	case slices.Contains(q.Kinds, "redacted") || !was && q.Line.Revision < q.From: // it came back
		text = p.at[q.From][q.Line]
	}
	inserted := map[*character]bool{}
	var deleted []uint16
	begin := text
	for r := q.From; r <= q.To; r++ {
		next := p.at[r][q.Line]
		if r > q.Line.Revision && slices.Equal(strip(next), strip(text)) { // written over by the same, perhaps
			for i, c := range next {
				inserted[c.character] = inserted[text[i].character]
			}
			text = next
			continue
		}
		for _, c := range text {
			if !holds(next, c) && !inserted[c.character] {
				deleted = append(deleted, c.unit)
			}
		}
		for _, c := range next {
			inserted[c.character] = inserted[c.character] || !holds(text, c)
		}
		text = next
	}
	got := map[int][]uint16{} // by kind; 2: before, 3: after
	for _, part := range q.Parts() {
		u := scripts.Units(part.Text)
		got[part.Kind] = append(got[part.Kind], u...)
		if part.Kind <= 0 {
			got[2] = append(got[2], u...)
		}
		if part.Kind >= 0 {
			got[3] = append(got[3], u...)
		}
	}
	want := map[int][]uint16{2: strip(begin), 3: strip(text)}
	for _, c := range text {
		if inserted[c.character] {
			want[1] = append(want[1], c.unit)
		} else {
			want[0] = append(want[0], c.unit)
		}
	}
	for kind := range 4 {
		if p.net && kind < 2 { // what moved within the text is nobody's guess
			continue
		}
		if !slices.Equal(got[kind], want[kind]) {
			return fmt.Errorf("of kind %d there is %q, want %q", kind, ot.String(got[kind]), ot.String(want[kind]))
		}
	}
	if p.net {
		return p.times(q)
	}
	slices.Sort(deleted)
	if gone := slices.Sorted(slices.Values(got[-1])); !slices.Equal(gone, deleted) {
		return fmt.Errorf("%q is deleted, want %q in some order", ot.String(gone), ot.String(deleted))
	}
	return p.times(q)
}

// last returns what a line read at a revision, or last before it.
func (p *past) last(id projection.LineID, at eventlog.Revision) []stood {
	for ; at > 0; at-- {
		if text, ok := p.at[at][id]; ok {
			return text
		}
	}
	return nil
}

func (p *past) times(q *projection.Passage) error {
	if q.Start != int64(q.From)*1000 || q.End != int64(q.To)*1000 {
		return errors.New("its times are wrong")
	}
	return nil
}

func holds(all []stood, c stood) bool {
	return slices.ContainsFunc(all, func(o stood) bool { return o.character == c.character })
}

func strip(all []stood) []uint16 {
	var u []uint16
	for _, c := range all {
		u = append(u, c.unit)
	}
	return u
}

// covered finds a change to the line itself, or what it was split from, that no
// passage tells of.
func (p *past) covered(h *projection.LineHistory) error {
	for id, until := h.Line, len(p.at)-1; !id.IsZero(); id, until = p.from[id], int(id.Revision)-1 {
		for r := int(id.Revision); r <= until; r++ {
			now, is := p.at[r][id]
			before, was := p.at[r-1][id]
			if is == was && slices.Equal(strip(now), strip(before)) {
				continue
			}
			i := slices.IndexFunc(h.Passages, func(q *projection.Passage) bool {
				told := q.Line == id || p.net && !is && slices.Contains(q.Kinds, "joined") && h.Authors[q.Author] == p.who[r] // by the line that it is part of
				return told && int(q.From) <= r && r <= int(q.To)
			})
			if i < 0 {
				return fmt.Errorf("no passage tells what revision %d did to line %v", r, id)
			}
			if q := h.Passages[i]; h.Authors[q.Author] != p.who[r] {
				return fmt.Errorf("passage %+v is by another than revision %d", q, r)
			}
			if !is && was && p.joined[id].IsZero() && !p.net && !slices.Contains(h.Passages[i].Kinds, "deleted") {
				return fmt.Errorf("passage %+v does not tell of the end", h.Passages[i])
			}
		}
	}
	return nil
}

// lives checks the histories of all lines that ever were in a script.
func (s script) lives() (checked int, err error) {
	p, err := s.past()
	if err != nil {
		return 0, err
	}
	return p.lives()
}

func (p *past) lives() (checked int, err error) {
	for id := range p.from {
		h, err := p.history(id, 1000)
		if err == nil {
			err = p.check(id, h)
		}
		if err != nil {
			return checked, fmt.Errorf("line %v: %w", id, err)
		}
		paged, err := p.history(id, 2)
		if err != nil || len(paged.Passages) != len(h.Passages) {
			return checked, fmt.Errorf("line %v: %d passages on pages and %d on one, %v", id, len(paged.Passages), len(h.Passages), err)
		}
		checked += len(h.Passages)
	}
	return checked, nil
}

func TestLineHistoryAgreesWithOracle(t *testing.T) {
	defer projection.KeystrokeRule()() // which the oracle knows
	n := seeds.Rounds(500)
	draw := scripts.Seeded(seeds.For(t))
	passages := 0
	for i := range n {
		s := makeContrast(draw).script
		k, err := s.lives()
		if err != nil {
			for again := true; again; {
				again = false
				for i := len(s) - 1; i >= 0; i-- {
					less := slices.Delete(slices.Clone(s), i, i+1)
					if !less.fits() {
						continue
					}
					if _, bad := less.lives(); bad != nil {
						s, err, again = less, bad, true
						break
					}
				}
			}
			t.Fatalf("history %d: %v\n%v.lives()", i, err, s)
		}
		passages += k
	}
	t.Logf("%d passages", passages)
}

// TestLineHistoryTellsWhatLinesRead by the net law, in histories of people who slip,
// undo, cut, paste, join and part: each passage begins and ends with what its line
// read, and none is missing.
func TestLineHistoryTellsWhatLinesRead(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	passages := 0
	for i := range seeds.Rounds(300) {
		w, err := makeLife(draw, 60, false).live(projection.NewThread(scripts.Stream))
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.script.netPast()
		if err != nil {
			t.Fatal(err)
		}
		k, err := p.lives()
		if err != nil {
			t.Fatalf("history %d: %v\n%v", i, err, w.script)
		}
		passages += k
	}
	t.Logf("%d passages", passages)
}

// TestLineHistoryTellsOfASlip: Ben's Backspace gives Ada's line its row of before, and
// what he types then follows on his slip.
func TestLineHistoryTellsOfASlip(t *testing.T) {
	p, err := script{`ana [[0,"one"]]`, `ben [3,[0,"!"]]`, `ben [3,[1]]`, `ben [3,[0,"?"]]`, `ben [3,[1]]`}.netPast()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ben 2-5 [edited] [{one 0}]", "ana 1-1 [born] [{one 1}]"}
	if got := p.tell(t, projection.LineID{Revision: 1}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestLineHistoryCheckFindsFlaws is the negative control: a history that lacks
// a passage, or one that claims another's revisions or lines.
func TestLineHistoryCheckFindsFlaws(t *testing.T) {
	s := script{
		`ana [[0,"one two","three"]]`, `ben [3,[0,"!"],10]`, `ana [4,[4,"","2"],6]`, `cem [4,[1],7]`,
	}
	p, err := s.past()
	if err != nil {
		t.Fatal(err)
	}
	id := projection.LineID{Revision: 1}
	for name, spoil := range map[string]func(*projection.LineHistory){
		"the newest is missing":    func(h *projection.LineHistory) { h.Passages = h.Passages[1:] },
		"the oldest is missing":    func(h *projection.LineHistory) { h.Passages = h.Passages[:len(h.Passages)-1] },
		"one begins too early":     func(h *projection.LineHistory) { h.Passages[0].From-- },
		"one is of another line":   func(h *projection.LineHistory) { h.Passages[1].Line.Ordinal++ },
		"one is by another author": func(h *projection.LineHistory) { h.Passages[1].Author++ },
		"the order is another":     func(h *projection.LineHistory) { slices.Reverse(h.Passages) },
		"another line is reported": func(h *projection.LineHistory) { h.Line.Ordinal++ },
	} {
		h, err := p.history(id, 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.check(id, h); err != nil || len(h.Passages) < 3 {
			t.Fatalf("%d passages, %v", len(h.Passages), err)
		}
		if spoil(h); p.check(id, h) == nil {
			t.Errorf("nothing is wrong when %s", name)
		}
	}
}

// TestLineHistoryTellsWhatHappened shows what people read.
func TestLineHistoryTellsWhatHappened(t *testing.T) {
	s := script{
		`ana [[0,"Ship it"]]`,
		`ana [7,[0," now"]]`,
		`ben [4,[0,"",""],7]`, // Enter in the middle
		`ben submit 1 1`,
		`ben [5,[1],[0,"- "],6]`,
		`cem [4,[1],8]`, // taken back
		`ana [[4,"Go"],8]`,
		`ben redact 0 2`,
	}
	p, err := s.past()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ben 8-8 [redacted] [{██- it now 0}]",
		"ana 7-7 [edited] [{Ship -1} {Go 1} {- it now 0}]",
		"cem 6-6 [joined] [{Ship- it now 0}]",
		"ben 3-5 [split submitted edited] [{Ship  -1} {-  1} {it now 0}]",
		"ben 3-3 [split] [{Ship 0} { it now -1}]",
		"ana 1-2 [born edited] [{Ship it now 1}]",
	}
	got := p.tell(t, projection.LineID{Revision: 1})
	want[2] = "cem 6-6 [joined] [{Ship 1} {- it now 0}]" // the longer line is the one that stays
	if !slices.Equal(got, want) {
		t.Errorf("%q,\nwant %q", got, want)
	}
	s = append(s, `cem [[10]]`, `cem [[0,"x","y"]]`, `ana [[2],1]`)
	if p, err = s.past(); err != nil {
		t.Fatal(err)
	}
	if got := p.tell(t, projection.LineID{Revision: 10}); !slices.Equal(got, []string{"cem 10-10 [born] [{y 1}]"}) {
		t.Errorf("%q", got)
	}
	if _, err := p.history(projection.LineID{Revision: 2}, 5); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("a line that never was: %v", err)
	}
}

func (p *past) tell(t *testing.T, id projection.LineID) (all []string) {
	h, err := p.history(id, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range h.Passages {
		all = append(all, fmt.Sprintf("%s %d-%d %v %v", scripts.AuthorName(h.Authors[q.Author]), q.From, q.To, q.Kinds, q.Parts()))
	}
	return all
}
