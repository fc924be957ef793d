package jsonrow

import (
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/search"
)

// A Hit is text that matched a pattern: when and by whose edit it began to
// match, and when and by whose edit it stopped.
type Hit struct {
	Thread       eventlog.Stream   `json:"thread"`
	Revision     eventlog.Revision `json:"revision"`
	Time         string            `json:"time"`
	Author       string            `json:"author"`
	AuthorID     string            `json:"author_id"`
	Line         int               `json:"line"` // its number at that revision
	LineID       string            `json:"line_id"`
	Text         string            `json:"text"`    // of the line at that revision
	Matches      [][2]int          `json:"matches"` // first and last character (code point) of each match
	Full         string            `json:"full"`    // the line at its longest
	Gone         bool              `json:"gone"`    // it matches no more
	GoneRevision eventlog.Revision `json:"gone_revision"`
	GoneTime     string            `json:"gone_time"`
	GoneAuthor   string            `json:"gone_author"`
	GoneAuthorID string            `json:"gone_author_id"`
	Now          int               `json:"now"` // number of the line in the text searched up to; 0 if gone
}

// NewHit returns a hit of a search of t as a row.
func NewHit(t *projection.Thread, h *search.Hit, name Names) *Hit {
	id := t.Authors()[h.Appeared.Author]
	r := &Hit{
		Thread: t.Stream, Revision: h.Appeared.Revision, Time: Time(h.Appeared.Time), Author: name(id), AuthorID: event.AuthorString(id),
		Line: h.Number + 1, LineID: h.Line.String(), Text: h.Text, Matches: characters(h.Text, h.Matches), Full: h.Full, Now: h.Now + 1,
	}
	if h.Now < 0 {
		id := t.Authors()[h.Vanished.Author]
		r.Gone, r.GoneRevision, r.GoneTime = true, h.Vanished.Revision, Time(h.Vanished.Time)
		r.GoneAuthor, r.GoneAuthorID = name(id), event.AuthorString(id)
	}
	return r
}

// characters converts ranges of UTF-16 units of a line to its first and last
// characters, counted from 1. The ranges are in order and not empty.
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
