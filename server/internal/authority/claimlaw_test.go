package authority

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// TestClaimsStateTheTruth is the law of claims. People type, delete, cut, paste and undo
// at the same time, on old revisions, too; some claim lies. An oracle knows the identity
// of every unit. Whatever a record states is true: each unit that it gives an origin is
// the one that was deleted, and so is each line, which no other line is. And every true
// claim holds.
func TestClaimsStateTheTruth(t *testing.T) {
	seed, runs := seeds.For(t), seeds.Rounds(2000)
	var all claimCount
	for i := range runs {
		n, flaw := claimHistory(t, seed+uint64(i), nil)
		if flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./server/internal/authority\n%s", seed+uint64(i), t.Name(), flaw)
		}
		all.add(n)
	}
	t.Logf("%d histories: %d of %d true claims hold, %d of %d lies state text that was deleted; %d lines", runs, all.held, all.truths, all.luck, all.lies, all.lines)
	if all.held < all.truths {
		t.Errorf("seed %d: only %d of %d true claims hold", seed, all.held, all.truths)
	}
}

// TestClaimsBelievedWithoutLookingAreSeen believes every claim.
func TestClaimsBelievedWithoutLookingAreSeen(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(100) {
		if _, flaw := claimHistory(t, seed+i, func(a *Authority) {
			a.memory.Believe = true
		}); flaw != "" {
			return
		}
	}
	t.Error("100 histories, and no lie was seen")
}

type claimCount struct{ truths, held, lies, luck, lines int }

func (n *claimCount) add(m claimCount) {
	n.truths, n.held, n.lies, n.luck, n.lines = n.truths+m.truths, n.held+m.held, n.lies+m.lies, n.luck+m.luck, n.lines+m.lines
}

// A claimWorld is a thread and an oracle: the same text once more, with the identity of
// each unit in its place.
type claimWorld struct {
	*scene
	rng    *rand.Rand
	hands  []*claimant
	texts  [][]uint16 // at each revision
	ids    [][]uint16
	logged []ot.Change // by revision
	idLog  []ot.Change
	before *projection.Thread      // at the revision before
	whose  map[uint16]event.Origin // who inserted a unit
	nextID uint16
	count  claimCount
	trace  []string
}

type claimant struct {
	*hand
	entries []eventlog.Revision // by seq
	undone  int                 // entries before this are not undone again
	cuts    []uint64
}

func claimHistory(t *testing.T, seed uint64, wrong func(*Authority)) (n claimCount, flaw string) {
	w := &claimWorld{scene: newScene(t, "one\ntwo two\n\nthree"), rng: rand.New(rand.NewPCG(seed, 0)), whose: map[uint16]event.Origin{}, nextID: 1000}
	w.texts, w.ids, w.logged, w.idLog = make([][]uint16, 3), make([][]uint16, 3), make([]ot.Change, 3), make([]ot.Change, 3)
	if wrong != nil {
		wrong(w.auth)
	}
	defer func() {
		if v := recover(); v != nil {
			flaw = fmt.Sprintf("panic: %v\n%s\n%s", v, debug.Stack(), strings.Join(w.trace, "\n"))
		}
	}()
	w.before = projection.NewThread(stream)
	for e := range w.events(0) {
		if _, err := w.before.Apply(e); err != nil {
			panic(err)
		}
	}
	w.texts[2] = units("one\ntwo two\n\nthree")
	w.ids[2] = w.fresh(len(w.texts[2]))
	w.note(2, w.ids[2])
	for i := range 2 + w.rng.IntN(3) {
		w.hands = append(w.hands, &claimant{hand: w.hand(fmt.Sprint(i), eventlog.AuthorID{byte(10 + w.rng.IntN(3))}), entries: []eventlog.Revision{0}, undone: 1})
	}
	for range 15 + w.rng.IntN(30) {
		if flaw := w.step(w.hands[w.rng.IntN(len(w.hands))]); flaw != "" {
			return w.count, flaw + "\n" + strings.Join(w.trace, "\n")
		}
	}
	return w.count, ""
}

