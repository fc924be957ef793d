package event_test

import (
	"testing"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, change string }{
		{"typing", `[51234,[0,"a"],3121]`},
		{"break", `[51234,[0,"",""],3121]`},
		{"two sections", `[51234,[5],10,[0,"","line"],3121]`},
	} {
		b.Run(c.name, func(b *testing.B) {
			change, err := ot.Parse([]byte(c.change))
			if err != nil {
				b.Fatal(err)
			}
			r := record(event.Changed{Change: change})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := event.Decode(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
