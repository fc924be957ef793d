package event

import "parodywave/eventlog"

// A RunKind says which consecutive records make one Run.
type RunKind byte

// The kinds of runs. A unit is a UTF-16 code unit, and a line break is one.
const (
	// Other is one record that is none of the below: its Event says all.
	Other RunKind = iota
	// Replaced is one record, which put Insert in place of Old units at At.
	Replaced
	// Typed are records of which number i inserted the unit Insert[i] at At+i.
	Typed
	// Backspaced are records of which number i deleted the unit at At-i.
	Backspaced
	// Deleted are records of which each deleted the unit at At.
	Deleted
)

// A Run is consecutive records of a stream by one author and client. All kinds
// but Other are changes of one section that is not a keep, of a text that is
// Length units long before the first of them.
type Run struct {
	Kind   RunKind
	First  eventlog.Revision
	Times  []int64         // Unix milliseconds, one a record
	Origin eventlog.Origin // of all of them; N is len(Times), Seq that of the first

	Length int      // units of the text before the first record
	At     int      // unit of that text where the first record's edit begins
	Old    int      // units that Replaced takes out there, which may be 0
	Insert []uint16 // what Replaced (may be empty) or Typed puts in

	Event *Event // of Other, else nil; its Position is 0 where it is not known
}

// A SegmentDecoder turns segments into runs, in memory that it uses again. The
// zero SegmentDecoder is ready for use, by one goroutine at a time.
type SegmentDecoder struct {
	decoder Decoder
	run     Run
	rows    rowReader
	bodies  arena
	time    [1]int64
	units   []uint16
}

// Decode calls yield for each run of the segment, in order, beginning behind the
// records that are to be skipped. Every record is in one run, and no run is
// longer than can be: where it ends, another kind, maker or place follows, or the
// decoder had enough. Runs are good until the next one, and what they point to
// must not be changed; of an Event the rules of Decoder.Decode hold. The ranges
// are within Length; whether that is the length of the text, and whether an edge
// lies inside a surrogate pair, is for the caller to check.
//
// It stops at the first error and returns it: one of yield's, or one that wraps
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

// single yields one record by itself.
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
