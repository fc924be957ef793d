package authority

import (
	"context"
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/linediff"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

// A Write is a whole text of an author who is not connected.
type Write struct {
	Author eventlog.AuthorID
	Text   string
	// Base is the revision from whose text the author made Text. 0 is the head at
	// the call: Text replaces whatever stands there.
	Base eventlog.Revision
	// Exact refuses the write as stale if the head is not at Base.
	Exact bool
}

// A Written is the outcome of a Write.
type Written struct {
	Head     eventlog.Revision // with the write
	Merged   int               // changes after the base that the write was carried over
	Overlaps []Overlap         // ascending, without common lines
}

// Put appends, as one record, the difference between the text of w.Base and
// w.Text, carried over what was logged since, entry by entry, as a push is. It
// appends nothing if nothing is left of the difference. The text of others stays.
// If text was redacted since, the write is refused as stale: w.Text may contain the redacted
// part.
//
// The caller's goroutine reads the text of the base, compares, and carries the
// difference over all but the newest entries. The authority's own goroutine does
// the rest.
func (a *Authority) Put(ctx context.Context, w Write) (Written, error) {
	var m *merge
	for {
		out, done, err := a.putBefore(ctx, w)
		switch {
		case done || err != nil:
			return out, err
		case m == nil:
			m, err = a.difference(ctx, w)
		default:
			_, err = pool.Do(ctx, a.cfg.Pool, "", func(ctx context.Context) (*merge, error) { return m, m.advance(ctx, a.cfg.Log) })
		}
		if err != nil {
			return Written{}, err
		}
		out, again, err := a.putMerge(ctx, w, m)
		if err != nil || !again {
			return out, err
		}
	}
}

// putBefore returns what Put returned for a write with the same key, and whether
// there was one.
func (a *Authority) putBefore(ctx context.Context, w Write) (out Written, done bool, err error) {
	k, ok := KeyOf(ctx)
	if !ok {
		return out, false, nil
	}
	answer := make(chan *wire.Error, 2)
	if err := a.View(ctx, func(t *projection.Thread, _ chain.Digest) {
		c, known := t.Client(k.Client)
		switch {
		case !known:
			answer <- nil
		case c.Seq != k.Digest:
			answer <- ErrOtherRequest
		default:
			close(answer)
		}
	}); err != nil {
		return out, false, err
	}
	switch f, fresh := <-answer; {
	case f != nil:
		return out, false, f
	case fresh:
		return out, false, nil
	}
	var m *merge
	if w.Base != 0 {
		if m, err = a.difference(ctx, Write{Text: w.Text, Base: w.Base}); err != nil {
			return out, false, err
		}
	}
	for e, err := range event.Decoded(a.cfg.Log.Read(ctx, a.cfg.Stream, w.Base)) {
		switch {
		case err != nil:
			return out, false, err
		case e.Client == k.Client:
			return a.wrote(ctx, m, e.Revision)
		case m != nil:
			if f := m.over(e); f != nil {
				return out, false, f
			}
		}
	}
	return out, false, wire.Errorf(wire.Unknown, "the record of this request is not there any more")
}

// wrote returns the outcome of a write that is at a revision. m is its merge, nil if
// it had no base.
func (a *Authority) wrote(ctx context.Context, m *merge, at eventlog.Revision) (Written, bool, error) {
	out := Written{Head: at}
	if m == nil {
		return out, true, nil
	}
	if out.Merged = m.merged; !m.touched {
		return out, true, nil
	}
	t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, at)
	if err != nil {
		return out, false, err
	}
	out.Overlaps = m.overlaps(t.Units(0, t.Len()))
	return out, true, nil
}

// difference returns the difference that w makes to the text of its base.
func (a *Authority) difference(ctx context.Context, w Write) (*merge, error) {
	if f := validText(w.Text); f != nil {
		return nil, f
	}
	base, text, err := a.textOf(ctx, w)
	if err != nil {
		return nil, err
	}
	return pool.Do(ctx, a.cfg.Pool, "", func(context.Context) (*merge, error) {
		c, err := linediff.Diff(text, w.Text)
		if err != nil {
			return nil, wire.Errorf(wire.BadValue, "%v", err)
		}
		before, err := ot.Units(text)
		if err != nil {
			return nil, err
		}
		return newMerge(a.cfg.Stream, base, c, before), nil
	})
}

// validText refuses a text that no thread can have.
func validText(text string) *wire.Error {
	for line := range strings.SplitSeq(text, "\n") {
		if err := ot.ValidLine(line); err != nil {
			return wire.Errorf(wire.BadValue, "%v", err)
		}
	}
	return nil
}

