package projection_test

import (
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection/claims"
)

// A person writes in a world.
type person struct {
	name   string
	client eventlog.ClientID
	seq    uint64                 // of the newest record
	todo   []func(w *world) error // what is begun, the next step first
	done   []deed                 // what can be undone
}

// A deed is a record that can be undone.
type deed struct {
	at  int // in world.log
	seq uint64
}

var words = []string{"a", "bo", "cat", "dusk", "egret", "fir tree", "gull", "hay", "iris", "jay", "kelp", "lime"}

// step lets somebody do something.
func (w *world) step() error {
	p := w.people[w.draw(len(w.people))]
	if len(w.glyphs) == 0 && !w.thread.Written {
		var text string
		for i := range 2 + w.draw(4) {
			if i > 0 {
				text += "\n"
			}
			text += words[w.draw(len(words))] + " " + words[w.draw(len(words))]
		}
		return w.change(w.people[0], fresh(text), nil)
	}
	if len(p.todo) > 0 && w.draw(3) > 0 {
		next := p.todo[0]
		p.todo = p.todo[1:]
		return next(w)
	}
	acts := []func(*person) error{
		w.word, w.word, w.slip, w.slip, w.slip, w.lineInFront, w.joinAndPart, w.joinAndPart, w.partAndJoin, w.deleteAll,
		w.deleteLine, w.deleteWord, w.cutAndPaste, w.undo, w.undo, w.undo, w.enter, w.backspace, w.altDown, w.submit, w.retype,
	}
	if w.claims {
		acts = append(acts, w.lie, w.vandal)
	}
	return acts[w.draw(len(acts))](p)
}

// vandal deletes a line, types the same words in front of another one, and undoes.
func (w *world) vandal(p *person) error {
	from, to := w.someLine()
	if from == to || to == len(w.glyphs) {
		return nil
	}
	in := fresh(textOf(w.glyphs[from : to+1]))
	p.todo = append([]func(*world) error{func(w *world) error {
		from, _ := w.someLine()
		return w.insert(p, from, in...)
	}, w.undoNext(p)}, p.todo...)
	return w.delete(p, from, to+1)
}

// lie types other text than the newest record deleted, and claims to undo that.
func (w *world) lie(p *person) error {
	if len(p.done) == 0 {
		return nil
	}
	d := p.done[len(p.done)-1]
	var in []*glyph
	for ed := range w.log[d.at].Edits() {
		for _, id := range w.texts[d.at][ed.FromA:ed.ToA] {
			in = append(in, &glyph{unit: max('a', w.all[id].unit+1)})
		}
	}
	if len(in) == 0 {
		return nil
	}
	now := slices.Insert(slices.Clone(w.glyphs), w.pos(), in...)
	return w.deed(p, w.diff(now, nil), claims.Claim{Undoes: [2]uint64{d.seq, d.seq}})
}

func fresh(s string) (all []*glyph) {
	for _, u := range s {
		all = append(all, &glyph{unit: uint16(u)})
	}
	return all
}

// do makes a change and remembers it for undo.
func (w *world) do(p *person, now []*glyph) error { return w.doMoved(p, now, nil) }

func (w *world) doMoved(p *person, now []*glyph, moved map[*glyph]bool) error {
	return w.deed(p, w.diff(now, moved), claims.Claim{})
}

func (w *world) deed(p *person, c ot.Change, claim claims.Claim) error {
	p.done = append(p.done, deed{len(w.log), p.seq + 1})
	return w.apply(p, c, claim)
}

func (w *world) insert(p *person, at int, in ...*glyph) error {
	return w.do(p, slices.Insert(slices.Clone(w.glyphs), at, in...))
}

func (w *world) delete(p *person, from, to int) error {
	if from == to {
		return nil
	}
	return w.do(p, slices.Delete(slices.Clone(w.glyphs), from, to))
}

// after returns the position behind g, or behind the nearest before it in text that is
// still there.
func (w *world) after(g *glyph, text []*glyph) int {
	for i := slices.Index(text, g); i >= 0; i-- {
		if at := slices.Index(w.glyphs, text[i]); at >= 0 {
			return at + 1
		}
	}
	return 0
}

func (w *world) pos() int { return w.draw(len(w.glyphs) + 1) }

// lineAt returns a line's bounds.
func (w *world) someLine() (from, to int) {
	lines := split(w.glyphs)
	i := w.draw(len(lines))
	for _, l := range lines[:i] {
		from += len(l) + 1
	}
	return from, from + len(lines[i])
}

// keys types glyphs one by one behind g, in records that others can come between.
func (w *world) keys(p *person, at int, in []*glyph) error {
	if len(in) == 0 {
		return nil
	}
	if len(in) > 1 {
		first, rest := in[0], in[1:]
		p.todo = append([]func(*world) error{func(w *world) error {
			at := slices.Index(w.glyphs, first)
			if at < 0 {
				return nil
			}
			return w.keys(p, at+1, rest)
		}}, p.todo...)
	}
	return w.insert(p, at, in[0])
}

// take deletes glyphs, the last one first, in records of one each.
func (w *world) take(p *person, gone []*glyph) error {
	if len(gone) == 0 {
		return nil
	}
	last, rest := gone[len(gone)-1], gone[:len(gone)-1]
	if len(rest) > 0 {
		p.todo = append([]func(*world) error{func(w *world) error { return w.take(p, rest) }}, p.todo...)
	}
	at := slices.Index(w.glyphs, last)
	if at < 0 {
		return nil
	}
	return w.delete(p, at, at+1)
}

func (w *world) word(p *person) error { return w.keys(p, w.pos(), fresh(words[w.draw(6)])) }

