package server

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestASearchEndsWhenItsTimeIsOver: who searches for too long is told so, and
// not that the log failed; with time enough the same search ends by itself.
func TestASearchEndsWhenItsTimeIsOver(t *testing.T) {
	s, _ := start(t, minutesLog(t))
	r := httptest.NewRequest("GET", "/?pattern=.&regexp=true", nil)
	g, err := newGrep(r)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := g.begin(r, 0)
	defer cancel()
	if err = g.search(ctx, s, testThread, 0); err == nil || errorFor(err, "").Code.Status() != 400 || !strings.Contains(err.Error(), "narrower pattern") {
		t.Errorf("a search without time: %v", err)
	}
	ctx, cancel = g.begin(r, grepMost)
	defer cancel()
	if err := g.search(ctx, s, testThread, 0); err != nil || len(g.rows) == 0 {
		t.Errorf("a search with time: %d rows, %v", len(g.rows), err)
	}
}
