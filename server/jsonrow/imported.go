package jsonrow

import "parodywave/eventlog"

// An Imported is the outcome of an import.
type Imported struct {
	ID        eventlog.Stream   `json:"id"`
	Here      bool              `json:"here"`      // the log has all of it already: nothing was appended
	Revisions eventlog.Revision `json:"revisions"` // of the export
	Head      eventlog.Revision `json:"head"`      // of the thread now
	Late      int               `json:"late"`      // records whose time was later than the import's, which they got
}
