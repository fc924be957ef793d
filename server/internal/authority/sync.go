package authority

import (
	"maps"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// resyncPause is the least time between two resyncs of a line-mode peer, in
// milliseconds.
const resyncPause = 500

// follow keeps line mode in step with an entry that was just folded in.
func (a *Authority) follow(ent entry, eff *projection.Effect) {
	if len(a.lines) == 0 {
		return
	}
	c, changed := change(ent.event)
	above := structural(a.thread, eff.Hunks)
	for _, l := range a.lines {
		l.due = l.due || above
		if !l.id.IsZero() {
			l.id, l.index = followLine(a.thread, eff.Hunks, l.id, l.index)
		}
		if changed {
			if l.own != nil {
				l.own.pass(c)
			}
			for _, v := range l.delivered {
				v.pass(c)
			}
		}
		for i := range l.receipts {
			r := &l.receipts[i]
			_, r.index = followLine(a.thread, eff.Hunks, r.id, r.index)
			if changed && r.merged != nil {
				r.merged.pass(c)
			}
		}
	}
	for _, i := range eff.Touched {
		a.batch.touched[i] = ent.event.Revision
	}
}

// structural reports whether lines were inserted, removed or moved otherwise
// than by adding some at the end.
func structural(t *projection.Thread, hunks []projection.Hunk) bool {
	for _, h := range hunks {
		n := len(h.Old)
		if len(h.New) < n || !slices.Equal(h.Old, h.New[:n]) || h.NewAt+len(h.New) != t.LineCount() {
			return true
		}
	}
	return false
}

// followLine returns where a line is after hunks, and under which identity: it
// may have been joined into another. The index is -1 when it is dead.
func followLine(t *projection.Thread, hunks []projection.Hunk, id projection.LineID, index int) (projection.LineID, int) {
	if index < 0 {
		return id, index
	}
	shift := 0
	for _, h := range hunks {
		if index < h.At {
			break
		}
		if index < h.At+len(h.Old) {
			id = t.Resolve(id)
			for _, h := range hunks { // a move may have taken it into another hunk
				if k := slices.Index(h.New, id); k >= 0 {
					return id, h.NewAt + k
				}
			}
			return id, -1
		}
		shift = h.NewAt + len(h.New) - h.At - len(h.Old)
	}
	return id, index + shift
}

// settleLines is for what was just appended. Receipts go out at once, and with
// one what its peer had not been told before: what a client in line mode takes
// itself to be typing on depends on what it knows of the line.
func (a *Authority) settleLines() {
	if len(a.lines) == 0 {
		return
	}
	maps.Copy(a.fanout.touched, a.batch.touched)
	clear(a.batch.touched)
	for p, l := range a.lines {
		l.fresh, l.durable = 0, l.id
		switch {
		case l.due:
			l.hold()
			a.resync(p, l)
		case len(l.receipts) > 0:
			a.inform(p, l, a.touchedAfter(l.told))
		}
	}
}

// touchedAfter returns the lines that were touched after a revision, ascending.
func (a *Authority) touchedAfter(r eventlog.Revision) []int {
	var lines []int
	for i, rev := range a.fanout.touched {
		if rev > r {
			lines = append(lines, i)
		}
	}
	slices.Sort(lines)
	return lines
}

// tellLines gives line mode what the lines now read that were touched. Indexes
// stand for the same lines since, or a resync is due.
func (a *Authority) tellLines() {
	head, low := a.thread.Revision, a.thread.Revision
	groups := map[eventlog.Revision][]Peer{}
	for p, l := range a.lines {
		switch {
		case l.due:
			a.resync(p, l)
		case l.told == head:
		case p.Ready():
			groups[l.told] = append(groups[l.told], p)
		default:
			low = min(low, l.told)
		}
	}
	for from, to := range groups {
		for _, i := range a.touchedAfter(from) {
			a.tellLine(to, i)
		}
		for _, p := range to {
			a.lines[p].told = head
		}
	}
	maps.DeleteFunc(a.fanout.touched, func(_ int, rev eventlog.Revision) bool { return rev <= low })
}

// hold has the receipts wait for a resync.
func (l *linePeer) hold() {
	for i := range l.receipts {
		r := &l.receipts[i]
		r.held, r.value, r.merged = true, nil, nil
	}
}

// inform gives p its receipts and the lines that were touched. The client adds
// the lines that are new to it in the order in which it hears of them, so none
// may come before its predecessor; and what it hears last of a line has the
// revision of what the line reads, so that it can base an edit on that.
func (a *Authority) inform(p Peer, l *linePeer, touched []int) {
	newest := map[int]eventlog.Revision{}
	for _, r := range l.receipts {
		newest[r.index] = r.revision
	}
	var others, again []int
	for _, i := range touched {
		if mine, ok := newest[i]; !ok {
			others = append(others, i)
		} else if mine < a.fanout.touched[i] {
			again = append(again, i)
		}
	}
	for _, r := range l.receipts {
		for len(others) > 0 && others[0] < r.index {
			a.tellLine([]Peer{p}, others[0])
			others = others[1:]
		}
		a.receive(p, l, r)
	}
	l.receipts = l.receipts[:0]
	for _, i := range append(others, again...) {
		a.tellLine([]Peer{p}, i)
	}
	l.told = a.thread.Revision
}

// tellLine gives peers the line i.
func (a *Authority) tellLine(to []Peer, i int) {
	row := a.thread.Row(i)
	a.broadcast(to, LineUpdate{
		Line: i, Value: a.thread.Content(row), Author: row.Author,
		Revision: a.thread.Revision, Submitted: row.Submitted,
	})
	for _, p := range to {
		if l := a.lines[p]; !l.id.IsZero() && l.index == i {
			l.deliver(look(a.thread, i))
		}
	}
}

func (l *linePeer) deliver(v *view) {
	if len(l.delivered) >= deliveredMax {
		l.delivered = slices.Delete(l.delivered, 0, 1)
	}
	l.delivered = append(l.delivered, v)
}

// receive gives p a receipt.
func (a *Authority) receive(p Peer, l *linePeer, r receipt) {
	u := LineUpdate{Line: r.index, Revision: r.revision, Author: l.author, Mine: true}
	switch {
	case !r.held:
		u.Value, u.Author, u.Submitted = ot.String(r.value), r.author, r.submitted
	case r.index >= 0:
		row := a.thread.Row(r.index)
		u.Value, u.Author, u.Submitted = a.thread.Content(row), row.Author, row.Submitted
	default:
		u.Last = a.thread.LineCount() - 1
		row := a.thread.Row(u.Last)
		u.Value, u.Author, u.Submitted = a.thread.Content(row), row.Author, row.Submitted
	}
	if r.merged != nil && !l.id.IsZero() && r.index == l.index {
		l.deliver(r.merged)
	}
	a.send(p, u)
}

// resync sends p the whole thread, now or when the pause is over and p takes it.
func (a *Authority) resync(p Peer, l *linePeer) {
	if l.waiting {
		return
	}
	wait := l.synced + resyncPause - a.cfg.Now()
	if wait <= 0 {
		if p.Ready() {
			a.sync(p, l)
		}
		return
	}
	l.waiting = true
	a.cfg.After(time.Duration(wait)*time.Millisecond, func() {
		a.enqueue(request{do: func() {
			if l.waiting = false; a.lines[p] == l && l.due {
				a.resync(p, l)
			}
		}})
	})
}

// sync sends p the whole thread and then the receipts that were held.
func (a *Authority) sync(p Peer, l *linePeer) {
	l.due, l.synced = false, a.cfg.Now()
	current := -1
	if !l.id.IsZero() {
		current = l.index
	}
	a.send(p, LineJoined{Thread: a.thread, Resync: true, Current: current, Received: l.received})
	if current >= 0 {
		l.deliver(look(a.thread, current))
	}
	a.inform(p, l, nil)
}
