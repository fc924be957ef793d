package authority

import (
	"fmt"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// A hand is an editor that pushes one change at a time, made at the head.
type hand struct {
	s   *scene
	c   *textClient
	seq uint64
}

func (s *scene) hand(name string, author eventlog.AuthorID) *hand {
	return &hand{s: s, c: s.text(name, author)}
}

// edit replaces the units from..to and returns the seq of the entry.
func (h *hand) edit(from, to int, insert string) uint64 {
	h.s.t.Helper()
	h.push(ot.Replace(h.s.auth.thread.Len(), from, to, units(insert)), h.s.auth.thread.Revision, wire.Claim{})
	return h.seq
}

// claim is edit with a claim; it returns what the record states.
func (h *hand) claim(from, to int, insert string, claim wire.Claim) string {
	h.s.t.Helper()
	h.push(ot.Replace(h.s.auth.thread.Len(), from, to, units(insert)), h.s.auth.thread.Revision, claim)
	return h.s.stated()
}

// again joins as the same client, without what the editor knew.
func (h *hand) again() {
	h.c.conn = nil
	h.c = &textClient{w: h.s.world, name: h.c.name, author: h.c.author, id: h.c.id}
	h.s.texts = append(h.s.texts, h.c)
	h.c.connect(h.s.conn(h.c.name), false)
	h.s.flow()
}

func (h *hand) push(c ot.Change, rev eventlog.Revision, claim wire.Claim) {
	h.s.t.Helper()
	h.seq++
	p := wire.Push{Client: h.c.id, Seq: h.seq, Rev: rev, Changes: []ot.Change{c}}
	if claim != (wire.Claim{}) {
		p.Claims = []wire.Claim{claim}
	}
	h.s.auth.Push(h.c.conn, p)
	h.s.serve(testInbox)
	if f := refusals(h.c.conn); len(f) > 0 {
		h.s.t.Fatalf("%s: %v", h.c.name, f[0])
	}
}

func undoes(from, to uint64) wire.Claim { return wire.Claim{Undoes: [2]uint64{from, to}} }

// stated returns what the newest record states: origins as UNITS@REVISION.AUTHOR and
// lines as PIECE=ID(REVISION.AUTHOR).
func (s *scene) stated() string {
	s.t.Helper()
	last := event.Event{}
	for e := range s.events(s.auth.thread.Revision - 1) {
		last = e
	}
	f, _ := last.Payload.(event.Changed)
	var out []string
	for _, o := range f.Origins {
		out = append(out, fmt.Sprintf("%d@%d.%d", o.Units, o.Revision, o.Author))
	}
	for _, l := range f.Lines {
		mark := ""
		if l.Submitted {
			mark = "!"
		}
		out = append(out, fmt.Sprintf("%d=%d.%d(%d.%d%s)", l.Piece, l.Born, l.Ordinal, l.Revision, l.Author, mark))
	}
	return strings.Join(out, " ")
}

// The text of each case is "one\ntwo\nthree" by Ada, revision 2 and author 0, lines 2.0
// to 2.2; Ben is author 1.
func TestWhatComesBackIsStated(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(s *scene, ben *hand) string
		want string
	}{
		{"everything deleted and undone", func(s *scene, ben *hand) string {
			ben.edit(0, 13, "")
			return ben.claim(0, 0, "one\ntwo\nthree", undoes(1, 1))
		}, "13@2.0 0=2.0(2.0) 1=2.1(2.0) 2=2.2(2.0)"},
		{"a line deleted, and undone after others typed", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			s.hand("ada", ada).edit(0, 0, "number ")
			return ben.claim(11, 11, "two\n", undoes(1, 1))
		}, "4@2.0 1=2.1(2.0)"},
		{"the last line deleted and undone", func(s *scene, ben *hand) string {
			ben.edit(7, 13, "")
			return ben.claim(7, 7, "\nthree", undoes(1, 1))
		}, "6@2.0 2=2.2(2.0)"},
		{"eight Backspaces and one undo", func(s *scene, ben *hand) string {
			for i := range 8 {
				ben.edit(12-i, 13-i, "")
			}
			return ben.claim(5, 5, "wo\nthree", undoes(1, 8))
		}, "8@2.0 1=2.1(2.0) 2=2.2(2.0)"},
		{"Deletes and one undo", func(s *scene, ben *hand) string {
			for range 3 {
				ben.edit(1, 2, "")
			}
			return ben.claim(1, 1, "ne\n", undoes(1, 3))
		}, "3@2.0 0=2.0(2.0) 1=2.1(2.0)"},
		{"a word, which somebody has edited around since", func(s *scene, ben *hand) string {
			ben.edit(8, 11, "")
			s.hand("ada", ada).edit(10, 10, "!")
			return ben.claim(8, 8, "thr", undoes(1, 1))
		}, "3@2.0 2=2.2(4.0)"},
		{"a word, and others' slip between", func(s *scene, ben *hand) string {
			ben.edit(8, 11, "")
			a := s.hand("cem", eventlog.AuthorID{0xc})
			a.edit(10, 10, "!")
			a.edit(10, 11, "")
			return ben.claim(8, 8, "thr", undoes(1, 1))
		}, "3@2.0 2=2.2(2.0)"},
		{"a replacement", func(s *scene, ben *hand) string {
			ben.edit(4, 7, "zwei")
			return ben.claim(4, 8, "two", undoes(1, 1))
		}, "3@2.0 1=2.1(2.0)"},
		{"typing over a selection", func(s *scene, ben *hand) string {
			ben.edit(4, 13, "z")
			ben.edit(5, 5, "w")
			ben.edit(5, 6, "")
			ben.edit(5, 5, "x")
			return ben.claim(4, 6, "two\nthree", undoes(1, 4))
		}, "9@2.0 1=2.1(2.0) 2=2.2(2.0)"},
		{"typing in another's line, which a third edits", func(s *scene, ben *hand) string {
			ben.edit(4, 4, "x")
			s.hand("cem", eventlog.AuthorID{0xc}).edit(8, 8, "!")
			return ben.claim(4, 5, "", undoes(1, 1))
		}, "1=2.1(4.2)"},
		{"Enter in another's line", func(s *scene, ben *hand) string {
			ben.edit(10, 10, "\n")
			return ben.claim(10, 11, "", undoes(1, 1))
		}, "2=2.2(2.0)"},
		{"two lines joined", func(s *scene, ben *hand) string {
			ben.edit(3, 4, "")
			return ben.claim(3, 3, "\n", undoes(1, 1))
		}, "1@2.0 0=2.0(2.0) 1=2.1(2.0)"},
		{"a paragraph cut and pasted elsewhere", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			return ben.claim(0, 0, "two\n", wire.Claim{Pastes: 1})
		}, "4@2.0 0=2.1(2.0)"},
		{"pasted twice: the line comes back once", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			ben.claim(0, 0, "two\n", wire.Claim{Pastes: 1})
			return ben.claim(0, 0, "two\n", wire.Claim{Pastes: 1})
		}, "4@2.0"},
		{"a word pasted into another line", func(s *scene, ben *hand) string {
			ben.edit(4, 7, "")
			return ben.claim(0, 0, "two", wire.Claim{Pastes: 1})
		}, "3@2.0"},
		{"pasted from another tab", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			other := s.hand("ben, too", s.auth.thread.UpdatedBy)
			return other.claim(9, 9, "two\n", wire.Claim{Cut: 3})
		}, "4@2.0"},
		{"a submitted line", func(s *scene, ben *hand) string {
			s.edit(func() { s.auth.record(event.Submitted{From: 1, To: 1}, ada, s.newClient(), 0) })
			ben.edit(4, 8, "")
			return ben.claim(4, 4, "two\n", undoes(1, 1))
		}, "4@2.0 1=2.1(2.0!)"},

		{"other text", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			return ben.claim(4, 4, "Two\n", undoes(1, 1))
		}, ""},
		{"a part of it", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			return ben.claim(4, 4, "two", undoes(1, 1))
		}, ""},
		{"more than it", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			return ben.claim(4, 4, "two\n\n", undoes(1, 1))
		}, ""},
		{"in another order", func(s *scene, ben *hand) string {
			ben.edit(4, 5, "")
			ben.edit(4, 5, "")
			return ben.claim(4, 4, "wt", undoes(1, 2))
		}, ""},
		{"entries that are not there", func(s *scene, ben *hand) string {
			ben.edit(4, 8, "")
			return ben.claim(4, 4, "two\n", undoes(1, 2))
		}, ""},
		{"another author's record", func(s *scene, ben *hand) string {
			s.hand("ada", ada).edit(4, 8, "")
			return ben.claim(4, 4, "two\n", wire.Claim{Cut: 3})
		}, ""},
		{"words changed about in another's line", func(s *scene, ben *hand) string {
			ben.edit(8, 10, "")
			return ben.claim(11, 11, "th", undoes(1, 1))
		}, "2@2.0"},
		{"an undo in another line", func(s *scene, ben *hand) string {
			ben.edit(8, 10, "")
			return ben.claim(0, 0, "th", undoes(1, 1))
		}, "2@2.0"},
		{"an undo that deletes another's text, too", func(s *scene, ben *hand) string {
			ben.edit(4, 5, "")
			return ben.claim(4, 5, "t", undoes(1, 1))
		}, "1@2.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScene(t, "one\ntwo\nthree")
			if got := c.do(s, s.hand("ben", ben)); got != c.want {
				t.Errorf("stated %q, want %q; the text reads %q", got, c.want, s.auth.thread.Text())
			}
		})
	}
}

