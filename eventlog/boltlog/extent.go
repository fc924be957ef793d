package boltlog

import (
	"iter"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// An extent is an opened value: consecutive positions that are stored together, as
// a block or as a group. It is valid until its opener opens the next one.
type extent struct {
	First eventlog.Position
	Count uint64 // positions, holes included
	Parts []pack.Part
	Log   chain.Digest // L after the last record

	group  *pack.Group // one of the two
	block  *pack.Block
	opener *opener
	mended bool // it replaces a damaged value
}

// An opener opens one value at a time and reuses its memory. It is not safe for
// concurrent use.
type opener struct {
	groups  pack.Decoder
	blocks  pack.BlockDecoder
	buf     []eventlog.Record
	segment eventlog.Segment
	without map[eventlog.Stream]*eventlog.DamageError // streams that AllSegments leaves out
}

func (l *Log) opener() *opener {
	o := newOpener(l.options.Packer)
	o.without = l.unreadable
	return o
}

func newOpener(p eventlog.Packer) *opener {
	return &opener{blocks: pack.BlockDecoder{Packer: p}}
}

// open checks a value's checksum and reads its directory. The extent's records
// share memory with value.
func (o *opener) open(value []byte) (extent, error) {
	if pack.IsBlock(value) {
		b, err := o.blocks.Open(value)
		if err != nil {
			return extent{}, err
		}
		return extent{First: b.First, Count: b.Count, Parts: b.Parts, Log: b.Log, block: b, opener: o}, nil
	}
	g, err := o.groups.Open(value)
	if err != nil {
		return extent{}, err
	}
	return extent{First: g.First, Count: g.Count, Parts: g.Parts, Log: g.Log, group: g, opener: o}, nil
}

// ref returns what the log remembers of a block.
func (e *extent) ref(value []byte) blockRef {
	b := blockRef{first: e.First, last: e.Last(), size: len(value), bytes: len(value), streams: len(e.Parts)}
	if e.block != nil {
		b.bytes = e.block.Bodies()
	}
	return b
}

// Last returns the position of the last record.
func (e *extent) Last() eventlog.Position { return e.First + eventlog.Position(e.Count) - 1 }

// Part returns the directory entry of a stream, or nil.
func (e *extent) Part(name eventlog.Stream) *pack.Part {
	for i := range e.Parts {
		if e.Parts[i].Stream == name {
			return &e.Parts[i]
		}
	}
	return nil
}

// all yields all records in log order, without holes. It can be used once. An error
// comes last. A record is valid until the next one; its bytes are the caller's.
func (e *extent) all() iter.Seq2[*eventlog.Record, error] {
	if e.block != nil {
		return e.block.All()
	}
	return func(yield func(*eventlog.Record, error) bool) {
		var r eventlog.Record
		for {
			ok, err := e.group.Next(&r)
			if err != nil {
				yield(nil, err)
				return
			}
			if !ok || !yield(&r, nil) {
				return
			}
		}
	}
}

// records is all for the records of one stream.
func (e *extent) records(name eventlog.Stream) iter.Seq2[*eventlog.Record, error] {
	return func(yield func(*eventlog.Record, error) bool) {
		if e.block == nil {
			for r, err := range e.all() {
				if (err != nil || r.Stream == name) && !yield(r, err) {
					return
				}
			}
			return
		}
		i := e.block.Index(name)
		if i < 0 {
			return
		}
		o := e.opener
		var err error
		o.buf, err = e.block.Records(i, o.buf[:0])
		if err != nil {
			yield(nil, err)
			return
		}
		for i := range o.buf {
			if !yield(&o.buf[i], nil) {
				break
			}
		}
		clear(o.buf) // release the records' bytes
	}
}
