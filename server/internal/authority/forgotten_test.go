package authority

import (
	"strings"
	"testing"

	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// TestADeletionOverTheMemorysBoundIsForgotten deletes more at once than the memory of
// deletions holds in all.
func TestADeletionOverTheMemorysBoundIsForgotten(t *testing.T) {
	const size = 1_200_000
	s := newScene(t, strings.Repeat("a", size))
	b := s.hand("ben", ben)
	b.edit(1, size, "")
	s.reads("a")
	s.equal("stated", b.claim(0, 0, "a", undoes(1, 1)), "")

	// The redaction may name text that was in the deletion.
	redaction(t, s, 2)
	c := ot.Replace(s.auth.thread.Len(), 0, 0, units("a"))
	b.seq++
	s.auth.Push(b.c.conn, wire.Push{Client: b.c.id, Seq: b.seq, Rev: s.auth.thread.Revision, Changes: []ot.Change{c}, Claims: []wire.Claim{undoes(1, 1)}})
	s.serve(testInbox)
	if f := refusals(b.c.conn); len(f) != 1 || f[0].Code != wire.BadChange {
		t.Errorf("an undo of redacted text is answered by %v", f)
	}
}
