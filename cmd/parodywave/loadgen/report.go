package loadgen

import (
	"context"
	"fmt"
)

// A Report is the result of a plan. Its Step is the only one or, if the rate was
// raised, the last that held, or the first if none did.
type Report struct {
	Threads int `json:"threads"`
	Writers int `json:"writers"` // in each thread
	Readers int `json:"readers"`
	Step

	Typed     uint64 `json:"typed"`     // in all steps, warming up included
	Delivered uint64 `json:"delivered"` // likewise: edits received, a writer's own included
	Count            // summed over all clients
	Log       Count  `json:"log"` // in the server's log
	Differing int    `json:"differing_texts"`
	Resumed   int    `json:"resumed"` // connections that were lost and made again

	Steps    []*Step  `json:"steps"` // in order; empty if the rate was not raised
	Problems []string `json:"problems"`
}

// maxProblems bounds the problems in a report.
const maxProblems = 20

// OK reports whether nothing was lost, doubled, reordered or different.
func (r *Report) OK() bool {
	return r.Count == Count{} && r.Log == Count{} && r.Differing == 0 && len(r.Problems) == 0
}

func (r *Report) problem(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// report compares texts, logs and received edits. The generator must be closed.
func (g *generator) report(ctx context.Context, best *Step, steps []*Step) *Report {
	p := g.plan
	r := &Report{Threads: p.Threads, Writers: p.Writers, Readers: p.Readers, Step: *best, Steps: steps, Problems: []string{}}
	for _, t := range g.threads {
		r.thread(ctx, t)
	}
	return r
}

// thread adds the results of one thread.
func (r *Report) thread(ctx context.Context, t *thread) {
	text, err := get(ctx, t.plan.URL, t.id, "text")
	if err != nil {
		r.problem("%s: %v", t.name, err)
	}
	log, err := logged(ctx, t.plan.URL, t.id)
	if err != nil {
		r.problem("%s: %v", t.name, err)
	}
	for _, w := range t.conns[:t.plan.Writers] {
		typed := w.client.Typed()
		r.Typed += typed
		r.Log.of(orNone(log.edits[w.client.ID()]), typed)
		for _, c := range t.conns[:t.plan.full()] {
			r.of(orNone(c.got[w.client.ID()]), typed)
		}
	}
	digest, whole := t.digestOf(text)
	for i, c := range t.conns {
		if c.err != nil {
			r.problem("%s: %v", t.name, c.err)
		}
		r.Resumed += c.Stats().Resumes
		r.Delivered += c.count
		if c.client == nil {
			r.add(c.lacks(log.head))
		}
		if !whole || c.digest != digest || c.client != nil && c.client.String() != text {
			r.Differing++
			r.problem("%s: connection %d of %d (%d of them writers) received another text", t.name, i+1, len(t.conns), t.plan.Writers)
		}
	}
}

// digestOf returns the digest of a client that ended with the text; readers must
// have the same. It returns false if no client did.
func (t *thread) digestOf(text string) (uint64, bool) {
	for _, c := range t.conns[:t.plan.full()] {
		if c.client.String() == text {
			return c.digest, true
		}
	}
	return 0, false
}

// lacks returns the revisions up to the head that a reader did not receive exactly
// once and in order.
func (c *conn) lacks(head uint64) (lack Count) {
	if head > c.first {
		lack.of(&c.seen, head-c.first)
	} else {
		lack.of(&c.seen, 0)
	}
	return lack
}

func (c *Count) add(d Count) {
	c.Lost += d.Lost
	c.Duplicated += d.Duplicated
	c.Reordered += d.Reordered
}

func orNone(y *tally) *tally {
	if y == nil {
		return new(tally)
	}
	return y
}
