package main

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
	if _, err := log.Append(t.Context(), testThread, 0, event.Encode(event.Opened{Title: "T"})); err != nil {
		t.Fatal(err)
	}
	j := newJournal()
	j.opened(string(testThread))
	j.check(log)
	if problems := j.complaints(); len(problems) > 0 {
		t.Error(list(problems))
	}
	if _, rev := j.text(string(testThread)); rev != 1 {
		t.Errorf("it is at revision %d, want 1", rev)
	}
	j = newJournal()
	j.opened("01JZ0000000000000000000001")
	j.check(log)
	if problems := strings.Join(j.complaints(), ""); !strings.Contains(problems, "LOST") {
		t.Errorf("a thread that is not in the log is not missed: %q", problems)
	}
}
