package pack

import (
	"encoding/binary"
	"math"

	"parodywave/eventlog"
)

// An originWriter writes the origins of a section's records.
type originWriter struct {
	authors *table[eventlog.AuthorID] // of the block
	kinds   *table[kind]              // of the block
	clients table[eventlog.ClientID]
	origins table[origin]
	seqs    []uint64 // expected next, by client
	out     []byte
}

func (w *originWriter) reset() {
	w.clients.reset()
	w.origins.reset()
	w.seqs, w.out = w.seqs[:0], w.out[:0]
}

// add writes the origins of a whole part.
func (w *originWriter) add(records []eventlog.Record) {
	for len(records) > 0 {
		r := &records[0]
		n, seq := 1, r.Seq
		for ; n < len(records); n++ {
			if seq > 0 {
				seq++
			}
			o := &records[n]
			if o.Author != r.Author || o.Client != r.Client || o.Seq != seq || o.Schema != r.Schema || o.Kind != r.Kind {
				break
			}
		}
		w.run(r, n)
		records = records[n:]
	}
}

func (w *originWriter) run(r *eventlog.Record, n int) {
	known := len(w.origins.list)
	m := origin{w.authors.put(r.Author), w.clients.put(r.Client), w.kinds.put(kind{r.Kind, r.Schema})}
	i := w.origins.put(m)
	w.out = binary.AppendUvarint(w.out, uint64(n-1))
	w.out = binary.AppendUvarint(w.out, uint64(i))
	if i == known {
		for _, v := range []int{m.author, m.client, m.kind} {
			w.out = binary.AppendUvarint(w.out, uint64(v))
		}
	}
	if m.client == len(w.seqs) {
		w.seqs = append(w.seqs, 1)
	}
	w.out = binary.AppendVarint(w.out, int64(r.Seq-w.seqs[m.client]))
	if w.seqs[m.client] = r.Seq; r.Seq > 0 {
		w.seqs[m.client] += uint64(n)
	}
}

// readOrigins reads the origins of the section's records.
func (b *Block) readOrigins(s *section, raw, clients []byte) error {
	if err := b.tables(); err != nil {
		return err
	}
	if len(clients)%16 != 0 {
		return damaged("block from position %d: %d bytes of clients", b.First, len(clients))
	}
	b.clients = sized(b.clients, len(clients)/16)
	b.seqs = sized(b.seqs, len(b.clients))
	for i := range b.clients {
		copy(b.clients[i][:], clients[16*i:])
		b.seqs[i] = 1
	}
	b.origins, b.made, b.table = b.origins[:0], append(b.made[:0], 0), b.table[:0]
	c := cursor{b: raw}
	for part := s.first; part < s.end; part++ {
		for left := b.Parts[part].Count; left > 0; {
			m, ok := b.origin(&c, left)
			if !ok {
				return damaged("block from position %d: origins of %s", b.First, b.Parts[part].Stream)
			}
			left -= uint64(m.N)
			b.origins = append(b.origins, m)
		}
		b.made = append(b.made, len(b.origins))
	}
	if len(c.b) > 0 {
		return damaged("block from position %d: %d bytes of origins left over", b.First, len(c.b))
	}
	return nil
}

// origin reads the origin of a run of at most left records.
func (b *Block) origin(c *cursor, left uint64) (m eventlog.Origin, ok bool) {
	n, i := c.uvarint(), c.uvarint()
	if c.bad || n >= left || i > uint64(len(b.table)) {
		return m, false
	}
	if i == uint64(len(b.table)) {
		author, client, kind := c.uvarint(), c.uvarint(), c.uvarint()
		if author >= uint64(len(b.authorTable)) || client >= uint64(len(b.clients)) || kind >= uint64(len(b.kindTable)) {
			return m, false
		}
		b.table = append(b.table, origin{int(author), int(client), int(kind)})
	}
	t := b.table[i]
	k := &b.kindTable[t.kind]
	m = eventlog.Origin{N: int(n + 1), Author: b.authorTable[t.author], Client: b.clients[t.client], Kind: k.name, Schema: k.schema}
	m.Seq = b.seqs[t.client] + uint64(c.zigzag())
	if b.seqs[t.client] = m.Seq; m.Seq > 0 {
		b.seqs[t.client] += n + 1
	}
	return m, !c.bad
}

// tables reads the block's authors and kinds, once.
func (b *Block) tables() error {
	if b.tabled {
		return nil
	}
	var buf []byte
	raw, err := b.authors.raw(&buf)
	if err != nil {
		return err
	}
	if len(raw)%16 != 0 {
		return damaged("block from position %d: %d bytes of authors", b.First, len(raw))
	}
	b.authorTable = sized(b.authorTable, len(raw)/16)
	for i := range b.authorTable {
		copy(b.authorTable[i][:], raw[16*i:])
	}
	if raw, err = b.kinds.raw(&buf); err != nil {
		return err
	}
	b.kindTable = b.kindTable[:0]
	for c := (cursor{b: raw}); len(c.b) > 0; {
		k := kind{name: b.decoder.names.name(c.take(uint64(c.byte())))}
		schema := c.uvarint()
		if k.schema = uint32(schema); c.bad || schema > math.MaxUint32 || len(k.name) == 0 {
			return damaged("block from position %d: kind %d", b.First, len(b.kindTable))
		}
		b.kindTable = append(b.kindTable, k)
	}
	b.tabled = true
	return nil
}
