package ndjson

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

const thread = eventlog.Stream("01JZ0000000000000000000000")

var ctx = context.Background()

// A sampler makes threads from random numbers.
type sampler struct {
	rnd  *rand.Rand
	text []uint16
	out  []eventlog.Record
	now  int64
}

var alphabet = []rune("ab \"\\\n\té한🌊\u007f\u2028\u202e</")

func (s *sampler) words(n int) string {
	out := make([]rune, s.rnd.IntN(n+1))
	for i := range out {
		out[i] = alphabet[s.rnd.IntN(len(alphabet))]
	}
	return string(out)
}

func (s *sampler) record(f event.Payload) {
	r := event.Encode(f)
	s.now += int64(s.rnd.IntN(100))
	r.Time = s.now
	r.Author[15] = byte(1 + s.rnd.IntN(3))
	if s.rnd.IntN(2) == 0 {
		r.Client[15], r.Seq = byte(1+s.rnd.IntN(9)), s.rnd.Uint64N(1<<53)
	}
	s.out = append(s.out, r)
}

func (s *sampler) change() {
	insert, _ := ot.Units(s.words(6))
	a, b := s.rnd.IntN(len(s.text)+1), s.rnd.IntN(len(s.text)+1)
	c := ot.Replace(len(s.text), min(a, b), max(a, b), insert)
	if c.CutsPair(func(i int) uint16 { return s.text[i] }) {
		return
	}
	s.text, _ = c.Apply(s.text)
	s.record(event.Changed{Change: c})
}

// sample returns the records of a thread with n changes, in which, if redacted is
// not 0, that revision was redacted.
func sample(seed uint64, n int, redacted eventlog.Revision) []eventlog.Record {
	s := &sampler{rnd: rand.New(rand.NewPCG(seed, 0)), now: 1_790_000_000_000}
	s.record(event.Opened{Title: s.words(9)})
	for range n {
		s.change()
		switch s.rnd.IntN(8) {
		case 0:
			s.record(event.Renamed{Title: s.words(9)})
		case 1:
			s.record(event.Submitted{From: 0, To: s.rnd.IntN(3)})
		case 2:
			s.record(event.Version{Revision: 1, Name: "v"})
		}
	}
	if redacted > 0 && len(s.out[redacted-1].Text) > 0 {
		s.redact(redacted)
	}
	return s.out
}

func (s *sampler) redact(at eventlog.Revision) {
	r := &s.out[at-1]
	texts, _ := event.Strings(r.Text)
	for i, t := range texts {
		texts[i] = string(bytes.Repeat([]byte("█"), ot.Len(t)))
	}
	var h chain.Hasher
	old := h.Commit(chain.Salt{1}, r.Text)
	r.Text = event.AppendStrings(nil, texts...)
	r.Proof = &eventlog.Proof{Salt: chain.Salt{2}, Commitment: old, Redacted: true}
	s.record(event.Redacted{
		Commitments: []event.Commitment{{Revision: at, Digest: h.Commit(chain.Salt{2}, r.Text)}},
		Change:      ot.Keep(len(s.text)),
		Reason:      "a name",
	})
}

func logOf(t *testing.T, records []eventlog.Record) eventlog.AuditLog {
	t.Helper()
	log := eventlog.NewMemory()
	if _, err := log.Append(ctx, thread, 0, records...); err != nil {
		t.Fatal(err)
	}
	return log
}

func names(id eventlog.AuthorID) (Author, bool) {
	if id[15] == 3 { // nobody knows the third
		return Author{}, false
	}
	return Author{id, fmt.Sprintf("소라 %d", id[15]), event.Person}, true
}

func export(t *testing.T, log eventlog.AuditLog) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Export(ctx, &b, log, thread, 0, names); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
