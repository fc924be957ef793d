package boltlog

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"parodywave/eventlog"
)

// tell writes a line of all that a record says. The verb %+v would, too, but goes
// through every byte by reflection: with it, tests spent most of their time here.
func tell(b *bytes.Buffer, r *eventlog.Record) {
	fmt.Fprintf(b, "%s %d at %d, %d, by %x/%x %d, %s %d, shape %x text %x", r.Stream, r.Revision, r.Position, r.Time,
		r.Author[:], r.Client[:], r.Seq, r.Kind, r.Schema, r.Shape, r.Text)
	if p := r.Proof; p != nil {
		fmt.Fprintf(b, " salt %x commitment %x chain %x redacted %v", p.Salt[:], p.Commitment[:], p.Chain[:], p.Redacted)
	}
	b.WriteByte('\n')
}

// TestTellTellsEveryFieldApart is the control of all tests that compare what tell
// writes: whatever field is another, the line is.
func TestTellTellsEveryFieldApart(t *testing.T) {
	line := func(r eventlog.Record) string {
		var b bytes.Buffer
		tell(&b, &r)
		return b.String()
	}
	plain := eventlog.Record{}
	seen := map[string]string{line(plain): "nothing"}
	claim := func(field string, r eventlog.Record) {
		t.Helper()
		if other, ok := seen[line(r)]; ok {
			t.Errorf("a record with %s reads as one with %s: %s", field, other, line(r))
		}
		seen[line(r)] = field
	}
	for f := range reflect.TypeFor[eventlog.Record]().NumField() {
		r := plain
		v := reflect.ValueOf(&r).Elem().Field(f)
		if v.Kind() != reflect.Pointer { // of the proof, below
			spoil(t, v)
			claim(reflect.TypeFor[eventlog.Record]().Field(f).Name, r)
		}
	}
	proved := eventlog.Record{Proof: &eventlog.Proof{}}
	claim("a proof", proved)
	for f := range reflect.TypeFor[eventlog.Proof]().NumField() {
		p := eventlog.Proof{}
		spoil(t, reflect.ValueOf(&p).Elem().Field(f))
		claim(reflect.TypeFor[eventlog.Proof]().Field(f).Name, eventlog.Record{Proof: &p})
	}
}

// spoil sets a value to another than zero.
func spoil(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int64:
		v.SetInt(7)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.SetBytes([]byte{7})
	case reflect.Array:
		v.Index(v.Len() - 1).SetUint(7)
	default:
		t.Fatalf("a field of kind %s", v.Kind())
	}
}
