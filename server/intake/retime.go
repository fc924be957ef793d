package intake

import (
	"slices"

	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
)

// Retime brings the times of an export that are later than now, in Unix milliseconds, to
// now, and returns the number of records that have another time for it. New edits would
// get such a time otherwise, until the clock is there. In the rows that a record states,
// no time is later than the record's then.
//
// The chain of the records is recomputed from there on. Head keeps the chain value of
// the file, which the record of the import says.
func Retime(doc *ndjson.Document, now int64) (late int) {
	var hasher chain.Hasher
	last := chain.Start(string(doc.Stream))
	for i := range doc.Records {
		r, e := &doc.Records[i], &doc.Events[i]
		moved := r.Time > now
		if moved {
			r.Time, e.Time = now, now
		}
		if f, ok := statedBefore(e); ok {
			moved = true
			e.Payload, r.Shape = f, event.Encode(f).Shape
		}
		if moved {
			late++
		}
		if late > 0 {
			proof := *r.Proof
			v := r.Values(proof.Commitment)
			proof.Chain = hasher.Next(last, &v)
			r.Proof = &proof
		}
		last = r.Proof.Chain
	}
	if late > 0 {
		doc.Head.Time = min(doc.Head.Time, now)
	}
	return late
}

// statedBefore returns the change of e with the stated times that are later than e's
// brought to e's, and whether there are any.
func statedBefore(e *event.Event) (event.Changed, bool) {
	f, ok := e.Payload.(event.Changed)
	after := func(l event.StatedLine) bool { return l.Time > e.Time }
	if !ok || !slices.ContainsFunc(f.Lines, after) {
		return f, false
	}
	f.Lines = slices.Clone(f.Lines)
	for i := range f.Lines {
		f.Lines[i].Time = min(f.Lines[i].Time, e.Time)
	}
	return f, true
}
