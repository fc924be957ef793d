package event

import (
	"fmt"

	"parodywave/eventlog"
)

// packed yields the runs of packed rows, split where the origin changes.
func (d *SegmentDecoder) packed(seg *eventlog.Segment, yield func(*Run) error) error {
	if seg.Packer != packerID {
		return damaged("%s from revision %d is packed in the unknown form %d", seg.Stream, seg.First, seg.Packer)
	}
	if err := d.rows.reset(seg.Columns, len(seg.Times)); err != nil {
		return err
	}
	w := walk{seg: seg, origins: seg.Origins}
	for d.rows.left > 0 {
		if err := d.rows.next(); err != nil {
			return fmt.Errorf("%s after revision %d: %w", seg.Stream, w.revision(w.origin.N)-1, err)
		}
		for done := 0; done < d.rows.row.n; done += w.origin.N {
			if err := d.part(&w, done, yield); err != nil {
				return err
			}
		}
	}
	if len(w.origins) > 0 {
		return damaged("%s from revision %d: origins of more than %d records", seg.Stream, seg.First, len(seg.Times))
	}
	return d.rows.end()
}

// part yields the next records of one origin, which begin at record done of the row.
func (d *SegmentDecoder) part(w *walk, done int, yield func(*Run) error) error {
	row := &d.rows.row
	switch {
	case !w.next(row.n - done):
		return damaged("%s after revision %d: the origin is missing", w.seg.Stream, w.revision(0)-1)
	case row.kind != Other && w.origin.Kind == "changed" && w.origin.Schema == plainSchema:
		return d.edits(w, done, yield)
	}
	return d.others(w, done, yield)
}

// A walk is the decoder's position in a segment: records of one origin.
type walk struct {
	seg     *eventlog.Segment
	origin  eventlog.Origin   // of the records from at to end
	at      int               // of the segment's records
	end     int               //
	used    int               // records of origins[0] before end
	origins []eventlog.Origin // from the current one on
}

// next moves to the next records of one origin, at most n. It returns false if no
// origin is left.
func (w *walk) next(n int) bool {
	w.at = w.end
	if len(w.origins) == 0 {
		return false
	}
	w.origin = w.origins[0]
	if n = min(n, w.origin.N-w.used); n <= 0 {
		return false
	}
	if w.origin.Seq > 0 {
		w.origin.Seq += uint64(w.used)
	}
	w.origin.N = n
	w.end += n
	if w.used += n; w.used == w.origins[0].N {
		w.origins, w.used = w.origins[1:], 0
	}
	return true
}

// skip returns how many of the current records must be skipped.
func (w *walk) skip() int { return min(max(w.seg.Skip-w.at, 0), w.origin.N) }

// revision returns the revision of current record i.
func (w *walk) revision(i int) eventlog.Revision { return w.seg.First + eventlog.Revision(w.at+i) }

// record returns current record i without its body.
func (w *walk) record(i int) eventlog.Record {
	r := eventlog.Record{Stream: w.seg.Stream, Revision: w.revision(i), Time: w.seg.Times[w.at+i], Author: w.origin.Author,
		Client: w.origin.Client, Seq: w.origin.Seq, Kind: w.origin.Kind, Schema: w.origin.Schema}
	if r.Seq > 0 {
		r.Seq += uint64(i)
	}
	return r
}

// edits yields the walk's records, which begin at record done of the row.
func (d *SegmentDecoder) edits(w *walk, done int, yield func(*Run) error) error {
	skip := w.skip()
	n := w.origin.N - skip
	if n == 0 {
		return nil
	}
	row, run := &d.rows.row, &d.run
	done += skip
	*run = Run{Kind: row.kind, First: w.revision(skip), Times: w.seg.Times[w.at+skip : w.end], Origin: w.origin,
		Length: row.length, At: row.at}
	if run.Origin.N = n; run.Origin.Seq > 0 {
		run.Origin.Seq += uint64(skip)
	}
	switch row.kind {
	case Typed:
		run.At, run.Length, run.Insert = row.at+done, row.length+done, row.insert[done:done+n]
	case Backspaced:
		run.At, run.Length = row.at-done, row.length-done
	case Deleted:
		run.Length -= done
	case Replaced:
		run.Old, run.Insert = row.old, row.insert
	}
	return yield(run)
}

// others yields the walk's records one by one.
func (d *SegmentDecoder) others(w *walk, done int, yield func(*Run) error) error {
	skip := w.skip()
	for i := range w.origin.N {
		r := w.record(i)
		if d.rows.row.kind != Other {
			d.rows.row.unpack(done+i, &r, &d.bodies)
		} else {
			var err error
			if r.Shape, r.Text, err = d.rows.plain(); err != nil {
				return err
			}
		}
		if i < skip {
			continue
		}
		if err := d.single(&r, yield); err != nil {
			return err
		}
	}
	return nil
}