// slip types something wrong and takes it back, key by key.
func (w *world) slip(p *person) error {
	in := fresh([]string{"x", "xy", "q"}[w.draw(3)])
	p.todo = append(p.todo, func(w *world) error { return w.take(p, in) })
	return w.keys(p, w.pos(), in)
}

func (w *world) lineInFront(p *person) error {
	from, _ := w.someLine()
	return w.keys(p, from, fresh(words[w.draw(len(words))]+[]string{"", " and much more"}[w.draw(2)]+"\n"))
}

// joinAndPart joins two lines and parts them again.
func (w *world) joinAndPart(p *person) error {
	_, to := w.someLine()
	if to == len(w.glyphs) {
		return nil
	}
	g, text := w.glyphs[to], w.glyphs
	p.todo = append(p.todo, func(w *world) error { return w.insert(p, w.after(g, text), &glyph{unit: '\n'}) })
	return w.delete(p, to, to+1)
}

func (w *world) partAndJoin(p *person) error {
	g := &glyph{unit: '\n'}
	p.todo = append(p.todo, func(w *world) error { return w.take(p, []*glyph{g}) })
	return w.insert(p, w.pos(), g)
}

func (w *world) deleteAll(p *person) error {
	if w.draw(3) > 0 || len(w.glyphs) == 0 {
		return nil
	}
	p.todo = append([]func(*world) error{w.undoNext(p)}, p.todo...)
	return w.delete(p, 0, len(w.glyphs))
}

func (w *world) undoNext(p *person) func(*world) error {
	return func(w *world) error { return w.undo(p) }
}

func (w *world) deleteLine(p *person) error {
	from, to := w.someLine()
	if w.draw(2) == 0 {
		p.todo = append(p.todo, w.undoNext(p))
	}
	switch {
	case to < len(w.glyphs):
		return w.delete(p, from, to+1)
	case from > 0:
		return w.delete(p, from-1, to)
	}
	return w.delete(p, from, to)
}

func (w *world) deleteWord(p *person) error {
	from := w.pos()
	to := min(len(w.glyphs), from+1+w.draw(4))
	if w.draw(2) == 0 {
		p.todo = append(p.todo, w.undoNext(p))
	}
	return w.delete(p, from, to)
}

// retype deletes a line's text and types the same again.
func (w *world) retype(p *person) error {
	from, to := w.someLine()
	in := fresh(textOf(w.glyphs[from:to]))
	if from == to || len(in) > 9 {
		return nil
	}
	left := (*glyph)(nil)
	if from > 0 {
		left = w.glyphs[from-1]
	}
	text := w.glyphs
	p.todo = append(p.todo, func(w *world) error { return w.keys(p, w.after(left, text), in) })
	return w.delete(p, from, to)
}

// cutAndPaste cuts a line and pastes it elsewhere.
func (w *world) cutAndPaste(p *person) error {
	from, to := w.someLine()
	if to == len(w.glyphs) {
		return nil
	}
	clip := w.glyphs[from : to+1]
	cut := p.seq + 1
	p.todo = append(p.todo, func(w *world) error {
		from, _ := w.someLine()
		var b ot.Builder
		b.Edit(from, from, idsOf(clip))
		b.KeepTo(len(w.glyphs))
		return w.deed(p, b.Change(), claims.Claim{Pastes: cut})
	})
	return w.delete(p, from, to+1)
}

// undo undoes the person's newest records as CodeMirror does: up to three, one behind
// the other.
func (w *world) undo(p *person) error {
	n := len(p.done)
	first := n
	for range 1 + w.draw(3) {
		if first == 0 || first < n && p.done[first-1].seq+1 != p.done[first].seq {
			break
		}
		first--
	}
	if first == n {
		return nil
	}
	own := p.done[first:]
	p.done = p.done[:first]
	back, err := w.inverse(own)
	if err != nil || back.IsEmpty() {
		return err
	}
	return w.apply(p, back, claims.Claim{Undoes: [2]uint64{own[0].seq, own[len(own)-1].seq}}, own...)
}

// inverse returns the inverses of records, carried over what others did since.
func (w *world) inverse(own []deed) (back ot.Change, err error) {
	back = ot.Keep(len(w.texts[own[0].at]))
	for at := own[0].at; at < len(w.log) && err == nil; at++ {
		if len(own) > 0 && own[0].at == at {
			var undo ot.Change
			if undo, err = w.log[at].Invert(w.texts[at]); err == nil {
				back, err = undo.Compose(back)
			}
			own = own[1:]
		} else {
			back, err = back.Transform(w.log[at], false)
		}
	}
	return back, err
}

func (w *world) enter(p *person) error { return w.insert(p, w.pos(), &glyph{unit: '\n'}) }

func (w *world) backspace(p *person) error {
	if at := w.pos(); at > 0 {
		return w.delete(p, at-1, at)
	}
	return nil
}

// altDown moves a line below the next one, as CodeMirror does it: it moves the next
// one.
func (w *world) altDown(p *person) error {
	from, to := w.someLine()
	if to == len(w.glyphs) {
		return nil
	}
	end := to + 1
	for end < len(w.glyphs) && w.glyphs[end].unit != '\n' {
		end++
	}
	next := w.glyphs[to+1 : end]
	if len(next) == 0 {
		return nil
	}
	moved := map[*glyph]bool{}
	for _, g := range next {
		moved[g] = true
	}
	now := slices.Concat(w.glyphs[:from], next, []*glyph{{unit: '\n'}}, w.glyphs[from:to], w.glyphs[end:])
	return w.doMoved(p, now, moved)
}

func (w *world) submit(p *person) error {
	i := w.draw(len(split(w.glyphs)))
	return w.record(p, fmt.Sprintf("submit %d %d", i, i), w.glyphs, nil)
}
