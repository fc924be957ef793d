package loadgen

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Table writes the report as a table to read.
func (r *Report) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("threads", "%d, each with %d writers and %d readers", r.Threads, r.Writers, r.Readers)
	if len(r.Steps) > 0 {
		held := "the last rate that held"
		if !r.Held {
			held = "no rate held; the first"
		}
		row("steps", "%d; below is %s", len(r.Steps), held)
	}
	row("rate", "%g edits/s per writer, %.0f/s in all, for %gs", r.Rate, r.Rate*float64(r.Threads*r.Writers), r.Seconds)
	row("per second", "%.0f edits, %.0f deliveries", r.EditsPerSecond, r.DeliveriesPerSecond)
	row("typed", "%d edits, delivered %d times", r.Typed, r.Delivered)
	quantiles := func(name string, q Quantiles) {
		row(name, "p50 %.2f  p90 %.2f  p99 %.2f  max %.2f ms", q.P50, q.P90, q.P99, q.Max)
	}
	quantiles("to other clients", r.Latency)
	quantiles("to the last one", r.Last)
	quantiles("acknowledged", r.Ack)
	row("at clients", "%d lost, %d duplicated, %d reordered", r.Lost, r.Duplicated, r.Reordered)
	row("in the log", "%d lost, %d duplicated, %d reordered", r.Log.Lost, r.Log.Duplicated, r.Log.Reordered)
	row("texts", "%d of %d differ from the server's", r.Differing, r.Threads*(r.Writers+r.Readers))
	row("connections", "%d lost and resumed", r.Resumed)
	if s := r.Server; s != nil {
		row("server", "process %d: %.0f%% of a processor, %.0f deliveries per processor second", s.PID, s.CPU, s.PerCoreSecond)
		row("server memory", "%d KiB resident, %d after joining, %d before", s.RSSAfter, s.RSSJoined, s.RSSBefore)
	}
	row("this process", "%.0f%% of a processor; other processes %.0f%%", r.Generator, r.Foreign)
	if !r.Held {
		row("failed", "%s", r.Reason)
	}
	for _, p := range r.Problems {
		row("problem", "%s", p)
	}
	return t.Flush()
}

// line describes a step in one line.
func (s *Step) line(p Plan) string {
	server := "not visible"
	if s.Server != nil {
		server = fmt.Sprintf("%.0f%%", s.Server.CPU)
	}
	end := "held"
	if !s.Held {
		end = s.Reason
	}
	return fmt.Sprintf("%.0f edits/s: p50 %.1f, p99 %.1f, to the last one p99 %.1f, acknowledged p99 %.1f ms; server %s, this process %.0f%%, other processes %.0f%%: %s",
		s.Rate*float64(p.Threads*p.Writers), s.Latency.P50, s.Latency.P99, s.Last.P99, s.Ack.P99, server, s.Generator, s.Foreign, end)
}
