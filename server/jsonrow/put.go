package jsonrow

import "parodywave/eventlog"

// A Put is the outcome of writing a whole text.
type Put struct {
	Rev      eventlog.Revision `json:"rev"`    // the head
	Merged   int               `json:"merged"` // changes since the base that stay: if not 0, the text is not the one that was written
	Overlaps []Overlap         `json:"overlaps"`
}

// An Overlap is a place where the text that was written and changes since its base
// edit the same words.
type Overlap struct {
	Lines [2]int               `json:"lines"` // first and last, counted from 0 at the head
	Text  string               `json:"text"`  // the start of these lines as they read now
	Revs  [2]eventlog.Revision `json:"revs"`  // first and last of the changes since the base that edit there
	Users []string             `json:"users"` // names of their authors
}
