package jsonrow

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/revert"
)

// A Reversal says how edits of a thread were reversed, or would be.
type Reversal struct {
	Rev      eventlog.Revision `json:"rev"`  // the head afterwards
	Head     eventlog.Revision `json:"head"` // the head when the reversal was asked for
	Then     int64             `json:"then"` // this and the next six: see revert.Plan
	Edits    int               `json:"edits"`
	Deleted  int               `json:"deleted"`
	Restored int               `json:"restored"`
	Lost     int               `json:"lost"`
	Black    int               `json:"black"`
	Left     int               `json:"left"`
	Empty    bool              `json:"empty"`   // the text stays as it is
	Authors  []string          `json:"authors"` // ids of the thread's authors
	// Change is what would be done to Text; both are empty once it is done.
	Change string `json:"change,omitempty"`
	Text   string `json:"text,omitempty"`
}

// NewReversal returns a reversal of t that is not recorded yet.
func NewReversal(r revert.Plan, t *projection.Thread) *Reversal {
	row := &Reversal{
		Rev: t.Revision, Head: t.Revision, Then: r.Then,
		Edits: r.Edits, Deleted: r.Deleted, Restored: r.Restored, Lost: r.Lost, Black: r.Redacted, Left: r.Left,
		Empty: r.Change.IsEmpty(), Authors: []string{}, Change: r.Change.String(), Text: t.Text(),
	}
	for _, id := range t.Authors() {
		row.Authors = append(row.Authors, event.AuthorString(id))
	}
	return row
}
