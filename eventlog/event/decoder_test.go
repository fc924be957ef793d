package event_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
)

// differs tells how what a Decoder gave differs from what Decode gives.
func differs(r eventlog.Record, got *event.Event, gotErr error) string {
	want, wantErr := event.Decode(r)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		return fmt.Sprintf("error %v, want %v", gotErr, wantErr)
	}
	if gotErr != nil {
		return ""
	}
	e := *got
	if c, ok := e.Payload.(*event.Changed); ok {
		e.Payload = *c
		w := want.Payload.(event.Changed)
		if !slices.Equal(c.Origins, w.Origins) || !slices.Equal(c.Lines, w.Lines) {
			return fmt.Sprintf("states %v %v, want %v %v", c.Origins, c.Lines, w.Origins, w.Lines)
		}
		if !c.Change.Equal(w.Change) || c.Change.Len() != w.Change.Len() || c.Change.NewLen() != w.Change.NewLen() {
			return fmt.Sprintf("change %s of %d to %d, want %s of %d to %d",
				c.Change, c.Change.Len(), c.Change.NewLen(), w.Change, w.Change.Len(), w.Change.NewLen())
		}
		e.Payload, want.Payload = nil, nil
	}
	if a, b := fmt.Sprintf("%#v", e), fmt.Sprintf("%#v", want); a != b {
		return fmt.Sprintf("%s, want %s", a, b)
	}
	return ""
}

func decoderAgrees(t *testing.T, r eventlog.Record) {
	t.Helper()
	var d event.Decoder
	got, err := d.Decode(&r)
	if how := differs(r, got, err); how != "" {
		t.Fatalf("%s %s %q: %s", r.Kind, r.Shape, r.Text, how)
	}
}

// drawRecord returns a record of any kind, often malformed.
func drawRecord(draw func(int) int) eventlog.Record {
	var r eventlog.Record
	switch draw(4) {
	case 0:
		x := refused[draw(len(refused))]
		r = eventlog.Record{Kind: x.kind, Schema: 1, Shape: []byte(x.shape), Text: x.text}
	case 1:
		r = record(payloads[payloadNames[draw(len(payloadNames))]])
	default:
		r = eventlog.Record{Kind: "changed", Schema: 1}
		r.Shape, r.Text = typingRecord(draw)
	}
	if draw(8) == 0 {
		r = drawStated(draw)
	}
	switch draw(12) {
	case 0, 1, 2:
		r.Shape = spoil(draw, r.Shape)
	case 3:
		r.Text = spoil(draw, r.Text)
	case 4:
		r.Schema = uint32(draw(3))
	}
	r.Stream, r.Revision, r.Position = eventlog.Stream(fmt.Sprint("s", draw(9))), eventlog.Revision(draw(1000)), eventlog.Position(draw(1000))
	r.Time, r.Seq = int64(draw(1<<30)), uint64(draw(99))
	r.Author[3], r.Client[15] = byte(draw(256)), byte(draw(256))
	return r
}

// drawStated returns a change that states origins and lines.
func drawStated(draw func(int) int) eventlog.Record {
	f := event.Changed{Change: parse([]string{`[[0,"abc"]]`, `[3,[1,"ab","","é"],2]`, `[[2,"x"],1,[0,"yz"],4]`}[draw(3)])}
	for left := f.Change.Inserted(); left > 0; {
		o := event.Origin{Units: 1 + draw(left)}
		if draw(3) > 0 {
			o.Revision, o.Author = eventlog.Revision(1+draw(3)), draw(3)
		}
		f.Origins = append(f.Origins, o)
		left -= o.Units
	}
	f.Origins = event.JoinOrigins(f.Origins)
	for i := range draw(3) {
		f.Lines = append(f.Lines, event.StatedLine{Piece: 2 * i, Born: eventlog.Revision(1 + draw(9)), Ordinal: draw(3),
			Revision: eventlog.Revision(1 + draw(9)), Author: draw(4), Time: int64(draw(1 << 40)), Submitted: draw(2) == 0})
	}
	return record(f)
}

// One Decoder for all records: nothing of one may show in another.
func TestDecoderAgreesWithDecode(t *testing.T) {
	seed := seeds.For(t)
	draw := rand.New(rand.NewPCG(seed, 0)).IntN
	var d event.Decoder
	taken := 0
	for i := range seeds.Rounds(100_000) {
		r := drawRecord(draw)
		got, err := d.Decode(&r)
		if how := differs(r, got, err); how != "" {
			t.Fatalf("seed %d, record %d: %s %d %s %q: %s", seed, i, r.Kind, r.Schema, r.Shape, r.Text, how)
		}
		if err == nil {
			taken++
		}
	}
	if all := seeds.Rounds(100_000); taken < all/5 || taken > all/5*4 {
		t.Errorf("seed %d: %d of %d were well formed", seed, taken, all)
	}
}

// The negative control: a Decoder's payload that is held beyond the next call is
// seen to differ, so the comparison has teeth, and the warning has a reason.
func TestDecoderUsesItsMemoryAgain(t *testing.T) {
	change := func(at int, s string) eventlog.Record {
		u, _ := ot.Units(s)
		return record(event.Changed{Change: ot.Replace(9, at, at, u)})
	}
	var d event.Decoder
	a, b := change(3, "x"), change(5, "y")
	got, err := d.Decode(&a)
	if how := differs(a, got, err); how != "" {
		t.Fatal(how)
	}
	if _, err := d.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if differs(a, got, nil) == "" {
		t.Error("the first event is as it was after a second was decoded")
	}
	if n := testing.AllocsPerRun(100, func() { d.Decode(&a) }); n > 0 {
		t.Errorf("%v allocations for a keystroke", n)
	}
}

var payloadNames = slices.Sorted(maps.Keys(payloads))
