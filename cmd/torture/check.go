package main

import (
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

// compare compares a log, which no process has open, with the journal. A log that
// does not open is a loss.
func (o *outcome) compare(path string, j *crowd.Journal) {
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true, Timeout: time.Minute})
	if err != nil {
		o.lose("the log does not open: %v", err)
		return
	}
	defer log.Close()
	j.Check(log)
}

// take adds the journal's findings to the outcome, once at the end of a round.
func (o *outcome) take(j *crowd.Journal) {
	o.acked += j.Receipts()
	o.lost += j.Lost()
	o.problems = append(o.problems, j.Problems()...)
}
