package server

import (
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// The rows of log, diff and grep are what the API answers and what commands
// print as JSON, and are made here for both. Lines and characters count from 1
// there, times are RFC 3339 in UTC with milliseconds.

// Names says what somebody is called.
type Names func(eventlog.AuthorID) string

// A LogRow tells what somebody did: one event, or edits without a pause, of
// which it has the last one's revision, position, id and time.
type LogRow struct {
	Thread    eventlog.Stream     `json:"thread"`
	Revision  eventlog.Revision   `json:"revision"`
	Position  eventlog.Position   `json:"position"`
	ID        string              `json:"id"`
	Time      string              `json:"time"`
	Author    string              `json:"author"`
	AuthorID  string              `json:"author_id"`
	Kind      string              `json:"kind"`
	First     eventlog.Revision   `json:"first"`     // of the first edit
	Edits     int                 `json:"edits"`     // how many; 0 where the text stayed as it was
	Inserted  int                 `json:"inserted"`  // UTF-16 units, over all of them
	Deleted   int                 `json:"deleted"`   // UTF-16 units, over all of them
	Text      string              `json:"text"`      // what was inserted; a title, a name, a reason
	Lines     []int               `json:"lines"`     // touched ones, the first and the last, as they were then
	Revisions []eventlog.Revision `json:"revisions"` // named by a version, blacked out, or imported (the first and the last)
}

// NewLogRow returns an account of a thread as a row.
func NewLogRow(stream eventlog.Stream, a *projection.Account, name Names) LogRow {
	r := LogRow{
		Thread: stream, Revision: a.Revision, Position: a.Position, ID: event.ID(stream, a.Revision, a.Time).String(),
		Time: formatTime(a.Time), Author: name(a.Author), AuthorID: event.AuthorString(a.Author), Kind: a.Kind, First: a.First,
		Edits: a.Edits, Inserted: a.Inserted, Deleted: a.Deleted, Text: string(a.Text),
		Lines: make([]int, 0, len(a.Lines)), Revisions: append([]eventlog.Revision{}, a.Revisions...),
	}
	for _, i := range a.Lines {
		r.Lines = append(r.Lines, i+1)
	}
	return r
}

// A RemovedPart is deleted text that one author had written.
type RemovedPart struct {
	Text     string            `json:"text"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	First    eventlog.Revision `json:"first"`
	Last     eventlog.Revision `json:"last"`
}

// NewRemovalRow tells of text that one author deleted at one place.
func NewRemovalRow(t *projection.Thread, m *projection.Removal, name Names) (LogRow, []RemovedPart) {
	a := &projection.Account{
		Revision: m.To, Position: m.Position, Time: m.End, Author: t.Authors()[m.Author], Kind: kindChanged,
		First: m.From, Edits: m.Edits, Lines: []int{m.Line, m.Line},
	}
	var parts []RemovedPart
	for _, p := range m.Parts {
		by := t.Authors()[p.Author]
		parts = append(parts, RemovedPart{p.Text, name(by), event.AuthorString(by), p.From, p.To})
		a.Deleted += p.Length
	}
	return NewLogRow(t.Stream, a, name), parts
}

// A DiffRow is a line of two texts, or of one of them.
type DiffRow struct {
	Thread   eventlog.Stream   `json:"thread"`
	From     eventlog.Revision `json:"from"`
	To       eventlog.Revision `json:"to"`
	Op       string            `json:"op"`  // " " stays, "-" went, "+" came
	Old      int               `json:"old"` // 0: not there
	New      int               `json:"new"` // 0: not there
	Text     string            `json:"text"`
	Break    bool              `json:"break"`
	How      string            `json:"how"`
	Revision eventlog.Revision `json:"revision"`
	Time     string            `json:"time"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	Pair     int               `json:"pair"`  // 0: none
	Words    [][]any           `json:"words"` // [text, 0 stayed, -1 went or 1 came]
}

// NewDiffRow returns line i of a comparison as a row.
func NewDiffRow(c *projection.Comparison, i int, name Names) *DiffRow {
	l := &c.Lines[i]
	id := c.Thread.Authors()[l.By.Author]
	r := &DiffRow{
		Thread: c.Thread.Stream, From: c.From, To: c.To, Op: []string{"-", " ", "+"}[l.Kind+1], Old: l.Old + 1, New: l.New + 1,
		Text: l.Text, Break: !l.Open, How: l.How, Revision: l.By.Revision, Time: formatTime(l.By.Time),
		Author: name(id), AuthorID: event.AuthorString(id), Words: [][]any{},
	}
	if l.Pair >= 0 {
		other := &c.Lines[l.Pair]
		r.Pair = max(other.Old, other.New) + 1
		if l.Kind > 0 {
			for _, w := range projection.Words(other.Text, l.Text) {
				r.Words = append(r.Words, []any{w.Text, w.Kind})
			}
		}
	}
	return r
}

// A HitRow is text that matched a pattern, from when to when.
type HitRow struct {
	Thread       eventlog.Stream   `json:"thread"`
	Revision     eventlog.Revision `json:"revision"`
	Time         string            `json:"time"`
	Author       string            `json:"author"`
	AuthorID     string            `json:"author_id"`
	Line         int               `json:"line"` // as it was then
	LineID       string            `json:"line_id"`
	Text         string            `json:"text"`
	Matches      [][2]int          `json:"matches"` // first and last character (code point)
	Full         string            `json:"full"`
	Gone         bool              `json:"gone"`
	GoneRevision eventlog.Revision `json:"gone_revision"`
	GoneTime     string            `json:"gone_time"`
	GoneAuthor   string            `json:"gone_author"`
	GoneAuthorID string            `json:"gone_author_id"`
	Now          int               `json:"now"` // 0: nowhere
}

// NewHitRow returns a hit of a search as a row.
func NewHitRow(t *projection.Thread, h *projection.Hit, name Names) *HitRow {
	id := t.Authors()[h.Appeared.Author]
	r := &HitRow{
		Thread: t.Stream, Revision: h.Appeared.Revision, Time: formatTime(h.Appeared.Time), Author: name(id), AuthorID: event.AuthorString(id),
		Line: h.Number + 1, LineID: h.Line.String(), Text: h.Text, Matches: characters(h.Text, h.Matches), Full: h.Full, Now: h.Now + 1,
	}
	if h.Now < 0 {
		id := t.Authors()[h.Vanished.Author]
		r.Gone, r.GoneRevision, r.GoneTime = true, h.Vanished.Revision, formatTime(h.Vanished.Time)
		r.GoneAuthor, r.GoneAuthorID = name(id), event.AuthorString(id)
	}
	return r
}

// characters returns the first and the last character of stretches of UTF-16
// units of a line, which are in order and not empty.
func characters(line string, units [][2]int) [][2]int {
	all := make([][2]int, len(units))
	k, unit, n := 0, 0, 0
	for _, r := range line {
		if k == len(units) {
			break
		}
		if unit == units[k][0] {
			all[k][0] = n + 1
		}
		unit, n = unit+utf16.RuneLen(r), n+1
		if unit == units[k][1] {
			all[k][1] = n
			k++
		}
	}
	return all
}