func TestClaimHoldsAfterRebase(t *testing.T) {
	s := newScene(t, "one\ntwo\nthree")
	b := s.hand("ben", ben)
	b.edit(4, 8, "")
	base, n := s.auth.thread.Revision, s.auth.thread.Len()
	s.hand("ada", ada).edit(0, 3, "")
	b.push(ot.Replace(n, 4, 4, units("two\n")), base, undoes(1, 1))
	s.reads("\ntwo\nthree")
	s.equal("stated", s.stated(), "4@2.0 1=2.1(2.0)")
}

func TestPushSentAgainClaimsOnce(t *testing.T) {
	s := newScene(t, "one\ntwo")
	b := s.hand("ben", ben)
	b.edit(0, 4, "")
	p := wire.Push{Client: b.c.id, Seq: 2, Rev: 3, Changes: changes(t, `[[0,"one",""],3]`, `[[0,"x"],7]`), Claims: []wire.Claim{{Change: 0, Undoes: [2]uint64{1, 1}}}}
	s.auth.Push(b.c.conn, p)
	s.serve(testInbox)
	head := s.auth.thread.Revision
	s.auth.Push(b.c.conn, p)
	s.serve(testInbox)
	s.head(head)
	s.reads("xone\ntwo")
}

func TestMemoryIsEmptyAfterRestart(t *testing.T) {
	s := newScene(t, "one\ntwo")
	b := s.hand("ben", ben)
	b.edit(0, 4, "")
	s.restart()
	b.again()
	s.equal("stated", b.claim(0, 0, "one\n", undoes(1, 1)), "")
}

