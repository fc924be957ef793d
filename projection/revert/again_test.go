package revert_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection/revert"
	"parodywave/projection/scripts"
)

// A thread that was reverted: a log that grows by what plans say.
type reverted struct {
	log  eventlog.AuditLog
	text []uint16
	head eventlog.Revision
	mute bool // plans are recorded without their origins, in two parts
}

func (r reversal) begin(mute bool) (*reverted, error) {
	log, text, err := r.log()
	return &reverted{log, text, eventlog.Revision(len(r.script)), mute}, err
}

// record appends a change of an author.
func (v *reverted) record(author string, f event.Changed) (err error) {
	rec := event.Encode(f)
	v.head++
	rec.Time, rec.Author = int64(v.head)*1000, scripts.AuthorID(author)
	if _, err = v.log.Append(context.Background(), scripts.Stream, v.head-1, rec); err == nil {
		v.text, err = f.Change.Apply(v.text)
	}
	return err
}

// revert takes edits back in the name of an author, and says by what plan.
func (v *reverted) revert(by string, mine func(e *event.Event) bool) (p revert.Plan, err error) {
	x, err := revert.Replay(context.Background(), v.log, scripts.Stream, mine)
	if err != nil {
		return p, err
	}
	if p = x.Plan(); p.Change.IsEmpty() {
		return p, nil
	}
	if v.mute && p.Change.Inserted() > 0 {
		return p, v.inTwo(by, p.Change)
	}
	return p, v.record(by, p.Changed)
}

// inTwo records a change as an editor may that knows of no origins: the last character
// that it inserts follows in a record of its own.
func (v *reverted) inTwo(by string, c ot.Change) error {
	var all []ot.Edit
	for ed := range c.Edits() {
		all = append(all, ed)
	}
	last := len(all) - 1
	for len(all[last].Insert) == 0 {
		last--
	}
	ins := all[last].Insert
	n := len(ins) - 1
	if !ot.Boundary(ins, n) {
		n--
	}
	var b ot.Builder
	for i, ed := range all {
		if i == last {
			ed.Insert = ins[:n]
		}
		b.Edit(ed.FromA, ed.ToA, ed.Insert)
	}
	b.KeepTo(len(v.text))
	if err := v.record(by, event.Changed{Change: b.Change()}); err != nil {
		return err
	}
	at := all[last].FromB + n
	return v.record(by, event.Changed{Change: ot.Replace(len(v.text), at, at, ins[n:])})
}

// byAuthor asks for an author's edits.
func byAuthor(name string) func(e *event.Event) bool {
	return func(e *event.Event) bool { return scripts.AuthorName(e.Author) == name }
}

// alternates holds the laws of taking back again: the same edits, when nothing was written
// since, leave nothing to do; and the taking back, taken back, gives the text of before.
func (r reversal) alternates(mute bool) error {
	v, err := r.begin(mute)
	if err != nil {
		return err
	}
	before := v.text
	if _, err = v.revert("dan", r.mine); err != nil {
		return err
	}
	head := v.head
	if p, err := v.revert("dan", r.mine); err != nil || v.head != head {
		return fmt.Errorf("%q, taken back again, becomes %q by %s: %v", ot.String(before), ot.String(v.text), p.Change, err)
	}
	if _, err = v.revert("fay", byAuthor("dan")); err == nil && !slices.Equal(v.text, before) {
		err = fmt.Errorf("fay takes dan's taking back back: %q, want %q", ot.String(v.text), ot.String(before))
	}
	return err
}

// shrunk leaves lines out that need not be there for law to fail.
func (r reversal) shrunk(law func(reversal) error) (reversal, error) {
	err := law(r)
	for i := len(r.script) - 1; i >= 0; i-- {
		less := r
		less.script = slices.Delete(slices.Clone(r.script), i, i+1)
		if i+1 < r.from {
			less.from--
		}
		if i+1 <= r.to {
			less.to--
		}
		if less.fits() {
			if shorter := law(less); shorter != nil {
				r, err, i = less, shorter, len(less.script)
			}
		}
	}
	return r, err
}

// TestReversalTwiceIsOnce holds the law for histories with moves and without.
func TestReversalTwiceIsOnce(t *testing.T) {
	draw, tried := scripts.Seeded(seeds.For(t)), 0
	for i := range rounds(t, 3000) {
		r := []func(scripts.Source) reversal{makeReversal, makeMoving}[i%2](draw)
		tried++
		law := func(r reversal) error { return r.alternates(false) }
		if law(r) != nil {
			r, err := r.shrunk(law)
			t.Fatalf("history %d: %v\n%v.alternates(false)", i, err, r)
		}
	}
	t.Logf("%d histories", tried)
}

// The law has teeth: reversals whose origins are lost double the text of others.
func TestReversalsWithoutOriginsDouble(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for i := range 3000 {
		r := []func(scripts.Source) reversal{makeReversal, makeMoving}[i%2](draw)
		if err := r.alternates(true); err != nil {
			r, err := r.shrunk(func(r reversal) error { return r.alternates(true) })
			t.Logf("found out by history %d: %v\n%v", i, err, r)
			return
		}
	}
	t.Fatal("nothing is wrong without origins")
}

// TestReversalTakesBackOnlyWhatIsNew: each text is of eve; mal deletes and writes; zoe
// takes mal's edits back, each time all of them.
func TestReversalTakesBackOnlyWhatIsNew(t *testing.T) {
	for name, test := range map[string]struct {
		script []string // "revert": zoe takes mal's edits back
		want   string
	}{
		"a line":                          {[]string{`eve [[0,"keep me","end"]]`, `mal [[8],3]`, "revert", `mal [[0,"new",""],11]`, "revert"}, "keep me\nend"},
		"a line deleted again":            {[]string{`eve [[0,"keep me","end"]]`, `mal [[8],3]`, "revert", `mal [[8],3]`, "revert"}, "keep me\nend"},
		"what others deleted since":       {[]string{`eve [[0,"keep me","end"]]`, `mal [[8],3]`, "revert", `eve [[6],5]`, `mal [5,[0,"!"]]`, "revert"}, "e\nend"},
		"a line typed below":              {[]string{`eve [[0,"keep me","end"]]`, `mal [[8],3]`, `mal [3,[0,"","keep me"]]`, "revert", `mal [11,[0,"!"]]`, "revert"}, "keep me\nend"},
		"what zoe's own edits took along": {[]string{`eve [[0,"a","b","c"]]`, `mal [[2],3]`, "revert", `zoe [5,[0,"!"]]`, "revert"}, "a\nb\nc!"},
	} {
		v := &reverted{log: eventlog.NewMemory()}
		for _, line := range test.script {
			var err error
			if line == "revert" {
				_, err = v.revert("zoe", byAuthor("mal"))
			} else {
				e, err2 := scripts.Event(int(v.head)+1, line, v.text)
				if err = err2; err == nil {
					err = v.record(line[:3], e.Payload.(event.Changed))
				}
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", name, line, err)
			}
		}
		if ot.String(v.text) != test.want {
			t.Errorf("%s: %q, want %q", name, ot.String(v.text), test.want)
		}
	}
}
