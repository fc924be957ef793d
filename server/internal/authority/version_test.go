package authority

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// version is Version without a goroutine.
func (s *scene) version(rev eventlog.Revision, name string) error {
	done := make(chan error)
	go func() { done <- s.auth.Version(s.t.Context(), ada, rev, name) }()
	s.auth.handle(<-s.auth.inbox)
	s.auth.commit()
	return <-done
}

func TestVersionNamesARevisionOnce(t *testing.T) {
	s := newScene(t, "milk")
	if err := s.version(1, "초안 1"); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		rev  eventlog.Revision
		name string
		code wire.Code
	}{
		{1, "초안 1", wire.BadValue},
		{2, "초안 1", wire.BadValue}, // for another revision, too
		{0, "zero", wire.BadValue},
		{4, "above", wire.Stale},
		{1, "12", wire.BadValue},
		{1, "2026-11-22", wire.BadValue},
		{1, "2026-11-22T10:00:00Z", wire.BadValue},
		{1, "a@b", wire.BadValue},
		{1, "-5m", wire.BadValue},
		{1, "", wire.BadValue},
	} {
		f, ok := s.version(test.rev, test.name).(*wire.Error)
		if !ok || f.Code != test.code {
			t.Errorf("%q for revision %d: %v, want %s", test.name, test.rev, f, test.code)
		}
		s.head(3)
	}
	if err := s.version(3, "v2"); err != nil {
		t.Fatal(err)
	}
	s.restart()
	v := s.auth.thread.Versions
	if len(v) != 2 || v[0].Name != "초안 1" || v[0].Of != 1 || v[0].Revision != 3 || v[0].Author != ada || v[1].Of != 3 {
		t.Errorf("after a restart the versions are %+v", v)
	}
	s.reads("milk")
}
