package authority

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// revise is Revise without a goroutine.
func (s *scene) revise(c ot.Change, at eventlog.Revision) (eventlog.Revision, error) {
	type result struct {
		head eventlog.Revision
		err  error
	}
	done := make(chan result)
	go func() {
		head, err := s.auth.Revise(s.t.Context(), ada, event.Changed{Change: c}, at, 0)
		done <- result{head, err}
	}()
	s.auth.handle(<-s.auth.inbox)
	s.auth.commit()
	r := <-done
	return r.head, r.err
}

func TestRevise(t *testing.T) {
	// Revision 2 reads "milk 😀\neggs"; 3 inserts "oat" before it; 4 deletes
	// "eggs".
	for _, test := range []struct {
		name string
		json string
		at   eventlog.Revision
		code wire.Code
		want string
	}{
		{"at the head", `[11,[0,"tea"]]`, 4, "", "oat milk 😀\ntea"},
		{"carried over what came since", `[[4,"soy"],8]`, 2, "", "oat soy 😀\n"},
		{"what others deleted stays so", `[8,[4]]`, 2, "", "oat milk 😀\n"},
		{"nothing", `[12]`, 2, "", "oat milk 😀\n"},
		{"made for a later text", `[12]`, 5, wire.Stale, ""},
		{"made for none", `[12]`, 0, wire.Stale, ""},
		{"of another length", `[13,[0,"tea"]]`, 2, wire.BadChange, ""},
		{"half a pair", `[6,[1],5]`, 2, wire.BadChange, ""},
		{"too large", `[12,[0,"a whole sentence that is too long"]]`, 2, wire.TooLarge, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, "milk 😀\neggs")
			s.elsewhere(0, 0, "oat ")
			s.elsewhere(12, 16, "")
			c, err := ot.Parse([]byte(test.json))
			if err != nil {
				t.Fatal(err)
			}
			if test.at == 4 {
				c = ot.Replace(12, 12, 12, units("tea"))
			}
			s.auth.cfg.MaxText = 30
			head, err := s.revise(c, test.at)
			before, was := "oat milk 😀\n", eventlog.Revision(4)
			if test.code != "" {
				if f, ok := err.(*wire.Error); !ok || f.Code != test.code {
					t.Fatalf("answered %d %v, want %s", head, err, test.code)
				}
				test.want = before
			} else if test.want != before {
				was++
			}
			if test.code == "" {
				s.equal("head", head, was)
			}
			s.reads(test.want)
			s.head(was)
			s.restart()
			s.reads(test.want)
		})
	}
}

// TestReviseBringsNothingRedactedBack: a change made from the text before a
// redaction might contain the redacted text.
func TestReviseBringsNothingRedactedBack(t *testing.T) {
	s := newScene(t, "a secret")
	s.edit(func() {
		black := []uint16{event.Blank, event.Blank, event.Blank, event.Blank, event.Blank, event.Blank}
		s.auth.record(event.Redacted{Ranges: [][2]int{{2, 8}}, Change: ot.Replace(8, 2, 8, black), Reason: "test"}, ada, s.newClient(), 0)
	})
	c := ot.Replace(8, 8, 8, units(" secret"))
	if _, err := s.revise(c, 2); err == nil || err.(*wire.Error).Code != wire.Stale {
		t.Errorf("answered %v, want stale", err)
	}
	s.reads("a ██████")
	if _, err := s.revise(c, 3); err != nil { // made from the text after the redaction
		t.Error(err)
	}
}

// TestOpenWithATextIsOneAppend: no client ever sees such a thread without its
// text.
func TestOpenWithATextIsOneAppend(t *testing.T) {
	w := newWorld(nil)
	done := make(chan error)
	go func() { done <- w.auth.Open(t.Context(), ada, "list", "milk\n") }()
	w.auth.handle(<-w.auth.inbox)
	if n := len(w.auth.batch.records); n != 2 {
		t.Errorf("a batch of %d records, want 2", n)
	}
	w.auth.commit()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.auth.thread.Text(); got != "milk\n" {
		t.Errorf("text %q", got)
	}
}

func TestOpenRefusesATextWhole(t *testing.T) {
	w := newWorld(nil)
	done := make(chan error, 1)
	go func() { done <- w.auth.Open(t.Context(), ada, "list", "a\rb") }()
	w.auth.handle(<-w.auth.inbox)
	w.auth.commit()
	if err := <-done; err == nil || w.auth.thread.Revision != 0 {
		t.Errorf("revision %d: %v", w.auth.thread.Revision, err)
	}
}
