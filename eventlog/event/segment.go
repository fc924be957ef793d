package event

import "parodywave/eventlog"

// A RunKind says which consecutive records form one Run.
type RunKind byte

// The kinds of runs. A unit is a UTF-16 code unit, and a line break is one.
const (
	// Other is one record of no other kind: see its Event.
	Other RunKind = iota
	// Replaced is one record that replaced Old units at At by Insert.
	Replaced
	// Typed are records: number i inserted the unit Insert[i] at At+i.
	Typed
	// Backspaced are records: number i deleted the unit at At-i.
	Backspaced
	// Deleted are records that each deleted the unit at At.
	Deleted
)

// A Run is consecutive records of a stream by one author and client. All kinds but
// Other are changes with one section that is not a keep, of a text with Length units
// before the first of them.
type Run struct {
	Kind   RunKind
	First  eventlog.Revision
	Times  []int64         // Unix milliseconds, one a record
	Origin eventlog.Origin // of all of them; N is len(Times), Seq is the first's

	Length int      // units of the text before the first record
	At     int      // unit of that text where the first record's edit begins
	Old    int      // units that Replaced takes out there, which may be 0
	Insert []uint16 // inserted by Replaced (may be empty) or Typed

	Event *Event // of Other, otherwise nil; its Position is 0 if unknown
}

// A SegmentDecoder turns segments into runs, with reused memory. The zero
// SegmentDecoder is ready for use. It is not safe for concurrent use.
type SegmentDecoder struct {
	decoder Decoder
	run     Run
	rows    rowReader
	bodies  arena
	time    [1]int64
	units   []uint16
}

// Decode calls yield for each run of the segment, in order, after the records to be
// skipped. Every record is in one run. A run ends where another kind, origin or place
// follows, or where the decoder's memory is full. A run is valid until the next one,
// and its slices must not be changed; for an Event the rules of Decoder.Decode apply.
// The ranges are within Length. The caller must check whether Length is the length of
// the text, and whether an edge lies inside a surrogate pair.
//
// Decode stops at the first error and returns it: one of yield's, or one that wraps
// eventlog.ErrDamaged.
func (d *SegmentDecoder) Decode(seg *eventlog.Segment, yield func(*Run) error) error {
	if len(seg.Times) > 0 {
		return d.packed(seg, yield)
	}
	for i := min(seg.Skip, len(seg.Records)); i < len(seg.Records); i++ {
		if err := d.single(&seg.Records[i], yield); err != nil {
			return err
		}
	}
	return nil
}

// single yields one record as a run.
func (d *SegmentDecoder) single(r *eventlog.Record, yield func(*Run) error) error {
	d.time[0] = r.Time
	d.run = Run{First: r.Revision, Times: d.time[:],
		Origin: eventlog.Origin{N: 1, Author: r.Author, Client: r.Client, Seq: r.Seq, Kind: r.Kind, Schema: r.Schema}}
	if isChanged(r) {
		if t, ok := typed(r.Shape, r.Text, d.units[:0]); ok {
			if d.units = t.insert; cap(d.units) > maxUnits {
				d.units = nil
			}
			d.run.Kind, d.run.Length, d.run.At = Replaced, t.before+t.old+t.after, t.before
			d.run.Old, d.run.Insert = t.old, t.insert
			return yield(&d.run)
		}
	}
	e, err := d.decoder.Decode(r)
	if err != nil {
		return err
	}
	d.run.Event = e
	return yield(&d.run)
}
