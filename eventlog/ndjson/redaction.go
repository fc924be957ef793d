package ndjson

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// Redactions check the redacted texts of one stream. The chain covers a record's old
// commitment, whose text is gone; the commitment to its redacted text is in a later
// redacted record, which the chain covers too.
type Redactions struct {
	latest map[eventlog.Revision]promise
	marked map[eventlog.Revision]chain.Digest // commitment to the redacted text
	hasher chain.Hasher
}

type promise struct {
	by     eventlog.Revision
	digest chain.Digest
}

// NewRedactions returns the Redactions of a stream without records.
func NewRedactions() *Redactions {
	return &Redactions{latest: map[eventlog.Revision]promise{}, marked: map[eventlog.Revision]chain.Digest{}}
}

// Add adds the next record, which must have a Proof, and its payload.
func (x *Redactions) Add(r *eventlog.Record, payload event.Payload) {
	if r.Proof.Redacted {
		x.marked[r.Revision] = x.hasher.Commit(r.Proof.Salt, r.Text)
	}
	if f, ok := payload.(event.Redacted); ok {
		for _, c := range f.Commitments {
			x.latest[c.Revision] = promise{r.Revision, c.Digest}
		}
	}
}

// Check returns the lowest revision to whose text the latest redacted record that
// names it does not commit, and an error that says so; 0 and nil if there is none.
// Call it after the last record.
func (x *Redactions) Check() (eventlog.Revision, error) {
	var at eventlog.Revision
	var err error
	fault := func(r eventlog.Revision, format string, args ...any) {
		if at == 0 || r < at {
			at, err = r, fmt.Errorf(format, args...)
		}
	}
	for r, got := range x.marked {
		p, ok := x.latest[r]
		switch {
		case !ok:
			fault(r, "revision %d is redacted, and no redacted record says so", r)
		case got != p.digest:
			fault(r, "the redacted text of revision %d is not the one that revision %d commits to", r, p.by)
		}
	}
	for r, p := range x.latest {
		switch _, ok := x.marked[r]; {
		case r == 0 || r >= p.by:
			fault(p.by, "revision %d redacts revision %d, which is not before it", p.by, r)
		case !ok:
			fault(r, "revision %d was redacted at revision %d and still has its text", r, p.by)
		}
	}
	return at, err
}

func (r *reader) redactions() error {
	x := NewRedactions()
	for i := range r.doc.Records {
		x.Add(&r.doc.Records[i], r.doc.Events[i].Payload)
	}
	at, err := x.Check()
	if err == nil {
		return nil
	}
	return &Error{Line: r.lines[at-1], Revision: at, Reason: err.Error(), Hint: hintForged}
}