func (w *claimWorld) head() eventlog.Revision { return w.auth.thread.Revision }

// note tells the oracle who inserted units, as the thread has it after a record.
func (w *claimWorld) note(rev eventlog.Revision, inserted []uint16) {
	in := map[uint16]bool{}
	for _, id := range inserted {
		in[id] = true
	}
	pos := 0
	for s := range w.auth.thread.Spans(0, w.auth.thread.Len()) {
		for range s.Length {
			if id := w.ids[rev][pos]; in[id] {
				w.whose[id] = event.Origin{Units: 1, Revision: s.Revision, Author: s.Author}
			}
			pos++
		}
	}
}

func (w *claimWorld) fresh(n int) []uint16 {
	out := make([]uint16, n)
	for i := range out {
		out[i] = w.nextID
		w.nextID++
	}
	return out
}

// step has somebody do something. It returns what is wrong with what the log states.
func (w *claimWorld) step(h *claimant) string {
	base := w.head() // of what the person sees
	if w.rng.IntN(3) == 0 {
		base -= min(eventlog.Revision(w.rng.IntN(4)), base-2)
	}
	if n := len(h.entries) - 1; n > 0 {
		base = max(base, h.entries[n])
	}
	text := w.texts[base]
	at := w.rng.IntN(len(text) + 1)
	to := at + w.rng.IntN(min(12, len(text)-at)+1)
	switch w.rng.IntN(9) {
	case 0, 1:
		return w.push(h, base, ot.Replace(len(text), at, at, w.words()), nil, wire.Claim{})
	case 2:
		return w.push(h, base, ot.Replace(len(text), at, to, w.words()), nil, wire.Claim{})
	case 3: // Backspaces
		for range min(1+w.rng.IntN(6), at) {
			base = w.head()
			if at = min(at, len(w.texts[base])); at == 0 {
				break
			}
			if flaw := w.push(h, base, ot.Replace(len(w.texts[base]), at-1, at, nil), nil, wire.Claim{}); flaw != "" {
				return flaw
			}
			at--
		}
		return ""
	case 4:
		h.cuts = append(h.cuts, uint64(len(h.entries)))
		return w.push(h, base, ot.Replace(len(text), at, to, nil), nil, wire.Claim{})
	case 5:
		return w.paste(h, base, at)
	case 6:
		return w.lie(h, base, at, to)
	}
	return w.undo(h, base)
}

func (w *claimWorld) words() []uint16 {
	return units([]string{"a", "b", "\n", "ab", "a\nb", "two", "\n\n", "x", "one\n"}[w.rng.IntN(9)])
}

// deletedBy returns the text, and the identities, that a record deleted.
func (w *claimWorld) deletedBy(rev eventlog.Revision) (text, ids []uint16) {
	for ed := range w.logged[rev].Edits() {
		text = append(text, w.texts[rev-1][ed.FromA:ed.ToA]...)
		ids = append(ids, w.ids[rev-1][ed.FromA:ed.ToA]...)
	}
	return text, ids
}

func (w *claimWorld) paste(h *claimant, base eventlog.Revision, at int) string {
	if len(h.cuts) == 0 {
		return ""
	}
	seq := h.cuts[w.rng.IntN(len(h.cuts))]
	text, ids := w.deletedBy(h.entries[seq])
	if len(text) == 0 {
		return ""
	}
	claim := wire.Claim{Pastes: seq}
	if w.rng.IntN(2) == 0 {
		claim = wire.Claim{Cut: h.entries[seq]}
	}
	return w.push(h, base, ot.Replace(len(w.texts[base]), at, at, text), ids, claim)
}

