package ot

import (
	"math/rand/v2"
	"testing"
)

const benchLen = 100_000

// keystrokes are changes of one unit each at random places of one text.
func keystrokes(n int) []Change {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]Change, n)
	for i := range out {
		if at := r.IntN(benchLen); r.IntN(4) == 0 {
			out[i] = Replace(benchLen, at, at+1, nil)
		} else {
			out[i] = Replace(benchLen, at, at, []uint16{'a'})
		}
	}
	return out
}

// A log of keystrokes that follow each other has other lengths every time.
func keystrokeLog(n int) []Change {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]Change, n)
	length := benchLen
	for i := range out {
		if at := r.IntN(length); r.IntN(4) == 0 {
			out[i] = Replace(length, at, at+1, nil)
		} else {
			out[i] = Replace(length, at, at, []uint16{'a'})
		}
		length = out[i].NewLen()
	}
	return out
}

func BenchmarkTransformFresh(b *testing.B) {
	c, over := keystrokes(1)[0], keystrokes(1024)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := c.Transform(over[i%1024], false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTransformReused(b *testing.B) {
	c, over := keystrokes(1)[0], keystrokes(1024)
	var t Transformer
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := t.Transform(c, over[i%1024], false); err != nil {
			b.Fatal(err)
		}
	}
}

// The long way round: changes that touch, or have more than one edit.
func BenchmarkTransformReusedTouching(b *testing.B) {
	c, over := Replace(benchLen, 500, 500, []uint16{'a'}), Replace(benchLen, 500, 501, []uint16{'b'})
	var t Transformer
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Transform(c, over, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	log := keystrokeLog(2)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := log[0].Compose(log[1]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(`[49152,[0,"한"],50848]`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromShape(b *testing.B) {
	shape, lines := []byte(`[49152,[0,1],50848]`), []string{"한"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromShape(shape, lines); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	c := Replace(benchLen, 49152, 49152, []uint16{'a'})
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = c.AppendJSON(buf[:0])
	}
}

func BenchmarkRebaserOneOver1000(b *testing.B) {
	log := keystrokeLog(1000)
	c := keystrokes(1)[0]
	var r Rebaser
	own := make([]Change, 1)
	b.ReportAllocs()
	for b.Loop() {
		own[0] = c
		for _, over := range log {
			if _, err := r.Rebase(own, over); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkTransformerOneOver1000(b *testing.B) {
	log := keystrokeLog(1000)
	c := keystrokes(1)[0]
	var t Transformer
	b.ReportAllocs()
	for b.Loop() {
		own := c
		for _, over := range log {
			var err error
			if own, err = t.Transform(own, over, false); err != nil {
				b.Fatal(err)
			}
		}
	}
}