// redaction records a redaction of what a revision inserted, as another process does.
func redaction(t *testing.T, s *scene, rev eventlog.Revision) {
	t.Helper()
	th := s.auth.thread
	var b ot.Builder
	var ranges [][2]int
	pos := 0
	for span := range th.Spans(0, th.Len()) {
		if span.Revision == rev {
			black := units(strings.Repeat(string(event.Blank), span.Length))
			b.Edit(pos, pos+span.Length, black)
			ranges = append(ranges, [2]int{pos, pos + span.Length})
		}
		pos += span.Length
	}
	b.KeepTo(th.Len())
	f := event.Redacted{Commitments: []event.Commitment{{Revision: rev, Digest: chain.Digest{1}}}, Ranges: ranges, Change: b.Change(), Reason: "a key"}
	s.edit(func() { s.auth.record(f, ada, s.newClient(), 0) })
}

func TestClaimOnRedactedTextIsRefused(t *testing.T) {
	refusal := func(s *scene, h *hand, insert string, c wire.Claim) (code wire.Code) {
		n := s.auth.thread.Len()
		s.auth.Push(h.c.conn, wire.Push{Client: h.c.id, Seq: h.seq + 1, Rev: s.auth.thread.Revision,
			Changes: []ot.Change{ot.Replace(n, 0, 0, units(insert))}, Claims: []wire.Claim{c}})
		s.serve(testInbox)
		f := refusals(h.c.conn)
		if len(f) == 0 {
			h.seq++
			return ""
		}
		return f[0].Code
	}
	s := newScene(t, "")
	b := s.hand("ben", ben)
	b.edit(0, 0, "word ")   // 2
	b.edit(5, 5, "secret ") // 3
	b.edit(5, 12, "")       // 4
	b.edit(0, 5, "")        // 5
	b.edit(0, 0, "next")    // 6
	redaction(t, s, 3)
	for name, c := range map[string]struct {
		insert string
		claim  wire.Claim
		want   wire.Code
	}{
		"the secret, by seq":     {"secret ", undoes(3, 3), wire.BadChange},
		"in a range":             {"word secret ", undoes(3, 4), wire.BadChange},
		"as a paste":             {"secret ", wire.Claim{Pastes: 3}, wire.BadChange},
		"by revision":            {"secret ", wire.Claim{Cut: 4}, wire.BadChange},
		"other text":             {"word ", undoes(4, 4), ""},
		"other text by revision": {"word ", wire.Claim{Cut: 5}, ""},
	} {
		if got := refusal(s, b, c.insert, c.claim); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if strings.Contains(s.stated(), "@") {
			t.Errorf("%s: %s is stated after a redaction", name, s.stated())
		}
	}
	// After a restart nothing shows which text was redacted.
	s.restart()
	b.again()
	s.equal("after a restart", refusal(s, b, "secret ", undoes(3, 3)), wire.BadChange)
	s.equal("by revision", refusal(s, b, "secret ", wire.Claim{Cut: 4}), wire.BadChange)
	gone := s.auth.thread.Text()[:4]
	b.edit(0, 4, "")
	s.equal("text deleted since", refusal(s, b, gone, undoes(b.seq, b.seq)), "")
}
