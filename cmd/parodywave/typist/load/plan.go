package load

import (
	"errors"
	"fmt"
	"time"
)

// A Plan says what to do. Nothing in it is without bounds.
type Plan struct {
	URL      string
	Threads  int
	Writers  int           // in each thread
	Readers  int           // in each thread, beside the writers
	Rate     float64       // edits a second of each writer
	Duration time.Duration // measured; a second of warming up comes before
}

// Bounds of a plan.
const (
	MaxConnections = 20_000
	MaxDuration    = time.Hour
	MaxEdits       = 20_000_000
	warmUp         = time.Second
)

// ErrPlan is wrapped by what Check says.
var ErrPlan = errors.New("not a plan to run")

// Check returns an error when the plan asks for nothing or for too much.
func (p Plan) Check() error {
	n := p.Threads * (p.Writers + p.Readers)
	switch {
	case p.Threads < 1 || p.Writers < 0 || p.Readers < 0 || n < 1:
		return fmt.Errorf("%w: %d threads with %d writers and %d readers each", ErrPlan, p.Threads, p.Writers, p.Readers)
	case p.Threads > MaxConnections || p.Writers > MaxConnections || p.Readers > MaxConnections || n > MaxConnections:
		return fmt.Errorf("%w: more than %d connections", ErrPlan, MaxConnections)
	case p.Rate <= 0 || p.Rate > 10_000:
		return fmt.Errorf("%w: %g edits a second: take more than 0, at most 10000", ErrPlan, p.Rate)
	case p.Duration <= 0 || p.Duration > MaxDuration:
		return fmt.Errorf("%w: a duration of %v: take at most %v", ErrPlan, p.Duration, MaxDuration)
	case float64(p.Threads*p.Writers)*p.Rate*(p.Duration+warmUp).Seconds() > MaxEdits:
		return fmt.Errorf("%w: more than %d edits", ErrPlan, MaxEdits)
	}
	return nil
}

// edits is how many edits one writer types.
func (p Plan) edits() int { return int(p.Rate*(p.Duration+warmUp).Seconds()) + 1 }
