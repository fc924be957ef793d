package authority

import (
	"fmt"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// put is Put without a goroutine of the authority. Before each request that
// appends, meanwhile is called, if it is not nil.
func (s *scene) put(w Write, meanwhile func()) (Written, error) {
	type result struct {
		out Written
		err error
	}
	done := make(chan result, 1)
	go func() {
		out, err := s.auth.Put(s.t.Context(), w)
		done <- result{out, err}
	}()
	for {
		select {
		case r := <-done:
			return r.out, r.err
		case r := <-s.auth.inbox:
			if r.edit != nil && meanwhile != nil {
				meanwhile()
			}
			s.auth.handle(r)
			s.auth.commit()
		}
	}
}

func TestPut(t *testing.T) {
	// Revision 2 reads "milk 😀\neggs". Ben makes of it "oat milk 😀\neggs" at 3.
	const now = "oat milk 😀\neggs"
	for _, test := range []struct {
		name   string
		write  Write
		code   wire.Code
		want   string
		merged int
	}{
		{"at the head", Write{Text: "oat milk 😁\ntea"}, "", "oat milk 😁\ntea", 0},
		{"at the head by its number", Write{Text: "", Base: 3}, "", "", 0},
		{"nothing at the head", Write{Text: now, Base: 3}, "", now, 0},
		{"from before", Write{Text: "milk 😁\ntea", Base: 2}, "", "oat milk 😁\ntea", 1},
		{"nothing from before", Write{Text: "milk 😀\neggs", Base: 2}, "", now, 1},
		{"all is deleted from before", Write{Text: "", Base: 2}, "", "oat ", 1},
		{"from the empty text", Write{Text: "tea\n", Base: 1}, "", now + "tea\n", 2},
		{"exact", Write{Text: "tea", Base: 3, Exact: true}, "", "tea", 0},
		{"exact, from before", Write{Text: "tea", Base: 2, Exact: true}, wire.Stale, now, 0},
		{"from a revision to come", Write{Text: "tea", Base: 4}, wire.Stale, now, 0},
		{"a carriage return", Write{Text: "a\r\nb"}, wire.BadValue, now, 0},
		{"NUL", Write{Text: "a\x00"}, wire.BadValue, now, 0},
		{"no UTF-8", Write{Text: "a\xff"}, wire.BadValue, now, 0},
		{"too large", Write{Text: "1234567890123456789012345"}, wire.TooLarge, now, 0},
		{"too large when merged", Write{Text: "milk 😀\neggs1234567", Base: 2}, wire.TooLarge, now, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, "milk 😀\neggs")
			s.auth.cfg.MaxText = 24
			s.elsewhere(0, 0, "oat ")
			test.write.Author = ada
			out, err := s.put(test.write, nil)
			head := eventlog.Revision(3)
			if test.code == "" && test.want != now {
				head++
			}
			if f, ok := err.(*wire.Error); ok != (test.code != "") || ok && f.Code != test.code {
				t.Errorf("answered %v, want %s", err, test.code)
			} else if ok && f.Code == wire.Stale && f.Head != 3 {
				t.Errorf("stale names the head %d, want 3", f.Head)
			}
			if test.code == "" {
				s.equal("head", out.Head, head)
				s.equal("merged", out.Merged, test.merged)
			}
			s.reads(test.want)
			s.head(head)
			s.restart()
			s.reads(test.want) // it can be replayed
		})
	}
}

// TestPutBringsNothingRedactedBack: the text that was written may have it.
func TestPutBringsNothingRedactedBack(t *testing.T) {
	s := newScene(t, "a secret")
	s.edit(func() {
		black := []uint16{event.Blank, event.Blank, event.Blank, event.Blank, event.Blank, event.Blank}
		s.auth.record(event.Redacted{Ranges: [][2]int{{2, 8}}, Change: ot.Replace(8, 2, 8, black), Reason: "test"}, ada, s.newClient(), 0)
	})
	if _, err := s.put(Write{Author: ada, Text: "a secret!", Base: 2}, nil); err == nil || err.(*wire.Error).Code != wire.Stale {
		t.Errorf("answered %v, want stale", err)
	}
	s.reads("a ██████")
	if _, err := s.put(Write{Author: ada, Text: "a ██████!", Base: 3}, nil); err != nil {
		t.Error(err)
	}
	s.reads("a ██████!")
}

