package pack

import (
	"crypto/sha256"

	"parodywave/eventlog"
)

// Next sets all fields of r to those of the next record; it skips holes. It returns
// false at the end of the group. If the records do not match the directory at the end,
// that is an error. r has a Proof if the record is redacted (Commitment) or has a salt.
func (g *Group) Next(r *eventlog.Record) (bool, error) {
	if g.err == nil && !g.ready {
		g.err = g.tables()
	}
	if g.err != nil {
		return false, g.err
	}
	for g.at < g.Count {
		flags := g.c.byte()
		if flags == hole && !g.c.bad {
			n := g.c.uvarint()
			if n == 0 || n > g.Count-g.at {
				return false, g.fail("%d holes", n)
			}
			g.at += n
			continue
		}
		if g.record(flags, r); g.err != nil {
			return false, g.err
		}
		return true, nil
	}
	return false, g.end()
}

func (g *Group) fail(f string, args ...any) error {
	g.err = damaged("position %d: "+f, append([]any{g.First + eventlog.Position(g.at)}, args...)...)
	return g.err
}

// record reads one record and sets g.err on an error.
func (g *Group) record(flags byte, r *eventlog.Record) {
	c := &g.c
	if flags&sameStream == 0 {
		g.stream = g.index(len(g.Parts))
	}
	if flags&sameOrigin == 0 {
		g.origin = origin{g.index(len(g.authors)), g.index(len(g.clients)), g.index(len(g.kinds))}
	}
	if c.bad || flags&(hole|0x40) != 0 || g.stream < 0 || g.origin.kind < 0 {
		g.fail("record with flags %#x does not lie in the tables", flags)
		return
	}
	p := &g.Parts[g.stream]
	g.time += c.zigzag()
	step := uint64(1)
	if flags&nextSeq == 0 {
		step = uint64(c.zigzag())
	}
	g.seqs[g.origin.client] += step
	k := &g.kinds[g.origin.kind]

	r.Stream, r.Revision = p.Stream, p.First+eventlog.Revision(g.seen[g.stream])
	r.Position, r.Time = g.First+eventlog.Position(g.at), g.time
	r.Author, r.Client = g.authors[g.origin.author], g.clients[g.origin.client]
	r.Seq, r.Kind, r.Schema = g.seqs[g.origin.client], k.name, k.schema
	r.Shape, r.Text, r.Proof = c.take(c.uvarint()), nil, nil
	if len(r.Shape) == 0 {
		r.Shape = nil
	}
	if flags&hasText != 0 {
		if r.Text = c.take(c.uvarint()); len(r.Text) == 0 {
			c.fail()
		}
	}
	if flags&(redacted|hasSalt) != 0 {
		g.proof(flags, r)
	}
	if g.seen[g.stream]++; c.bad || g.seen[g.stream] > p.Count {
		g.fail("record %d of %s: %v, or more records than the directory says", r.Revision, p.Stream, errShort)
		return
	}
	g.times[g.stream] = g.time
	g.at++
}

func (g *Group) proof(flags byte, r *eventlog.Record) {
	p := new(eventlog.Proof)
	if flags&redacted != 0 {
		if p.Redacted = true; flags&hasText == 0 {
			g.c.fail()
		}
		copy(p.Commitment[:], g.c.take(sha256.Size))
	}
	if flags&hasSalt != 0 {
		copy(p.Salt[:], g.c.take(uint64(len(p.Salt))))
	}
	r.Proof = p
}

// index reads an index into a table of n.
func (g *Group) index(n int) int {
	i := g.c.uvarint()
	if i >= uint64(n) {
		g.c.fail()
		return 0
	}
	return int(i)
}

func (g *Group) end() error {
	if len(g.c.b) != 0 {
		return g.fail("%d bytes left over", len(g.c.b))
	}
	for i := range g.Parts {
		if p := &g.Parts[i]; g.seen[i] != p.Count || g.times[i] != p.Time {
			return g.fail("%d records of %s to time %d, directory says %d to %d", g.seen[i], p.Stream, g.times[i], p.Count, p.Time)
		}
	}
	return nil
}
