package load

import (
	"context"
	"fmt"
)

// A Report says what came of a plan. Its step is the only one or, where the
// rate was raised, the last that held, or the first where none did.
type Report struct {
	Threads int `json:"threads"`
	Writers int `json:"writers"` // in each thread
	Readers int `json:"readers"`
	Step

	Typed     uint64 `json:"typed"`     // in all steps, warming up included
	Delivered uint64 `json:"delivered"` // likewise: edits that clients read, their own included
	Count            // at the clients, over all of them
	Log       Count  `json:"log"` // in the server's log
	Differing int    `json:"differing_texts"`
	Resumed   int    `json:"resumed"` // connections that were lost and made again

	Steps    []*Step  `json:"steps"` // in order; empty where the rate was not raised
	Problems []string `json:"problems"`
}

// maxProblems bounds what a report tells one by one.
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

// report counts what became of all edits. The crowd is closed.
func (c *crowd) report(ctx context.Context, best *Step, steps []*Step) *Report {
	p := c.plan
	r := &Report{Threads: p.Threads, Writers: p.Writers, Readers: p.Readers, Step: *best, Steps: steps, Problems: []string{}}
	for _, t := range c.threads {
		r.thread(ctx, t)
	}
	return r
}

// thread counts what became of one thread's edits.
func (r *Report) thread(ctx context.Context, t *thread) {
	text, err := get(ctx, t.plan.URL, t.id, "text")
	if err != nil {
		r.problem("%s: %v", t.name, err)
	}
	log, err := logged(ctx, t.plan.URL, t.id)
	if err != nil {
		r.problem("%s: %v", t.name, err)
	}
	for _, w := range t.members[:t.plan.Writers] {
		typed := w.client.Typed()
		r.Typed += typed
		r.Log.of(orNone(log.edits[w.client.ID()]), typed)
		for _, m := range t.members[:t.plan.full()] {
			r.of(orNone(m.got[w.client.ID()]), typed)
		}
	}
	digest, whole := t.digestOf(text)
	for i, m := range t.members {
		if m.err != nil {
			r.problem("%s: %v", t.name, m.err)
		}
		r.Resumed += m.resumed()
		r.Delivered += m.count
		if m.reader != nil {
			r.add(m.lacks(log.head))
		}
		if !whole || m.digest != digest || m.client != nil && m.client.String() != text {
			r.Differing++
			r.problem("%s: member %d of %d (%d of them writers) was brought another text", t.name, i+1, len(t.members), t.plan.Writers)
		}
	}
}

// digestOf returns the digest of somebody who ended with a text: readers must
// have been brought the same. False: nobody did.
func (t *thread) digestOf(text string) (uint64, bool) {
	for _, m := range t.members[:t.plan.full()] {
		if m.client.String() == text {
			return m.digest, true
		}
	}
	return 0, false
}

// lacks returns what a reader was not brought up to the head, or not once and
// in order.
func (m *member) lacks(head uint64) (c Count) {
	if head > m.first {
		c.of(&m.seen, head-m.first)
	} else {
		c.of(&m.seen, 0)
	}
	return c
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
