package projection

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A Damaged is a thread that the log cannot read to its end. Its summary describes the
// thread before the damage, and is empty if nothing is before it; only its revision and
// its time are those of the log's head.
type Damaged struct {
	Summary
	Why *eventlog.DamageError
}

// DamagedThreads returns the damaged threads of a log, in log order. A nil d has none.
func DamagedThreads(ctx context.Context, log eventlog.Log, d eventlog.Damages) (all []Damaged, err error) {
	if d == nil {
		return nil, nil
	}
	for _, why := range d.Damaged() {
		if !event.IsThread(why.Stream) {
			continue
		}
		head, err := log.Head(ctx, why.Stream)
		if err != nil {
			return nil, err
		}
		t := NewThread(why.Stream)
		sum := Summary{}
		if err := event.Fold(d.Intact(ctx, why.Stream), func(e event.Event) error {
			_, err := t.Apply(e)
			return err
		}); err == nil {
			sum = t.Summary()
		} else {
			sum.Title, sum.OpenedBy, sum.OpenedAt = t.Title, t.OpenedBy, t.OpenedAt
		}
		sum.Stream, sum.Revision, sum.UpdatedAt = why.Stream, head.Revision, head.Time
		all = append(all, Damaged{sum, &why})
	}
	return all, ctx.Err()
}