// textOf returns the base of w, and its text.
func (a *Authority) textOf(ctx context.Context, w Write) (eventlog.Revision, string, error) {
	type seen struct {
		head eventlog.Revision
		text string
		has  bool
	}
	answer := make(chan seen, 1) // the view may still run when View has returned
	err := a.View(ctx, func(t *projection.Thread, _ chain.Digest) {
		s := seen{head: t.Revision}
		if w.Base == 0 || w.Base == t.Revision {
			s.text, s.has = t.Text(), true
		}
		answer <- s
	})
	if err != nil {
		return 0, "", err
	}
	s := <-answer
	switch {
	case s.has:
		return s.head, s.text, nil
	case w.Base > s.head:
		return 0, "", staleAt(s.head, "revision %d does not exist: the head is %d", w.Base, s.head)
	case w.Exact:
		return 0, "", notAt(s.head, w.Base)
	}
	text, err := pool.Do(ctx, a.cfg.Pool, fmt.Sprintf("text %s %d", a.cfg.Stream, w.Base), func(ctx context.Context) (string, error) {
		t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, w.Base)
		if err != nil {
			return "", err
		}
		return t.Text(), nil
	})
	return w.Base, text, err
}

// staleAt returns the error of a text that cannot be written over a head.
func staleAt(head eventlog.Revision, format string, args ...any) *wire.Error {
	err := wire.Errorf(wire.Stale, format+": read the text again", args...)
	err.Head = head
	return err
}

func notAt(head, base eventlog.Revision) *wire.Error {
	return staleAt(head, "the thread is at revision %d, not %d", head, base)
}

// carryInside is how many entries the authority's own goroutine carries a
// difference over.
const carryInside = 64

// putMerge carries m over the newest entries and appends it. If there are too many
// of them, again is true.
func (a *Authority) putMerge(ctx context.Context, w Write, m *merge) (out Written, again bool, err error) {
	type outcome struct {
		Written
		again bool
		after []uint16 // the text, if there are overlaps
	}
	answer := make(chan outcome, 1) // a canceled request may be served later
	err = a.wait(ctx, request{edit: func() *wire.Error {
		if done, f := a.again(ctx); done || f != nil { // it came twice at once
			answer <- outcome{again: true}
			return f
		}
		if w.Exact && w.Base != a.thread.Revision {
			return notAt(a.thread.Revision, w.Base)
		}
		if a.thread.Revision > m.at+carryInside || m.at < a.recent.base {
			answer <- outcome{again: true}
			return nil
		}
		if f := a.carryOn(m); f != nil {
			return f
		}
		changes := []ot.Change{m.change}
		if f := a.validate(changes); f != nil {
			return f
		}
		if !m.change.IsEmpty() {
			client, seq := a.origin(ctx)
			a.record(event.Changed{Change: m.change}, w.Author, client, seq)
		}
		o := outcome{Written: Written{Head: a.thread.Revision, Merged: m.merged}}
		if m.touched {
			o.after = a.thread.Units(0, a.thread.Len())
		}
		answer <- o
		return nil
	}})
	if err != nil {
		return out, false, err
	}
	o := <-answer
	o.Overlaps = m.overlaps(o.after)
	return o.Written, o.again, nil
}

// carryOn carries m over the entries up to the thread's revision.
func (a *Authority) carryOn(m *merge) *wire.Error {
	if m.at > a.thread.Revision {
		return staleAt(a.thread.Revision, "revision %d does not exist: the head is %d", m.at, a.thread.Revision)
	}
	over, ok := a.since(m.at)
	if !ok || !a.walk(cost([]ot.Change{m.change}, over)) {
		return staleAt(a.thread.Revision, "the difference is too large to carry over %d entries", a.thread.Revision-m.at)
	}
	for _, e := range over {
		if f := m.over(e); f != nil {
			return f
		}
	}
	return nil
}

// append records the change that find returns, unless it is empty. If expected is
// not 0, the head must be at that revision.
func (a *Authority) append(ctx context.Context, author eventlog.AuthorID, expected eventlog.Revision, find func() (event.Changed, *wire.Error)) (eventlog.Revision, error) {
	var head eventlog.Revision
	err := a.wait(ctx, request{edit: func() *wire.Error {
		if done, f := a.again(ctx); done || f != nil {
			head = a.thread.Revision
			return f
		}
		if expected != 0 && expected != a.thread.Revision {
			return a.stale("the thread is at revision %d, not %d", a.thread.Revision, expected)
		}
		c, f := find()
		if f != nil {
			return f
		}
		if !c.Change.IsEmpty() {
			client, seq := a.origin(ctx)
			a.record(c, author, client, seq)
		}
		head = a.thread.Revision
		return nil
	}})
	return head, err
}
