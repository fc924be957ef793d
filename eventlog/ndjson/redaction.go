package ndjson

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// A Redactions holds, of the records of one stream, what the redacted ones say
// must stand now. It is how the chain's word is kept for a text that was
// blacked out: the chain covers the old commitment, which nobody can open any
// more, and the redacted record, which is in the chain, the new one.
type Redactions struct {
	latest map[eventlog.Revision]promise
	marked map[eventlog.Revision]chain.Digest // commitment to the text that stands
	hasher chain.Hasher
}

type promise struct {
	by     eventlog.Revision
	digest chain.Digest
}

// NewRedactions returns the redactions of a stream before its first record.
func NewRedactions() *Redactions {
	return &Redactions{latest: map[eventlog.Revision]promise{}, marked: map[eventlog.Revision]chain.Digest{}}
}

// Add takes in the next record, with its Proof, and what it says.
func (x *Redactions) Add(r *eventlog.Record, fact event.Payload) {
	if r.Proof.Redacted {
		x.marked[r.Revision] = x.hasher.Commit(r.Proof.Salt, r.Text)
	}
	if f, ok := fact.(event.Redacted); ok {
		for _, c := range f.Commitments {
			x.latest[c.Revision] = promise{r.Revision, c.Digest}
		}
	}
}

// Check returns the lowest revision whose text is not what the latest redacted
// record that names it commits to, and an error that says so; 0 and nil when
// there is none. It is called once, after the last record.
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
			fault(r, "revision %d is blacked out and no redacted record says so", r)
		case got != p.digest:
			fault(r, "the black text of revision %d is not what the redacted record at revision %d commits to", r, p.by)
		}
	}
	for r, p := range x.latest {
		switch _, ok := x.marked[r]; {
		case r == 0 || r >= p.by:
			fault(p.by, "revision %d blacks out revision %d, which is not before it", p.by, r)
		case !ok:
			fault(r, "revision %d was blacked out at revision %d and still has its text", r, p.by)
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
