package player

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

const testThread eventlog.Stream = "01M82GXXJC5MRNK4CZ9TQX205Q"

var testNames = []string{"소라", "Ben", "Cleo"}

// A script writes a history.
type script struct {
	records []eventlog.Record
	text    []uint16
	now     int64
}

func newScript(title string) *script {
	s := &script{now: 1_790_000_000_000}
	s.add(0, event.Opened{Title: title})
	return s
}

func (s *script) add(author int, f event.Payload) {
	r := event.Encode(f)
	r.Author[15], r.Time = byte(author+1), s.now
	s.records = append(s.records, r)
	s.now += 1000
}

// put makes insert of the units from..to.
func (s *script) put(author, from, to int, insert string) {
	s.change(author, ot.Replace(len(s.text), from, to, utf16.Encode([]rune(insert))))
}

func (s *script) change(author int, c ot.Change) {
	text, err := c.Apply(s.text)
	if err != nil {
		panic(err)
	}
	s.text = text
	s.add(author, event.Changed{Change: c})
}

// write appends text.
func (s *script) write(author int, text string) { s.put(author, len(s.text), len(s.text), text) }

func (s *script) log(t testing.TB) eventlog.AuditLog {
	t.Helper()
	log := eventlog.NewMemory()
	if _, err := log.Append(context.Background(), testThread, 0, s.records...); err != nil {
		t.Fatal(err)
	}
	return log
}

func (s *script) history(t testing.TB) *History {
	t.Helper()
	r, err := ReadHistory(context.Background(), s.log(t), testThread, 0, nameOf, 30_000)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func nameOf(id eventlog.AuthorID) string { return testNames[id[15]-1] }

// randomScript writes n records: inserts and deletions of one or several
// places, line breaks, wide, hidden and combined characters, submitted lines,
// pauses.
func randomScript(rnd *rand.Rand, n int) *script {
	s := newScript("무작위")
	words := []string{"가", "나다", "x", "foo ", "\n", "\n", "a\nb", "\n\n", "\t", "😀", "\x1b[1m", "\u202e", "e\u0301", "TODO", "한\n글\n"}
	for range n {
		if rnd.IntN(20) == 0 {
			s.now += 60_000
		}
		author := rnd.IntN(3)
		if lines := strings.Count(string(utf16.Decode(s.text)), "\n") + 1; rnd.IntN(12) == 0 && len(s.text) > 0 {
			from := rnd.IntN(lines)
			s.add(author, event.Submitted{From: from, To: min(lines-1, from+rnd.IntN(2))})
			continue
		}
		c := s.randomChange(rnd, ot.Keep(len(s.text)), words)
		if rnd.IntN(5) == 0 {
			c = s.randomChange(rnd, c, words)
		}
		s.change(author, c)
	}
	return s
}

func (s *script) randomChange(rnd *rand.Rand, c ot.Change, words []string) ot.Change {
	text, err := c.Apply(s.text)
	if err != nil {
		panic(err)
	}
	whole := func(pos int) int { // no edge within a surrogate pair
		if pos > 0 && pos < len(text) && utf16.IsSurrogate(rune(text[pos])) && text[pos] >= 0xdc00 {
			pos--
		}
		return pos
	}
	from := whole(rnd.IntN(len(text) + 1))
	to, insert := from, ""
	if rnd.IntN(3) == 0 {
		to = max(from, whole(min(len(text), from+rnd.IntN(8))))
	}
	if to == from || rnd.IntN(3) == 0 {
		insert = words[rnd.IntN(len(words))]
	}
	out, err := c.Compose(ot.Replace(len(text), from, to, utf16.Encode([]rune(insert))))
	if err != nil {
		panic(err)
	}
	return out
}

// seeded returns the source of randomness of a test.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(seeds.For(t), 1))
}

// past returns a thread as it was.
func past(t testing.TB, r *History, at eventlog.Revision) *projection.Thread {
	t.Helper()
	th := projection.NewThread(r.Stream)
	if at > 0 {
		if err := th.Advance(r.after(0), at); err != nil {
			t.Fatal(err)
		}
	}
	return th
}

// pasted writes a history so that it can be put into a test.
func (s *script) pasted() string {
	var b strings.Builder
	for _, r := range s.records {
		fmt.Fprintf(&b, "%s %s %q by %d\n", r.Kind, r.Shape, r.Text, r.Author[15])
	}
	return b.String()
}
