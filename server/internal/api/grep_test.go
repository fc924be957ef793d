package api

import (
	"net/http/httptest"
	"strings"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

// TestASearchEndsWhenItsTimeIsOver: a search that takes too long ends with an
// error that says so, and not with one of the log; the control is the same
// search with enough time.
func TestASearchEndsWhenItsTimeIsOver(t *testing.T) {
	a := newAPI(t, event.Opened{Title: "T"}, changed(t, `[[0,"some text"]]`))
	g, err := newGrep(httptest.NewRequest("GET", "/?pattern=.&regexp=true", nil))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := limited(t.Context(), 0)
	defer cancel()
	if err = g.search(ctx, a, testThread, 0); err == nil || wire.ErrorFor(err, "").Code.Status() != 400 || !strings.Contains(err.Error(), "narrower pattern") {
		t.Errorf("a search without time: %v", err)
	}
	ctx, cancel = limited(t.Context(), searchMost)
	defer cancel()
	if err := g.search(ctx, a, testThread, 0); err != nil || len(g.rows) == 0 {
		t.Errorf("a search with time: %d rows, %v", len(g.rows), err)
	}
}