// lie claims that new text is deleted text that comes back.
func (w *claimWorld) lie(h *claimant, base eventlog.Revision, at, to int) string {
	n := uint64(len(h.entries) - 1)
	if n == 0 {
		return ""
	}
	from := 1 + w.rng.Uint64N(n)
	claim := []wire.Claim{undoes(from, from+w.rng.Uint64N(n+1-from)), {Pastes: from}, {Cut: 2 + eventlog.Revision(w.rng.IntN(int(w.head())))}}[w.rng.IntN(3)]
	w.count.lies++
	return w.push(h, base, ot.Replace(len(w.texts[base]), at, to, w.words()), nil, claim)
}

// undo takes back the newest entries of h that it has not undone, as CodeMirror does:
// their inverses, carried over what others did since.
func (w *claimWorld) undo(h *claimant, base eventlog.Revision) string {
	to := len(h.entries) - 1
	if to < h.undone {
		return ""
	}
	from := max(h.undone, to-w.rng.IntN(6))
	inverse, idInverse := w.inverse(h, from, to, base, w.texts, w.logged), w.inverse(h, from, to, base, w.ids, w.idLog)
	var ids []uint16
	for ed := range idInverse.Edits() {
		ids = append(ids, ed.Insert...)
	}
	h.undone = len(h.entries) + w.rng.IntN(2) // the undo is redone later, or not
	w.count.truths++
	return w.push(h, base, inverse, ids, undoes(uint64(from), uint64(to)))
}

func (w *claimWorld) inverse(h *claimant, from, to int, base eventlog.Revision, texts [][]uint16, log []ot.Change) ot.Change {
	own := h.entries[from : to+1]
	back := ot.Keep(len(texts[own[0]-1]))
	for rev := own[0]; rev <= base; rev++ {
		var err error
		if _, is := slices.BinarySearch(own, rev); is {
			var undo ot.Change
			if undo, err = log[rev].Invert(texts[rev-1]); err == nil {
				back, err = undo.Compose(back)
			}
		} else {
			back, err = back.Transform(log[rev], false)
		}
		if err != nil {
			panic(err)
		}
	}
	return back
}

// push sends a change. ids are the identities of what it inserts, nil for new text.
func (w *claimWorld) push(h *claimant, base eventlog.Revision, c ot.Change, ids []uint16, claim wire.Claim) string {
	w.trace = append(w.trace, fmt.Sprintf("%d: %s on %d: %s, claim %+v", w.head()+1, h.c.name, base, c, claim))
	h.hand.push(c, base, claim)
	rev := w.head()
	h.entries = append(h.entries, rev)
	var f event.Changed
	var e event.Event
	for e = range w.events(rev - 1) {
		f = e.Payload.(event.Changed)
	}
	now := w.fresh(c.Inserted()) // a copy has identities of its own
	if ids == nil {
		ids = now
	}
	w.advance(rev, f.Change, now)
	w.trace = append(w.trace, fmt.Sprintf("   states %v %v, reads %q", f.Origins, f.Lines, ot.String(w.texts[rev])))
	flaw := w.check(h, f, ids, claim)
	if flaw == "" {
		flaw = w.checkLines(f)
	}
	w.note(rev, now)
	if _, err := w.before.Apply(e); err != nil {
		panic(err)
	}
	return flaw
}

// advance applies a logged change to both texts.
func (w *claimWorld) advance(rev eventlog.Revision, c ot.Change, ids []uint16) {
	var b ot.Builder
	for ed := range c.Edits() {
		b.KeepTo(ed.FromA)
		b.Replace(ed.ToA-ed.FromA, ids[:len(ed.Insert)])
		ids = ids[len(ed.Insert):]
	}
	b.KeepTo(c.Len())
	idChange := b.Change()
	text, err := c.Apply(w.texts[rev-1])
	idText, err2 := idChange.Apply(w.ids[rev-1])
	if err != nil || err2 != nil {
		panic(fmt.Sprint(err, err2))
	}
	w.texts, w.ids = append(w.texts, text), append(w.ids, idText)
	w.logged, w.idLog = append(w.logged, c), append(w.idLog, idChange)
}

