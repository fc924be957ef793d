package load

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// A Step is what came of typing at one rate. Counts and rates are of the time
// that was measured, without warming up, unless it says otherwise.
type Step struct {
	Rate    float64 `json:"rate"`    // edits a second that each writer was to type
	Seconds float64 `json:"seconds"` // measured

	EditsPerSecond      float64 `json:"edits_per_second"` // typed by all writers
	DeliveriesPerSecond float64 `json:"deliveries_per_second"`

	Latency Quantiles `json:"latency_ms"`      // keystroke to each other client
	Last    Quantiles `json:"last_ms"`         // keystroke to the last of them
	Ack     Quantiles `json:"acknowledged_ms"` // keystroke to its return

	Server    *ServerUse `json:"server"` // null where it cannot be found
	Generator float64    `json:"generator_cpu_percent"`
	Foreign   float64    `json:"foreign_cpu_percent"` // of everybody else, 100 a processor

	Held   bool   `json:"held"`   // writers kept up, everybody got everything, p99 within its bound
	Reason string `json:"reason"` // where it did not hold
}

// A ServerUse is what the server's process used.
type ServerUse struct {
	PID           int     `json:"pid"`
	CPU           float64 `json:"cpu_percent"`                // 100 is one processor
	PerCoreSecond float64 `json:"deliveries_per_core_second"` // of its own processor time
	RSSBefore     int64   `json:"rss_kib_before"`             // before the first connection
	RSSJoined     int64   `json:"rss_kib_joined"`             // when all had joined
	RSSAfter      int64   `json:"rss_kib_after"`              // when all had typed
}

// step has all writers type at a rate, waits until everybody has everything,
// and says how it went.
func (c *crowd) step(ctx context.Context, rate float64) *Step {
	s := &Step{Rate: rate, Seconds: c.plan.Duration.Seconds()}
	typing, cancel := context.WithTimeout(ctx, warmUp+c.plan.Duration)
	defer cancel()
	var all sync.WaitGroup
	for _, t := range c.threads {
		t.begin()
		for _, m := range t.members[:c.plan.Writers] {
			m.sheet.Store(&sheet{before: m.client.Typed(), strokes: make([]stroke, int(c.plan.strokes(rate)))})
			all.Go(func() {
				if err := m.write(typing, rate, rand.New(rand.NewPCG(rand.Uint64(), 0))); err != nil && m.err == nil {
					m.err = err
				}
			})
		}
	}
	select {
	case <-time.After(warmUp):
	case <-typing.Done():
	}
	before := c.measure()
	for _, t := range c.threads {
		t.from.Store(before.at.UnixNano())
	}
	all.Wait()
	<-typing.Done() // readers alone have nothing to do but be there
	s.measured(before, c.measure())
	if s.Server != nil {
		s.Server.RSSBefore, s.Server.RSSJoined = c.before, c.joined
	}
	lost := c.settle(ctx)
	s.quantiles(c)
	s.judge(c.plan, lost)
	return s
}

// measured says what went on between two moments.
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

// round rounds to a tenth: no digit more was measured.
func round(x float64) float64 { return math.Round(x*10) / 10 }

func (s *Step) quantiles(c *crowd) {
	var latency, last, ack histogram
	for _, t := range c.threads {
		t.mu.Lock()
		latency.merge(&t.latency)
		last.merge(&t.last)
		ack.merge(&t.ack)
		t.mu.Unlock()
	}
	s.Latency, s.Last, s.Ack = latency.quantiles(), last.quantiles(), ack.quantiles()
}

func (s *Step) judge(p Plan, lost error) {
	offered := s.Rate * float64(p.Threads*p.Writers)
	bound := float64(p.UntilP99) / float64(time.Millisecond)
	switch {
	case lost != nil:
		s.Reason = "not everybody got everything: " + lost.Error()
	case offered*s.Seconds >= 100 && s.EditsPerSecond < behind*offered:
		s.Reason = fmt.Sprintf("writers typed %.0f of %.0f edits a second", s.EditsPerSecond, offered)
	case p.UntilP99 > 0 && s.Latency.P99 > bound:
		s.Reason = fmt.Sprintf("the 99th percentile is %.1f ms and may be %g", s.Latency.P99, bound)
	}
	s.Held = s.Reason == ""
}

// begin forgets what the step before measured.
func (t *thread) begin() {
	t.from.Store(0)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.latency, t.last, t.ack = histogram{}, histogram{}, histogram{}
}

// settle waits until everybody has everything; the error says who has not.
func (c *crowd) settle(ctx context.Context) error {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.plan.Patience)
	defer cancel()
	return each(c.threads, len(c.threads), func(t *thread) error {
		head, err := t.settle(end)
		for _, m := range t.members {
			if m.reader == nil {
				continue
			}
			if lack := m.lacks(head); lack != (Count{}) && err == nil {
				err = fmt.Errorf("%s: a reader lacks %d revisions, got %d twice and %d late", t.name, lack.Lost, lack.Duplicated, lack.Reordered)
			}
		}
		return err
	})
}
