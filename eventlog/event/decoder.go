package event

import (
	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// A Decoder is Decode with reused memory, to fold whole histories. The zero Decoder
// is ready for use. It is not safe for concurrent use.
type Decoder struct {
	event    Event
	changed  Changed
	replacer ot.Replacer
	units    []uint16
}

// Decode is the function Decode with two differences: the result is valid until the
// next call, and the payload of a change is a *Changed, not a Changed, whose memory
// is reused too. Other payloads may be kept.
func (d *Decoder) Decode(r *eventlog.Record) (*Event, error) {
	d.event.head(r)
	if isChanged(r) {
		if t, ok := typed(r.Shape, r.Text, d.units[:0]); ok {
			if d.units = t.insert; cap(d.units) > maxUnits {
				d.units = nil
			}
			d.replacer.Replace(&d.changed.Change, t.before+t.old+t.after, t.before, t.before+t.old, t.insert)
			d.changed.Origins, d.changed.Lines = nil, nil
			d.event.Payload = &d.changed
			return &d.event, nil
		}
	}
	f, err := payload(r)
	if c, ok := f.(Changed); ok {
		d.changed, f = c, &d.changed
	}
	d.event.Payload = f
	return &d.event, err
}

// maxUnits bounds the memory, in units, that a Decoder keeps.
const maxUnits = 1 << 12
