package jsonrow

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/linediff"
)

// A Diff is one line of a comparison of two revisions: a line of both texts, or
// of one of them.
type Diff struct {
	Thread   eventlog.Stream   `json:"thread"`
	From     eventlog.Revision `json:"from"`
	To       eventlog.Revision `json:"to"`
	Op       string            `json:"op"`  // " " kept, "-" deleted, "+" inserted
	Old      int               `json:"old"` // number in the older text; 0: not in it
	New      int               `json:"new"` // number in the newer text; 0: not in it
	Text     string            `json:"text"`
	Break    bool              `json:"break"` // the line ends in a line break
	How      string            `json:"how"`
	Revision eventlog.Revision `json:"revision"`
	Time     string            `json:"time"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	Pair     int               `json:"pair"`  // number of the line that this one replaces or is replaced by; 0: none
	Words    [][]any           `json:"words"` // [text, 0 kept, -1 deleted or 1 inserted]
}

// NewDiff returns line i of a comparison as a row.
func NewDiff(c *projection.Diff, i int, name Names) *Diff {
	l := &c.Lines[i]
	id := c.Thread.Authors()[l.By.Author]
	r := &Diff{
		Thread: c.Thread.Stream, From: c.From, To: c.To, Op: []string{"-", " ", "+"}[l.Kind+1], Old: l.Old + 1, New: l.New + 1,
		Text: l.Text, Break: !l.Open, How: l.How, Revision: l.By.Revision, Time: Time(l.By.Time),
		Author: name(id), AuthorID: event.AuthorString(id), Words: [][]any{},
	}
	if l.Pair >= 0 {
		other := &c.Lines[l.Pair]
		r.Pair = max(other.Old, other.New) + 1
		if l.Kind > 0 {
			for _, w := range linediff.Words(other.Text, l.Text) {
				r.Words = append(r.Words, []any{w.Text, w.Kind})
			}
		}
	}
	return r
}
