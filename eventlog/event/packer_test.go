package event_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
)

// drawStream returns records of one stream as people make them, with what else
// may lie in a log between them.
func drawStream(draw func(int) int, n int) []eventlog.Record {
	records := make([]eventlog.Record, 0, n)
	length, at, ms := draw(3)*draw(500), 0, int64(draw(1<<40))
	author, client, seq := byte(1), byte(1), uint64(1)
	for len(records) < n {
		if draw(30) == 0 {
			author, client, seq = byte(draw(3)), byte(draw(3)), uint64(draw(3))
		}
		if draw(25) == 0 {
			at = draw(length + 1)
		}
		if draw(200) == 0 {
			length = draw(1000)
			at = min(at, length)
		}
		what := draw(20)
		for range 1 + draw(12) {
			r, fits := eventlog.Record{}, true
			switch {
			case what < 2:
				r = drawRecord(draw)
			case what < 6 && at > 0: // Backspace
				at--
				r = record(event.Changed{Change: ot.Replace(length, at, at+1, nil)})
				length--
			case what < 7 && at < length: // Delete
				r = record(event.Changed{Change: ot.Replace(length, at, at+1, nil)})
				length--
			case what < 10:
				old := draw(min(4, length-at+1))
				u := pasted[draw(len(pasted))]
				if fits = old > 0 || len(u) > 0; fits {
					r = record(event.Changed{Change: ot.Replace(length, at, at+old, u)})
					length, at = length-old+len(u), at+len(u)
				}
			default:
				u := [][]uint16{{'a'}, {'b'}, {' '}, {'\n'}, {0xe4}, {0x4e2d}}[draw(6)]
				r = record(event.Changed{Change: ot.Replace(length, at, at, u)})
				length, at = length+1, at+1
			}
			if !fits {
				continue
			}
			ms += int64(draw(300))
			r.Stream, r.Revision, r.Position, r.Time = "s", eventlog.Revision(5+len(records)), 0, ms
			r.Author, r.Client, r.Seq = eventlog.AuthorID{author}, eventlog.ClientID{client}, seq
			if seq > 0 {
				seq++
			}
			records = append(records, r)
		}
	}
	return records
}

var pasted = func() (out [][]uint16) {
	for _, s := range []string{"", "x", "\n", "\n\n", "some words", "one\ntwo\n", "\nend", "\U0001f600", "a\U0001f600\ufffd\u00df", "\ufeff"} {
		u, err := ot.Units(s)
		if err != nil {
			panic(err)
		}
		out = append(out, u)
	}
	return out
}()

