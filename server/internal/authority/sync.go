package authority

import (
	"maps"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// resyncPause is the shortest time between two resyncs of a peer in line mode,
// in milliseconds.
const resyncPause = 500

// follow carries what line mode remembers over an entry that was just folded
// in.
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

// structural reports whether the hunks do anything but add lines at the end.
func structural(t *projection.Thread, hunks []projection.Hunk) bool {
	for _, h := range hunks {
		n := len(h.Old)
		if len(h.New) < n || !slices.Equal(h.Old, h.New[:n]) || h.NewAt+len(h.New) != t.LineCount() {
			return true
		}
	}
	return false
}

// followLine returns the index of a line after hunks and its identity, which
// changes if the line is joined into another. The index is -1 if the line is
// dead.
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
			for _, h := range hunks { // a move may have carried it into another hunk
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

// settleLines sends the receipts of the batch, which is on disk. With its
// receipts a peer is also sent every line that it lacks: the line that a client
// takes for its current one depends on the lines that it knows.
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
			l.holdReceipts()
			a.resync(p, l)
		case len(l.receipts) > 0:
			a.sendReceipts(p, l, a.touchedAfter(l.sent))
		}
	}
}

// touchedAfter returns the lines touched after a revision, ascending.
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

// sendLines sends peers in line mode what the touched lines now read. The
// indexes have not moved since, or a resync is due.
func (a *Authority) sendLines() {
	head, low := a.thread.Revision, a.thread.Revision
	groups := map[eventlog.Revision][]Peer{}
	for p, l := range a.lines {
		switch {
		case l.due:
			a.resync(p, l)
		case l.sent == head:
		case p.Ready():
			groups[l.sent] = append(groups[l.sent], p)
		default:
			low = min(low, l.sent)
		}
	}
	for from, to := range groups {
		for _, i := range a.touchedAfter(from) {
			a.sendLine(to, i)
		}
		for _, p := range to {
			a.lines[p].sent = head
		}
	}
	maps.DeleteFunc(a.fanout.touched, func(_ int, rev eventlog.Revision) bool { return rev <= low })
}

// holdReceipts makes the receipts wait for a resync.
func (l *linePeer) holdReceipts() {
	for i := range l.receipts {
		r := &l.receipts[i]
		r.held, r.value, r.merged = true, nil, nil
	}
}

// sendReceipts sends p its receipts and the touched lines. A client appends new
// lines in the order in which they arrive, so no line may come before its
// predecessor. The last update of a line must carry the revision of what the
// line reads, so that the client can base an edit on it.
func (a *Authority) sendReceipts(p Peer, l *linePeer, touched []int) {
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
			a.sendLine([]Peer{p}, others[0])
			others = others[1:]
		}
		a.sendReceipt(p, l, r)
	}
	l.receipts = l.receipts[:0]
	for _, i := range append(others, again...) {
		a.sendLine([]Peer{p}, i)
	}
	l.sent = a.thread.Revision
}

// sendLine sends line i to peers.
func (a *Authority) sendLine(to []Peer, i int) {
	row := a.thread.Row(i)
	a.broadcast(to, LineUpdate{
		Line: i, Value: a.thread.Content(row), Author: row.Author,
		Revision: a.thread.Revision, Submitted: row.Submitted,
	})
	var v *view
	for _, p := range to {
		if l := a.lines[p]; !l.id.IsZero() && l.index == i {
			if v == nil {
				v = viewOf(a.thread, i)
			}
			own := *v // the text is shared, and nobody changes it
			l.deliver(&own)
		}
	}
}

// deliver notes that the client was sent v. The oldest views go first, where there are
// too many or where they are too long together; v always stays.
func (l *linePeer) deliver(v *view) {
	units := len(v.text)
	keep := len(l.delivered)
	for ; keep > 0 && len(l.delivered)-keep+1 < deliveredMax; keep-- {
		if units += len(l.delivered[keep-1].text); units > deliveredUnits {
			break
		}
	}
	l.delivered = append(slices.Delete(l.delivered, 0, keep), v)
}

// sendReceipt sends p one receipt.
func (a *Authority) sendReceipt(p Peer, l *linePeer, r receipt) {
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

// resync sends p the whole thread as soon as the pause is over and p is ready.
func (a *Authority) resync(p Peer, l *linePeer) {
	if l.waiting {
		return
	}
	wait := l.synced + resyncPause - a.cfg.Elapsed()
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
	l.due, l.synced = false, a.cfg.Elapsed()
	current := -1
	if !l.id.IsZero() {
		current = l.index
	}
	a.send(p, LineJoined{Thread: a.thread, Resync: true, Current: current, Received: l.received})
	if current >= 0 {
		l.deliver(viewOf(a.thread, current))
	}
	a.sendReceipts(p, l, nil)
}
