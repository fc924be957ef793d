package loadgen

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"parodywave/server/hdr"
)

// A Step is the result of typing at one rate. Counts and rates leave out the
// second of warming up, unless a field says otherwise.
type Step struct {
	Rate    float64 `json:"rate"`    // planned edits a second of each writer
	Seconds float64 `json:"seconds"` // measured

	EditsPerSecond      float64 `json:"edits_per_second"` // typed by all writers
	DeliveriesPerSecond float64 `json:"deliveries_per_second"`

	Latency Quantiles `json:"latency_ms"`      // keystroke to each other client
	Last    Quantiles `json:"last_ms"`         // keystroke to the last of them
	Ack     Quantiles `json:"acknowledged_ms"` // keystroke to its return

	Server    *ServerUse `json:"server"` // null if its process is not visible
	Generator float64    `json:"generator_cpu_percent"`
	Foreign   float64    `json:"foreign_cpu_percent"` // of all other processes; 100 is one processor

	Held   bool   `json:"held"`   // writers kept up, no edit is missing, p99 within its bound
	Reason string `json:"reason"` // why it did not hold
}

// A ServerUse has the resources that the server's process used.
type ServerUse struct {
	PID           int     `json:"pid"`
	CPU           float64 `json:"cpu_percent"`                // 100 is one processor
	PerCoreSecond float64 `json:"deliveries_per_core_second"` // per second of its processor time
	RSSBefore     int64   `json:"rss_kib_before"`             // before the first connection
	RSSJoined     int64   `json:"rss_kib_joined"`             // when all had joined
	RSSAfter      int64   `json:"rss_kib_after"`              // when all had typed
}

// step lets all writers type at a rate, waits until all connections have all
// edits, and returns the result.
func (g *generator) step(ctx context.Context, rate float64) *Step {
	s := &Step{Rate: rate, Seconds: g.plan.Duration.Seconds()}
	typing, cancel := context.WithTimeout(ctx, warmUp+g.plan.Duration)
	defer cancel()
	var all sync.WaitGroup
	for _, t := range g.threads {
		t.begin()
		for _, c := range t.conns[:g.plan.Writers] {
			c.edits.Store(&stepEdits{before: c.client.Typed(), edits: make([]edit, int(g.plan.perWriter(rate)))})
			all.Go(func() {
				if err := c.write(typing, rate, rand.New(rand.NewPCG(rand.Uint64(), 0))); err != nil && c.err == nil {
					c.err = err
				}
			})
		}
	}
	select {
	case <-time.After(warmUp):
	case <-typing.Done():
	}
	before := g.measure()
	for _, t := range g.threads {
		t.from.Store(before.at.UnixNano())
	}
	all.Wait()
	<-typing.Done() // without writers, wait for the time to pass
	s.measured(before, g.measure())
	if s.Server != nil {
		s.Server.RSSBefore, s.Server.RSSJoined = g.before, g.joined
	}
	lost := g.settle(ctx)
	s.quantiles(g)
	s.judge(g.plan, lost)
	return s
}

// measured fills in what was counted between two moments.
func (s *Step) measured(from, to moment) {
	seconds := to.at.Sub(from.at).Seconds()
	use := from.until(to)
	s.Generator, s.Foreign, s.Server = round(use.generator), round(use.foreign), use.server
	s.EditsPerSecond = round(float64(to.typed-from.typed) / seconds)
	s.DeliveriesPerSecond = round(float64(to.delivered-from.delivered) / seconds)
	if s.Server != nil && s.Server.CPU > 0 {
		s.Server.PerCoreSecond = math.Round(s.DeliveriesPerSecond / s.Server.CPU * 100)
		s.Server.CPU = round(s.Server.CPU)
	}
}

// round rounds to a tenth, which is as exact as the measurement.
func round(x float64) float64 { return math.Round(x*10) / 10 }

func (s *Step) quantiles(g *generator) {
	var latency, last, ack hdr.Histogram
	for _, t := range g.threads {
		t.mu.Lock()
		latency.Merge(&t.latency)
		last.Merge(&t.last)
		ack.Merge(&t.ack)
		t.mu.Unlock()
	}
	s.Latency, s.Last, s.Ack = quantiles(&latency), quantiles(&last), quantiles(&ack)
}

func (s *Step) judge(p Plan, lost error) {
	offered := s.Rate * float64(p.Threads*p.Writers)
	bound := float64(p.UntilP99) / float64(time.Millisecond)
	switch {
	case lost != nil:
		s.Reason = "edits are missing: " + lost.Error()
	case offered*s.Seconds >= 100 && s.EditsPerSecond < behind*offered:
		s.Reason = fmt.Sprintf("writers typed %.0f of %.0f planned edits a second", s.EditsPerSecond, offered)
	case p.UntilP99 > 0 && s.Latency.P99 > bound:
		s.Reason = fmt.Sprintf("the 99th percentile is %.1f ms, above the bound of %g ms", s.Latency.P99, bound)
	}
	s.Held = s.Reason == ""
}

// begin clears the measurements of the previous step.
func (t *thread) begin() {
	t.from.Store(0)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latency, t.last, t.ack = hdr.Histogram{}, hdr.Histogram{}, hdr.Histogram{}
}

// settle waits until all connections have all edits; the error names one that
// does not.
func (g *generator) settle(ctx context.Context) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.plan.Patience)
	defer cancel()
	return each(g.threads, len(g.threads), func(t *thread) error {
		head, err := t.settle(end)
		for _, c := range t.conns {
			if c.client != nil {
				continue
			}
			if lack := c.lacks(head); lack != (Count{}) && err == nil {
				err = fmt.Errorf("%s: a reader missed %d revisions, and received %d twice and %d out of order", t.name, lack.Lost, lack.Duplicated, lack.Reordered)
			}
		}
		return err
	})
}