// origins returns what consecutive records have in common.
func origins(records []eventlog.Record) (out []eventlog.Origin) {
	for i := range records {
		r := &records[i]
		m := eventlog.Origin{N: 1, Author: r.Author, Client: r.Client, Seq: r.Seq, Kind: r.Kind, Schema: r.Schema}
		if n := len(out); n > 0 {
			l := &out[n-1]
			next := l.Seq
			if next > 0 {
				next += uint64(l.N)
			}
			if l.Author == m.Author && l.Client == m.Client && l.Kind == m.Kind && l.Schema == m.Schema && m.Seq == next {
				l.N++
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

func pack(records []eventlog.Record) [][]byte {
	columns := make([][]byte, event.Packer{}.Columns())
	event.Packer{}.Pack(columns, records)
	return columns
}

// unpackDifference says which body does not come back from columns, or "".
func unpackDifference(columns [][]byte, records []eventlog.Record) string {
	got := make([]eventlog.Record, len(records))
	if err := (event.Packer{}).Unpack(columns, got); err != nil {
		return err.Error()
	}
	for i := range got {
		if !bytes.Equal(got[i].Shape, records[i].Shape) || !bytes.Equal(got[i].Text, records[i].Text) {
			return fmt.Sprintf("record %d: %q %q, packed %q %q", i, got[i].Shape, got[i].Text, records[i].Shape, records[i].Text)
		}
	}
	return ""
}

func TestPackedBodiesComeBack(t *testing.T) {
	seed := seeds.For(t)
	draw := rand.New(rand.NewPCG(seed, 0)).IntN
	plain, all := 0, 0
	for i := range seeds.Rounds(1000) {
		records := drawStream(draw, draw(200))
		columns := pack(records)
		if d := unpackDifference(columns, records); d != "" {
			t.Fatalf("seed %d, stream %d: %s", seed, i, d)
		}
		for j := range records {
			all += len(records[j].Shape)
		}
		plain += len(columns[7])
		// Negative control: a body that was not packed is missed.
		if len(records) > 0 {
			records[draw(len(records))].Shape = []byte("[1,[1],1,[1]]")
			if unpackDifference(columns, records) == "" {
				t.Fatalf("seed %d, stream %d: a changed body was not seen", seed, i)
			}
		}
	}
	if plain > all/2 {
		t.Errorf("seed %d: %d of %d bytes of shapes are plain: the test packs little", seed, plain, all)
	}
}

// recordsOf returns the records that a run stands for.
func recordsOf(r *event.Run) []eventlog.Record {
	var out []eventlog.Record
	for i, ms := range r.Times {
		h := eventlog.Record{Stream: "s", Revision: r.First + eventlog.Revision(i), Time: ms, Author: r.Origin.Author,
			Client: r.Origin.Client, Seq: r.Origin.Seq, Kind: r.Origin.Kind, Schema: r.Origin.Schema}
		if h.Seq > 0 {
			h.Seq += uint64(i)
		}
		var c ot.Change
		switch r.Kind {
		case event.Other:
			e := *r.Event
			if c, ok := e.Payload.(*event.Changed); ok {
				e.Payload = event.Changed{Change: c.Change.Clone(), Origins: c.Origins, Lines: c.Lines}
			}
			b := event.Encode(e.Payload)
			h.Shape, h.Text = b.Shape, b.Text
			if e.Time != ms || e.Revision != h.Revision || e.Author != h.Author || e.Client != h.Client || e.Seq != h.Seq || e.Stream != "s" {
				h.Kind = fmt.Sprintf("%+v", e)
			}
			out = append(out, h)
			continue
		case event.Replaced:
			c = ot.Replace(r.Length, r.At, r.At+r.Old, r.Insert)
		case event.Typed:
			c = ot.Replace(r.Length+i, r.At+i, r.At+i, r.Insert[i:i+1])
		case event.Backspaced:
			c = ot.Replace(r.Length-i, r.At-i, r.At-i+1, nil)
		case event.Deleted:
			c = ot.Replace(r.Length-i, r.At, r.At+1, nil)
		}
		b := event.Encode(event.Changed{Change: c})
		h.Shape, h.Text = b.Shape, b.Text
		out = append(out, h)
	}
	return out
}

// wellFormed leaves out what Decode refuses, and gives the others revisions
// that follow.
func wellFormed(records []eventlog.Record) []eventlog.Record {
	var out []eventlog.Record
	for _, r := range records {
		r.Revision = eventlog.Revision(5 + len(out))
		if _, err := event.Decode(r); err == nil {
			out = append(out, r)
		}
	}
	return out
}

// segmentDifference says how the runs of a segment differ from its records.
func segmentDifference(d *event.SegmentDecoder, seg *eventlog.Segment, records []eventlog.Record) (runs int, how string) {
	i := min(seg.Skip, len(records))
	err := d.Decode(seg, func(r *event.Run) error {
		runs++
		for _, got := range recordsOf(r) {
			if i >= len(records) {
				return errors.New("too many")
			}
			want := records[i]
			if fmt.Sprint(got) != fmt.Sprint(want) {
				return fmt.Errorf("record %d of kind %d: %+v\n%q %q, want %+v\n%q %q", i, r.Kind, got, got.Shape, got.Text, want, want.Shape, want.Text)
			}
			i++
		}
		return nil
	})
	if err == nil && i != len(records) {
		err = fmt.Errorf("%d records of %d", i, len(records))
	}
	if err != nil {
		return runs, err.Error()
	}
	return runs, ""
}

func packedSegment(records []eventlog.Record, skip int) *eventlog.Segment {
	seg := &eventlog.Segment{Stream: "s", First: 5, Skip: skip, Origins: origins(records), Packer: event.Packer{}.ID(), Columns: pack(records)}
	for i := range records {
		seg.Times = append(seg.Times, records[i].Time)
	}
	return seg
}

func TestRunsSayWhatRecordsSay(t *testing.T) {
	seed := seeds.For(t)
	draw := rand.New(rand.NewPCG(seed, 0)).IntN
	var d event.SegmentDecoder
	count, runs := 0, 0
	for i := range 500 {
		records := wellFormed(drawStream(draw, draw(200)))
		skip := 0
		if draw(2) == 0 {
			skip = draw(len(records) + 2)
		}
		seg := packedSegment(records, skip)
		n, how := segmentDifference(&d, seg, records)
		if how != "" {
			t.Fatalf("seed %d, stream %d, skip %d: packed: %s", seed, i, skip, how)
		}
		count += max(0, len(records)-skip)
		runs += n
		if _, how := segmentDifference(&d, &eventlog.Segment{Stream: "s", First: 5, Skip: skip, Records: records}, records); how != "" {
			t.Fatalf("seed %d, stream %d, skip %d: records: %s", seed, i, skip, how)
		}
		// Negative control: a record told otherwise is seen.
		if len(records) > skip {
			records[skip].Time++
			if _, how := segmentDifference(&d, seg, records); how == "" {
				t.Fatalf("seed %d, stream %d: a changed time was not seen", seed, i)
			}
		}
	}
	if runs > count/2 {
		t.Errorf("seed %d: %d runs of %d records: they are not runs", seed, runs, count)
	}
}

// Unpack and Decode of a segment must agree even on columns that nobody packed: the same records, or an error from both.
func agreeOnColumns(t *testing.T, columns [][]byte, n int) {
	t.Helper()
	records := make([]eventlog.Record, n)
	seg := &eventlog.Segment{Stream: "s", First: 5, Times: make([]int64, n), Packer: 1, Columns: columns,
		Origins: []eventlog.Origin{{N: n, Kind: "changed", Schema: 1}}}
	unpackErr := event.Packer{}.Unpack(columns, records)
	if unpackErr != nil && !errors.Is(unpackErr, eventlog.ErrDamaged) {
		t.Fatal(unpackErr)
	}
	var said []eventlog.Record
	var d event.SegmentDecoder
	decodeErr := d.Decode(seg, func(r *event.Run) error {
		said = append(said, recordsOf(r)...)
		return nil
	})
	for i := range records {
		records[i].Kind, records[i].Schema = "changed", 1
		if _, err := event.Decode(records[i]); err != nil && unpackErr == nil {
			unpackErr = err
		}
	}
	if (unpackErr == nil) != (decodeErr == nil) {
		t.Fatalf("unpack says %v, decode %v\n%q", unpackErr, decodeErr, columns)
	}
	for i := range said {
		if unpackErr == nil && (!reflect.DeepEqual(said[i].Shape, records[i].Shape) || !bytes.Equal(said[i].Text, records[i].Text)) {
			t.Fatalf("record %d: %q %q and %q %q\n%q", i, said[i].Shape, said[i].Text, records[i].Shape, records[i].Text, columns)
		}
	}
}

func TestUnpackAndDecodeAgreeOnSpoiltColumns(t *testing.T) {
	seed := seeds.For(t)
	draw := rand.New(rand.NewPCG(seed, 0)).IntN
	for range seeds.Rounds(3000) {
		records := wellFormed(drawStream(draw, 1+draw(30)))
		columns := pack(records)
		for range 1 + draw(3) {
			c := draw(len(columns))
			columns[c] = spoil(draw, columns[c])
		}
		agreeOnColumns(t, columns, max(1, len(records)+draw(3)-1))
	}
}

func FuzzUnpack(f *testing.F) {
	draw := rand.New(rand.NewPCG(1, 0)).IntN
	for range 10 {
		c := pack(wellFormed(drawStream(draw, 20)))
		f.Add(uint16(20), c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8])
	}
	f.Fuzz(func(t *testing.T, n uint16, a, b, c, d, e, g, h, i, j []byte) {
		agreeOnColumns(t, [][]byte{a, b, c, d, e, g, h, i, j}, 1+int(n%2000))
	})
}
