package projection_test

import (
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// No single change of a text of half a megabyte may hold its thread up for long: what
// goes with the square of the lines does not come to an end here.
func TestOneLargeChangeEnds(t *testing.T) {
	n := 1 << 17
	if testing.Short() {
		n = 1 << 14
	}
	numbered := func(prefix string) string {
		var b strings.Builder
		for i := range n / 4 {
			b.WriteString(prefix)
			for ; i > 0; i /= 26 {
				b.WriteByte(byte('a' + i%26))
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	for _, c := range []struct{ name, one, two string }{
		{"other lines", strings.Repeat("a\n", n), strings.Repeat("b\n", n)},
		{"the same lines", strings.Repeat("a\n", n), strings.Repeat("a\n", n)},
		{"other different lines", numbered("x"), numbered("y")},
		{"different lines turned round", numbered("x"), "end\n" + numbered("x")},
		{"many blank lines between equal ones", strings.Repeat("x"+strings.Repeat("\n", 512), n/512), strings.Repeat(strings.Repeat("\n", 512)+"x", n/512)},
		{"all breaks go", strings.Repeat("a\n", n), strings.Repeat("a", n)},
		{"all breaks come", strings.Repeat("a", n), strings.Repeat("a\n", n)},
	} {
		_, took := replaceAll(t, c.one, c.two)
		t.Logf("%s: %v", c.name, took)
	}
}

func TestOneChangeOfManySectionsEnds(t *testing.T) {
	const n = 1 << 15
	for name, section := range map[string]func(b *ot.Builder, i int){
		"a letter in each line": func(b *ot.Builder, _ int) { b.Keep(1); b.Replace(0, scripts.Units("x")); b.Keep(3) },
		"a break in each line":  func(b *ot.Builder, _ int) { b.Keep(1); b.Replace(0, scripts.Units("\n")); b.Keep(3) },
		"each break goes":       func(b *ot.Builder, _ int) { b.Keep(3); b.Replace(1, nil) },
		"each other line goes": func(b *ot.Builder, i int) {
			if i%2 == 0 {
				b.Keep(4)
			} else {
				b.Replace(4, nil)
			}
		},
		"each other line is moved": func(b *ot.Builder, i int) {
			switch i % 4 {
			case 0:
				b.Keep(4)
			case 1:
				b.Replace(4, nil)
			case 2:
				b.Keep(3)
				b.Replace(0, scripts.Units("\n"+threeLetters(i-1)))
				b.Keep(1)
			default:
				b.Keep(4)
			}
		},
	} {
		var text strings.Builder
		var b ot.Builder
		for i := range n {
			text.WriteString(threeLetters(i) + "\n")
			section(&b, i)
		}
		th := projection.NewThread(scripts.Stream)
		for i, c := range []ot.Change{ot.Replace(0, 0, 0, scripts.Units(text.String())), b.Change()} {
			start := time.Now()
			if _, err := th.Apply(event.Event{Revision: eventlog.Revision(i + 1), Payload: event.Changed{Change: c}}); err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				t.Logf("%s: %v", name, time.Since(start))
			}
		}
	}
}

// threeLetters tells numbers below 65,536 apart.
func threeLetters(i int) string {
	return string([]byte{byte('!' + i%41), byte('!' + i/41%41), byte('!' + i/41/41%41)})
}
