package pack

import (
	"crypto/sha256"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// blockGroup is the block's inside for now: a group.
type blockGroup struct {
	value []byte
}

func sealGroup(first eventlog.Position, records []eventlog.Record, count uint64, parts []Part, l chain.Digest) ([]byte, error) {
	var b Builder
	b.Reset(first)
	at := first
	index := map[eventlog.Stream]int{}
	next := make([]uint64, len(parts))
	for i := range parts {
		index[parts[i].Stream] = i
	}
	for i := range records {
		r := &records[i]
		p, ok := index[r.Stream]
		if !ok || r.Position < at || r.Revision != parts[p].First+eventlog.Revision(next[p]) {
			return nil, fmt.Errorf("seal: revision %d of %s at position %d does not follow", r.Revision, r.Stream, r.Position)
		}
		if r.Position > at {
			b.Holes(uint64(r.Position - at))
		}
		next[p]++
		b.Add(r, parts[p].Chain, false)
		at = r.Position + 1
	}
	if end := first + eventlog.Position(count); at > end {
		return nil, fmt.Errorf("seal: last record at position %d of %d from %d", at-1, count, first)
	} else if at < end {
		b.Holes(uint64(end - at))
	}
	for i := range parts {
		if next[i] != parts[i].Count {
			return nil, fmt.Errorf("seal: %d records of %s, directory says %d", next[i], parts[i].Stream, parts[i].Count)
		}
	}
	body := append([]byte{blockFormat}, b.Seal(l)...)
	sum := sha256.Sum256(body)
	return append(body, sum[:]...), nil
}

func openGroup(d *BlockDecoder, value []byte) (*Block, error) {
	if len(value) < 1+sha256.Size || value[0] != blockFormat {
		return nil, damaged("block of %d bytes", len(value))
	}
	body := value[:len(value)-sha256.Size]
	if sha256.Sum256(body) != [sha256.Size]byte(value[len(body):]) {
		return nil, damaged("block of %d bytes: checksum does not match", len(value))
	}
	g, err := d.group.Open(body[1:])
	if err != nil {
		return nil, err
	}
	d.block = Block{First: g.First, Count: g.Count, Parts: append([]Part(nil), g.Parts...), Log: g.Log, group: blockGroup{body[1:]}}
	return &d.block, nil
}

func (b *blockGroup) records(stream eventlog.Stream, dst []eventlog.Record) ([]eventlog.Record, error) {
	var d Decoder
	g, err := d.Open(b.value)
	if err != nil {
		return dst, err
	}
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil || !ok {
			return dst, err
		}
		if stream == "" || r.Stream == stream {
			dst = append(dst, r)
		}
	}
}