// TestPutCarriesFewEntriesInside: what others write while Put compares stays, and the
// authority's own goroutine carries the difference over at most carryInside
// entries.
func TestPutCarriesFewEntriesInside(t *testing.T) {
	s := newScene(t, "one\ntwo")
	wrote := 0
	out, err := s.put(Write{Author: ada, Text: "one\n2"}, func() {
		for n := []int{3 * carryInside, carryInside + 1, 2}[min(wrote, 2)]; n > 0; n-- {
			s.elsewhere(0, 0, "x")
		}
		wrote++
	})
	if err != nil || wrote != 3 || out.Merged != 4*carryInside+3 {
		t.Errorf("%+v %v after %d requests", out, err, wrote)
	}
	s.reads(strings.Repeat("x", 4*carryInside+3) + "one\n2")
}

// TestMergesAreBounded by edits of the change times edits of the entries.
func TestMergesAreBounded(t *testing.T) {
	c, err := ot.Parse([]byte(`[[0,"a"],2,[0,"b"],2]`)) // two edits
	if err != nil {
		t.Fatal(err)
	}
	e := event.Event{Revision: 3, Payload: event.Changed{Change: ot.Replace(4, 1, 1, units("x"))}}
	for steps, want := range map[int]wire.Code{mergeMost - 6: "", mergeMost - 5: wire.Stale} {
		m := newMerge("T", 2, c, units("    "))
		m.steps = steps
		if f := m.over(e); f == nil && want != "" || f != nil && f.Code != want {
			t.Errorf("after %d steps: %v, want %q", steps, f, want)
		}
	}
}

// TestPutSaysWhereBothEditedTheSameWords, by the lines of the text that came of it.
func TestPutSaysWhereBothEditedTheSameWords(t *testing.T) {
	const base = "a list\nmilk and tea\neggs\nbread\n"
	for _, test := range []struct {
		name, theirs, mine, want, overlaps string
	}{
		{"other lines", "a list\nmilk\neggs\nbread\n", "a list\nmilk and tea\neggs\nrye\n", "a list\nmilk\neggs\nrye\n", ""},
		{"other words of a line", "a list\nsoy and tea\neggs\nbread\n", "a list\nmilk and mint\neggs\nbread\n", "a list\nsoy and mint\neggs\nbread\n", ""},
		{"one word", "a list\nmilk and teas\neggs\nbread\n", "a list\nmilk and ted\neggs\nbread\n", "a list\nmilk and teds\neggs\nbread\n", `1-1 "milk and teds"`},
		{"the same correction", "a list\nmilk and coffee\neggs\nbread\n", "a list\nmilk and coffee\neggs\nbread\n", "", `1-1 "milk and coffeecoffee"`},
		{"a line that I delete", "a list\nmilk and tea\nten eggs\nbread\n", "a list\nmilk and tea\nbread\n", "a list\nmilk and tea\nten bread\n", `2-2 "ten bread"`},
		{"lines side by side", base + "beer\n", base + "wine\n", base + "beer\nwine\n", ""},
		{"a line before theirs", "beer\n" + base, "wine\n" + base, "beer\nwine\n" + base, ""},
		{"their word before my line", "beer " + base, "wine\n" + base, "beer wine\n" + base, `0-0 "beer wine"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, base)
			if _, err := s.put(Write{Author: ben, Text: test.theirs, Base: 2}, nil); err != nil {
				t.Fatal(err)
			}
			out, err := s.put(Write{Author: ada, Text: test.mine, Base: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if test.want != "" {
				s.reads(test.want)
			}
			var all []string
			for _, o := range out.Overlaps {
				all = append(all, fmt.Sprintf("%d-%d %q", o.From, o.To, o.Text))
				if o.First != 3 || o.Last != 3 || len(o.Authors) != 1 || o.Authors[0] != ben {
					t.Errorf("overlap with %v at %d-%d, want Ben's at 3", o.Authors, o.First, o.Last)
				}
			}
			s.equal("overlaps", strings.Join(all, " "), test.overlaps)
		})
	}
}
