package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// randomFrame writes a frame of the stream as the server does, or nearly.
func randomFrame(r *rand.Rand) []byte {
	names := []string{"Ann", "Ben", "소라", `q\"uote`, `e\u0041`, "", "😀"}
	f := []byte(`{"type":"update","id":"T","rev":`)
	n, rev := 1+r.IntN(4), r.Uint64N(1_000_000)
	f = fmt.Appendf(f, `%d,"chain":"%x","updates":[`, rev+uint64(n), r.Uint64())
	for i := range n {
		if i > 0 {
			f = append(f, ',')
		}
		f = fmt.Appendf(f, `{"rev":%d,"user":"%s","author":"A%d"`, rev+uint64(i)+1, names[r.IntN(len(names))], r.IntN(3))
		switch r.IntN(8) {
		case 0:
			f = fmt.Appendf(f, `,"at":%d,"kind":"submitted","length":%d,"lines":[0,1]}`, r.Int64N(1<<50), r.IntN(100))
		default:
			f = fmt.Appendf(f, `,"client":"C%d","seq":%d,"at":%d,"changes":[%d,[0,%s],%d]}`,
				r.IntN(3), r.Uint64N(100), r.Int64N(1<<50), r.IntN(9), []string{`"a"`, `"]"`, `"\\","\""`, `"한"`, `"[[","{"`}[r.IntN(5)], r.IntN(9))
		}
	}
	return append(f, "]}"...)
}

// TestScannerReadsWhatJSONReads holds it against encoding/json on whole frames
// and on some with a byte altered, left out or put in.
func TestScannerReadsWhatJSONReads(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var s scanner
	byHand, refused := 0, 0
	for range 20_000 {
		data := randomFrame(r)
		if r.IntN(2) == 0 {
			at := r.IntN(len(data))
			switch r.IntN(3) {
			case 0:
				data[at] = `{}[],:"\0a 9`[r.IntN(12)]
			case 1:
				data = append(data[:at], data[at+1:]...)
			default:
				data = append(data[:at], append([]byte{`{}[],:"\0a 9`[r.IntN(12)]}, data[at:]...)...)
			}
		}
		want, wantErr := decode(bytes.Clone(data))
		got, gotErr := s.frame(data)
		if (wantErr == nil) != (gotErr == nil) || wantErr == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: %s\n%+v, %v, want\n%+v, %v", seed, data, got, gotErr, want, wantErr)
		}
		if wantErr != nil {
			refused++
		} else if _, ok := s.update(data); ok {
			byHand++
		}
	}
	if byHand < 1000 || refused < 1000 {
		t.Errorf("seed %d: only %d frames were read by hand and %d refused", seed, byHand, refused)
	}
}

func TestDigestsTellEntriesApart(t *testing.T) {
	plain := entry{Rev: 5, User: "Ann", Author: "A", Client: "C", Seq: 2, At: 7, Changes: json.RawMessage(`[[0,"a"]]`)}
	same := plain
	same.Changes = bytes.Clone(plain.Changes)
	if plain.digest() != same.digest() {
		t.Error("one entry has two digests")
	}
	seen := map[uint64]int{plain.digest(): -1}
	for i, change := range []func(*entry){
		func(e *entry) { e.Rev++ }, func(e *entry) { e.Author = "B" }, func(e *entry) { e.Client = "" }, func(e *entry) { e.Seq++ },
		func(e *entry) { e.At++ }, func(e *entry) { e.Kind = "redacted" }, func(e *entry) { e.Length = 1 },
		func(e *entry) { e.Changes = json.RawMessage(`[[0,"b"]]`) }, func(e *entry) { e.Client, e.Author = "CA", "" },
	} {
		e := plain
		change(&e)
		if other, ok := seen[e.digest()]; ok {
			t.Errorf("changes %d and %d give the same digest", i, other)
		}
		seen[e.digest()] = i
	}
}

func BenchmarkScanner(b *testing.B) {
	data := []byte(`{"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","rev":13,"chain":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff","updates":[{"rev":12,"user":"Ben","author":"01J9Z2BEN00000000000000000","client":"01J9Z40000000000000000000A","seq":1,"at":1760000002000,"changes":[4,[0,"!"],6]},{"rev":13,"user":"Ben","author":"01J9Z2BEN00000000000000000","client":"01J9Z40000000000000000000A","seq":2,"at":1760000002003,"changes":[5,[0,"?"],6]}]}`)
	b.Run("by hand", func(b *testing.B) {
		var s scanner
		for b.Loop() {
			if _, err := s.frame(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		for b.Loop() {
			if _, err := decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("shared", func(b *testing.B) {
		var f Frames
		for b.Loop() {
			if _, err := f.read(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
