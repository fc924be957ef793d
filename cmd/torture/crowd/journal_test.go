package crowd

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// TestJournalFollowsAThreadThatNobodySawAnythingOf: a server may be killed
// before the first entry came to anybody. The thread is followed all the same,
// and missed where the log has nothing of it.
func TestJournalFollowsAThreadThatNobodySawAnythingOf(t *testing.T) {
	log := eventlog.NewMemory()
	if _, err := log.Append(t.Context(), eventlog.Stream("01JZ0000000000000000000000"), 0, event.Encode(event.Opened{Title: "T"})); err != nil {
		t.Fatal(err)
	}
	j := NewJournal()
	j.Opened("01JZ0000000000000000000000")
	j.Check(log)
	if problems := j.Problems(); len(problems) > 0 {
		t.Error(problems)
	}
	if _, rev := j.Text("01JZ0000000000000000000000"); rev != 1 {
		t.Errorf("it is at revision %d, want 1", rev)
	}
	j = NewJournal()
	j.Opened("01JZ0000000000000000000001")
	j.Check(log)
	if problems := strings.Join(j.Problems(), ""); !strings.Contains(problems, "LOST") {
		t.Errorf("a thread that is not in the log is not missed: %q", problems)
	}
}
