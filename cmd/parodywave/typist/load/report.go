package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"parodywave/cmd/parodywave/typist"
)

// A Report says what came of a plan.
type Report struct {
	Threads int     `json:"threads"`
	Writers int     `json:"writers"` // in each thread
	Readers int     `json:"readers"`
	Rate    float64 `json:"rate"`    // edits a second that each writer was to type
	Seconds float64 `json:"seconds"` // measured

	Typed     uint64 `json:"typed"` // warming up included
	Delivered uint64 `json:"delivered"`
	Count            // at the clients, over all of them
	Log       Count  `json:"log"` // in the server's log
	Differing int    `json:"differing_texts"`
	Resumed   int    `json:"resumed"` // connections that were lost and made again

	Latency Quantiles `json:"latency_ms"`
	Ack     Quantiles `json:"acknowledged_ms"`

	Server    *ServerUse `json:"server"` // null where it cannot be found
	Generator float64    `json:"generator_cpu_percent"`
	Foreign   float64    `json:"foreign_cpu_percent"` // of everybody else, 100 a processor

	Problems []string `json:"problems"`
}

// A ServerUse is what the server's process used.
type ServerUse struct {
	PID       int     `json:"pid"`
	CPU       float64 `json:"cpu_percent"`    // 100 is one processor
	RSSBefore int64   `json:"rss_kib_before"` // before the first connection
	RSSJoined int64   `json:"rss_kib_joined"` // when all had joined
	RSSAfter  int64   `json:"rss_kib_after"`  // when all had typed
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

func report(ctx context.Context, p Plan, threads []*thread) *Report {
	r := &Report{
		Threads: p.Threads, Writers: p.Writers, Readers: p.Readers, Rate: p.Rate, Seconds: p.Duration.Seconds(),
		Problems: []string{},
	}
	var latency, ack histogram
	for _, t := range threads {
		latency.merge(&t.latency)
		ack.merge(&t.ack)
		r.thread(ctx, t)
	}
	r.Latency, r.Ack = latency.quantiles(), ack.quantiles()
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
	for _, m := range t.members {
		if m.err != nil {
			r.problem("%s: %v", t.name, m.err)
		}
		if r.Resumed += m.client.Stats().Resumes; m.text != text {
			r.Differing++
		}
		for _, y := range m.got {
			r.Delivered += y.count
		}
	}
	for _, w := range t.members[:t.plan.Writers] {
		typed := w.client.Typed()
		r.Typed += typed
		r.Log.of(orNone(log[w.client.ID()]), typed)
		for _, m := range t.members {
			r.of(orNone(m.got[w.client.ID()]), typed)
		}
	}
}

func orNone(y *tally) *tally {
	if y == nil {
		return new(tally)
	}
	return y
}

// eventsAtOnce is how many records are asked for in one request.
const eventsAtOnce = 5000

// logged counts the edits in the log, by client.
func logged(ctx context.Context, url, thread string) (map[string]*tally, error) {
	out := map[string]*tally{}
	for after, more := uint64(0), true; more; {
		body, err := get(ctx, url, thread, fmt.Sprintf("events?after=%d&limit=%d", after, eventsAtOnce))
		if err != nil {
			return nil, err
		}
		more = false
		for line := range strings.Lines(body) {
			var e struct {
				Revision uint64
				Client   string
				Seq      uint64
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				return nil, fmt.Errorf("events of %s: %w", thread, err)
			}
			if e.Revision == 0 {
				continue // tells of an author, or the end
			}
			after, more = e.Revision, true
			if e.Seq > 0 {
				count(out, e.Client, e.Seq)
			}
		}
	}
	return out, nil
}

// count notes an edit of a client.
func count(tallies map[string]*tally, client string, seq uint64) {
	y := tallies[client]
	if y == nil {
		y = new(tally)
		tallies[client] = y
	}
	y.add(seq)
}

func get(ctx context.Context, url, thread, what string) (string, error) {
	base, _ := strings.CutSuffix(typist.Endpoint(url), "/ws")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+strings.TrimPrefix(base, "ws")+"/api/threads/"+thread+"/"+what, nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", req.URL.Path, resp.Status)
	}
	return string(body), err
}

// Table writes the report for people.
func (r *Report) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("threads", "%d, each with %d writers and %d readers", r.Threads, r.Writers, r.Readers)
	row("rate", "%g edits/s a writer, %.0f/s in all, for %gs", r.Rate, r.Rate*float64(r.Threads*r.Writers), r.Seconds)
	row("typed", "%d edits, delivered %d times", r.Typed, r.Delivered)
	quantiles := func(name string, q Quantiles) {
		row(name, "p50 %.2f  p90 %.2f  p99 %.2f  max %.2f ms", q.P50, q.P90, q.P99, q.Max)
	}
	quantiles("to other clients", r.Latency)
	quantiles("acknowledged", r.Ack)
	row("at clients", "%d lost, %d duplicated, %d reordered", r.Lost, r.Duplicated, r.Reordered)
	row("in the log", "%d lost, %d duplicated, %d reordered", r.Log.Lost, r.Log.Duplicated, r.Log.Reordered)
	row("texts", "%d of %d differ from the server's", r.Differing, r.Threads*(r.Writers+r.Readers))
	row("connections", "%d lost and made again", r.Resumed)
	if s := r.Server; s != nil {
		row("server", "process %d: %.0f%% of a processor, %d KiB resident (%d before, %d joined)", s.PID, s.CPU, s.RSSAfter, s.RSSBefore, s.RSSJoined)
	}
	row("this process", "%.0f%% of a processor; everybody else %.0f%%", r.Generator, r.Foreign)
	for _, p := range r.Problems {
		row("problem", "%s", p)
	}
	return t.Flush()
}