// check compares stated origins with the oracle's.
func (w *claimWorld) check(h *claimant, f event.Changed, ids []uint16, claim wire.Claim) string {
	if claim == (wire.Claim{}) {
		if f.States() {
			return "something is stated without a claim"
		}
		return ""
	}
	at := 0
	for _, o := range f.Origins {
		for range o.Units {
			want, known := w.whose[ids[at]]
			if !known { // new text, by a lie: then it must be what those entries deleted
				w.count.luck++
				return w.luck(h, f, claim)
			}
			if o.Revision != want.Revision || o.Author != want.Author {
				return fmt.Sprintf("unit %d is of revision %d by %d, and stated as of %d by %d", at, want.Revision, want.Author, o.Revision, o.Author)
			}
			at++
		}
	}
	if len(f.Origins) > 0 && claim.Undoes[1] > 0 {
		if _, known := w.whose[ids[0]]; known {
			w.count.held++
		}
	} else if claim.Undoes[1] > 0 && len(ids) == 0 {
		w.count.held++ // nothing comes back
	}
	return ""
}

// luck checks a lie that holds: the text inserted is what one entry deleted, or may be
// what several did.
func (w *claimWorld) luck(h *claimant, f event.Changed, claim wire.Claim) string {
	var inserted, deleted []uint16
	for ed := range f.Change.Edits() {
		inserted = append(inserted, ed.Insert...)
	}
	from, to := claim.Undoes[0], claim.Undoes[1]
	if claim.Pastes > 0 {
		from, to = claim.Pastes, claim.Pastes
	}
	for seq := from; seq > 0 && seq <= to; seq++ {
		text, _ := w.deletedBy(h.entries[seq])
		deleted = append(deleted, text...)
	}
	if claim.Cut > 0 {
		deleted, _ = w.deletedBy(claim.Cut)
	}
	left := slices.Clone(deleted)
	for _, u := range inserted {
		i := slices.Index(left, u)
		if i < 0 {
			return fmt.Sprintf("%q is stated as old, and %q was deleted", ot.String(inserted), ot.String(deleted))
		}
		left = slices.Delete(left, i, i+1)
	}
	return ""
}

// checkLines checks that stated lines are pieces that the change touches, and each a
// line that is nowhere else.
func (w *claimWorld) checkLines(f event.Changed) string {
	before := w.before
	touched, untouched := map[int]bool{}, map[projection.LineID]bool{}
	text := w.texts[w.head()]
	for ed := range f.Change.Edits() {
		for i := breaksIn(text[:ed.FromB]); i <= breaksIn(text[:ed.ToB]); i++ {
			touched[i] = true
		}
	}
	for r := range before.Rows() {
		untouched[r.ID] = true
	}
	for ed := range f.Change.Edits() {
		for i := before.LineAt(ed.FromA); i <= before.LineAt(ed.ToA); i++ {
			delete(untouched, before.Row(i).ID)
		}
	}
	given := map[projection.LineID]bool{}
	for _, l := range f.Lines {
		w.count.lines++
		id := projection.LineID{Revision: l.Born, Ordinal: uint32(l.Ordinal)}
		switch {
		case !touched[l.Piece]:
			return fmt.Sprintf("line %d is stated and not touched", l.Piece)
		case untouched[id]:
			return fmt.Sprintf("line %d is stated as %s, which another line is", l.Piece, id)
		case given[id]:
			return fmt.Sprintf("two lines are stated as %s", id)
		case id.Revision >= w.head() || l.Revision >= w.head():
			return fmt.Sprintf("line %d is stated as %s with revision %d", l.Piece, id, l.Revision)
		}
		given[id] = true
		// Text that reads as when the stretch began has the lines and rows of then.
		if row := w.auth.thread.Row(l.Piece); row.ID.Revision == w.head() || row.Revision == w.head() {
			return fmt.Sprintf("line %d is stated as %s with revision %d, and is %s with %d", l.Piece, id, l.Revision, row.ID, row.Revision)
		}
	}
	return ""
}
