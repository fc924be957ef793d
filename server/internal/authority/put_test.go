package authority

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// put is Put without a goroutine.
func (s *scene) put(text string, expected eventlog.Revision) (eventlog.Revision, error) {
	type result struct {
		head eventlog.Revision
		err  error
	}
	done := make(chan result)
	go func() {
		head, err := s.auth.Put(s.t.Context(), ada, text, expected)
		done <- result{head, err}
	}()
	s.auth.handle(<-s.auth.inbox)
	s.auth.commit()
	r := <-done
	return r.head, r.err
}

func TestPut(t *testing.T) {
	for _, test := range []struct {
		name     string
		text     string
		expected eventlog.Revision
		code     wire.Code
		head     eventlog.Revision
	}{
		{"another text", "milk 😁\ntea", 0, "", 3},
		{"at the head", "", 2, "", 3},
		{"the same text", "milk 😀\neggs", 2, "", 2},
		{"at another revision", "x", 1, wire.Stale, 2},
		{"a carriage return", "a\r\nb", 0, wire.BadValue, 2},
		{"NUL", "a\x00", 0, wire.BadValue, 2},
		{"no UTF-8", "a\xff", 0, wire.BadValue, 2},
		{"too large", "12345678901234567890", 0, wire.TooLarge, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, "milk 😀\neggs")
			s.auth.cfg.MaxText = 18
			head, err := s.put(test.text, test.expected)
			want := test.text
			if test.code == "" {
				s.equal("head", head, test.head)
			} else if f, ok := err.(*wire.Error); !ok || f.Code != test.code {
				t.Errorf("answered %v, want %s", err, test.code)
			}
			if test.code != "" {
				want = "milk 😀\neggs"
			}
			s.reads(want)
			s.head(test.head)
			s.restart()
			s.reads(want) // it can be replayed
		})
	}
}
