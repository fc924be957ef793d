package projection

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// The limits of a step.
const (
	stepPause   = 2000 // milliseconds between two records
	stepRecords = 100
)

// A Timeline is what happened in a thread, in steps. It is folded from the shapes of
// changes, without building a text.
type Timeline struct {
	Revision eventlog.Revision
	Title    string
	OpenedAt int64 // Unix milliseconds
	Steps    []Step
	Versions []Version
	Authors  []eventlog.AuthorID // in order of appearance

	numbers map[eventlog.AuthorID]int
}

// A Step is consecutive records of one author that are at most two seconds apart;
// at most 100. Every record is in exactly one step.
type Step struct {
	From, To          eventlog.Revision // both included
	Author            int               // index into Authors
	Start, End        int64             // of the first and the last record, in Unix milliseconds
	Inserted, Deleted int               // UTF-16 units, over all of the records
}

// ReplayTimeline folds the records of a stream. It returns an error that wraps
// eventlog.ErrNotFound when there is no such stream.
func ReplayTimeline(ctx context.Context, log eventlog.Log, stream eventlog.Stream) (*Timeline, error) {
	t := &Timeline{numbers: map[eventlog.AuthorID]int{}}
	if err := t.advance(log.Read(ctx, stream, 0)); err != nil {
		return nil, err
	}
	if t.Revision == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return t, nil
}

func (t *Timeline) advance(records iter.Seq2[eventlog.Record, error]) error {
	var d event.Decoder
	for r, err := range records {
		if err != nil {
			return err
		}
		e, err := d.Decode(&r)
		if err != nil {
			return err
		}
		if err := t.apply(e); err != nil {
			return err
		}
	}
	return nil
}

func (t *Timeline) apply(e *event.Event) error {
	if e.Revision != t.Revision+1 {
		return fmt.Errorf("%s revision %d: revision %d was expected: %w", e.Stream, e.Revision, t.Revision+1, eventlog.ErrDamaged)
	}
	t.Revision = e.Revision
	s := t.step(e)
	s.To, s.End = e.Revision, e.Time
	switch f := e.Payload.(type) {
	case *event.Changed:
		s.Inserted += f.Change.Inserted()
		s.Deleted += f.Change.Deleted()
	case event.Opened:
		t.Title, t.OpenedAt = f.Title, e.Time
	case event.Renamed:
		t.Title = f.Title
	case event.Version:
		t.Versions = append(t.Versions, Version{f.Name, f.Revision, e.Revision, e.Author, e.Time})
	}
	return nil
}

// step returns the step that e belongs to.
func (t *Timeline) step(e *event.Event) *Step {
	if n := len(t.Steps); n > 0 {
		s := &t.Steps[n-1]
		if t.Authors[s.Author] == e.Author && e.Time-s.End <= stepPause && e.Revision-s.From < stepRecords {
			return s
		}
	}
	i, ok := t.numbers[e.Author]
	if !ok {
		i = len(t.Authors)
		t.Authors, t.numbers[e.Author] = append(t.Authors, e.Author), i
	}
	t.Steps = append(t.Steps, Step{From: e.Revision, Author: i, Start: e.Time})
	return &t.Steps[len(t.Steps)-1]
}
