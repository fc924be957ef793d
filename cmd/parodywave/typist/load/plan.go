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

	// UntilP99, where it is not 0, has the rate raised step by step, by the
	// factor Step, each for Duration, until the 99th percentile of the latency
	// is above UntilP99, writers fall behind, or something is lost. A step is
	// tried Tries times before it counts as failed.
	UntilP99 time.Duration
	Step     float64
	Tries    int

	// Patience is how long clients may take after a step to have everything; 0:
	// 30 seconds.
	Patience time.Duration
}

// Bounds of a plan.
const (
	MaxConnections = 20_000
	MaxDuration    = time.Hour
	MaxEdits       = 20_000_000
	maxRate        = 10_000
	maxSteps       = 100
	warmUp         = time.Second
)

// behind is how much of what they were to type writers must have typed.
const behind = 0.95

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
	case !(p.Rate > 0 && p.Rate <= maxRate):
		return fmt.Errorf("%w: %g edits a second: take more than 0, at most %d", ErrPlan, p.Rate, maxRate)
	case p.Duration <= 0 || p.Duration > MaxDuration:
		return fmt.Errorf("%w: a duration of %v: take at most %v", ErrPlan, p.Duration, MaxDuration)
	case p.edits(p.Rate) > MaxEdits:
		return fmt.Errorf("%w: more than %d edits", ErrPlan, MaxEdits)
	case p.UntilP99 < 0:
		return fmt.Errorf("%w: a 99th percentile of %v", ErrPlan, p.UntilP99)
	case p.UntilP99 > 0 && !(p.Step > 1 && p.Step <= 100):
		return fmt.Errorf("%w: steps by a factor of %g: take more than 1, at most 100", ErrPlan, p.Step)
	case p.UntilP99 > 0 && (p.Tries < 1 || p.Tries > 10):
		return fmt.Errorf("%w: %d tries: take 1 to 10", ErrPlan, p.Tries)
	case p.UntilP99 > 0 && (p.Writers < 1 || p.Writers+p.Readers < 2):
		return fmt.Errorf("%w: a 99th percentile needs a writer, and another client in the thread", ErrPlan)
	}
	return nil
}

// edits is how many edits a step at a rate is.
func (p Plan) edits(rate float64) float64 {
	return float64(p.Threads*p.Writers) * p.strokes(rate)
}

// strokes is how many of them one writer types.
func (p Plan) strokes(rate float64) float64 { return rate*(p.Duration+warmUp).Seconds() + 1 }

// full is how many members of a thread keep its text: writers have to, and
// somebody has to where nobody writes.
func (p Plan) full() int { return max(p.Writers, 1) }
