package loadgen

import (
	"errors"
	"fmt"
	"time"
)

// A Plan describes a load test. Check bounds every field.
type Plan struct {
	URL      string
	Threads  int
	Writers  int           // in each thread
	Readers  int           // in each thread, beside the writers
	Rate     float64       // edits a second of each writer
	Duration time.Duration // measured; a second of warming up comes before

	// UntilP99, unless it is 0, raises the rate in steps of Duration, each by the
	// factor Step, until the 99th percentile of the latency exceeds UntilP99,
	// writers fall behind, or an edit is lost. A rate fails after Tries steps that
	// do not hold.
	UntilP99 time.Duration
	Step     float64
	Tries    int

	// Patience is how long clients may take after a step to receive all edits; 0
	// means 30 seconds.
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

// behind is the share of the planned edits that writers must have typed.
const behind = 0.95

// ErrPlan is wrapped by the errors of Check.
var ErrPlan = errors.New("invalid plan")

// Check returns an error that wraps ErrPlan if a field is out of its bounds.
func (p Plan) Check() error {
	n := p.Threads * (p.Writers + p.Readers)
	switch {
	case p.Threads < 1 || p.Writers < 0 || p.Readers < 0 || n < 1:
		return fmt.Errorf("%w: %d threads with %d writers and %d readers each: use at least one thread with one client", ErrPlan, p.Threads, p.Writers, p.Readers)
	case p.Threads > MaxConnections || p.Writers > MaxConnections || p.Readers > MaxConnections || n > MaxConnections:
		return fmt.Errorf("%w: more than %d connections: use fewer threads, writers or readers", ErrPlan, MaxConnections)
	case !(p.Rate > 0 && p.Rate <= maxRate):
		return fmt.Errorf("%w: %g edits a second: use more than 0 and at most %d", ErrPlan, p.Rate, maxRate)
	case p.Duration <= 0 || p.Duration > MaxDuration:
		return fmt.Errorf("%w: a duration of %v: use more than 0s and at most %v", ErrPlan, p.Duration, MaxDuration)
	case p.edits(p.Rate) > MaxEdits:
		return fmt.Errorf("%w: more than %d edits: use a lower rate or a shorter duration", ErrPlan, MaxEdits)
	case p.UntilP99 < 0:
		return fmt.Errorf("%w: a bound of %v for the 99th percentile: use 0s or more", ErrPlan, p.UntilP99)
	case p.UntilP99 > 0 && !(p.Step > 1 && p.Step <= 100):
		return fmt.Errorf("%w: steps by a factor of %g: use more than 1 and at most 100", ErrPlan, p.Step)
	case p.UntilP99 > 0 && (p.Tries < 1 || p.Tries > 10):
		return fmt.Errorf("%w: %d tries: use 1 to 10", ErrPlan, p.Tries)
	case p.UntilP99 > 0 && (p.Writers < 1 || p.Writers+p.Readers < 2):
		return fmt.Errorf("%w: a bound for the 99th percentile needs a writer and another client in each thread", ErrPlan)
	}
	return nil
}

// edits returns how many edits all writers type in a step at a rate.
func (p Plan) edits(rate float64) float64 {
	return float64(p.Threads*p.Writers) * p.perWriter(rate)
}

// perWriter returns how many edits one writer types in a step at a rate.
func (p Plan) perWriter(rate float64) float64 { return rate*(p.Duration+warmUp).Seconds() + 1 }

// full returns how many connections of a thread keep its text: all writers, and
// one connection in a thread without writers.
func (p Plan) full() int { return max(p.Writers, 1) }
