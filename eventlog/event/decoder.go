package event

import (
	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// A Decoder does Decode in memory it uses again, to fold whole histories. The
// zero Decoder is ready for use, by one goroutine at a time.
type Decoder struct {
	event    Event
	changed  Changed
	replacer ot.Replacer
	units    []uint16
}

// Decode is the function Decode, with the same facts and the same errors,
// except that what it returns is good until the next call, and that the fact of
// a change is a *Changed, not a Changed: the memory of its Change, too, is used
// again. Of other facts everything may be kept.
func (d *Decoder) Decode(r *eventlog.Record) (*Event, error) {
	d.event.head(r)
	if isChanged(r) {
		if t, ok := typed(r.Shape, r.Text, d.units[:0]); ok {
			if d.units = t.insert; cap(d.units) > maxUnits {
				d.units = nil
			}
			d.replacer.Replace(&d.changed.Change, t.before+t.old+t.after, t.before, t.before+t.old, t.insert)
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

// maxUnits is how many units a Decoder keeps room for.
const maxUnits = 1 << 12
