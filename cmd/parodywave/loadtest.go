package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parodywave/cmd/parodywave/loadgen"
)

type loadtestCommand struct {
	URL      string        `arg:"" optional:"" default:"http://127.0.0.1:5555" help:"The server (default: http://127.0.0.1:5555). The test leaves its threads there."`
	Threads  int           `default:"10" help:"Threads to type into (default: 10)."`
	Writers  int           `default:"1" help:"Writers in each thread (default: 1)."`
	Readers  int           `default:"4" help:"Readers in each thread, in addition to the writers (default: 4)."`
	Rate     float64       `default:"5" help:"Edits per second of each writer (default: 5)."`
	Duration time.Duration `default:"10s" help:"Time to measure, after a second of warming up (default: 10s)."`
	UntilP99 time.Duration `name:"until-p99" env:"PARODYWAVE_UNTIL_P99" placeholder:"250ms" help:"Raise the rate in steps of --duration until the 99th percentile to other clients exceeds this, writers fall behind or edits are lost."`
	Step     float64       `default:"1.25" help:"With --until-p99: factor by which the rate is raised (default: 1.25)."`
	Tries    int           `default:"2" help:"With --until-p99: stop after this many failed steps in a row (default: 2)."`
	JSON     bool          `name:"json" help:"Print one JSON object instead of a table."`
}

func (*loadtestCommand) Help() string {
	return `Opens threads on a server, lets writers type and readers follow, and prints in quantiles how long an edit takes until it is
on disk and until other clients have it. At the end it compares all texts: one lost, duplicated or reordered edit gives
exit status 1. Use a server set up for the test, because the threads stay.

  parodywave loadtest
  parodywave loadtest http://127.0.0.1:5555 --threads 100 --rate 8 --duration 1m --json
  parodywave loadtest --threads 100 --readers 5 --rate 40 --duration 5s --until-p99 250ms

The last example finds the highest rate that a server sustains. If the server runs on this machine, its processor time and
memory are printed, too, and always the processor time of this process and of all others: on a busy machine the latencies
mean little. docs/benchmarks.md describes the fields of --json.
`
}

// Run fails if any edit was lost.
func (c *loadtestCommand) Run(a *app) error {
	plan := loadgen.Plan{URL: c.URL, Threads: c.Threads, Writers: c.Writers, Readers: c.Readers, Rate: c.Rate, Duration: c.Duration,
		UntilP99: c.UntilP99, Step: c.Step, Tries: c.Tries}
	r, err := loadgen.Run(a.ctx, plan, a.say)
	switch {
	case errors.Is(err, loadgen.ErrPlan):
		return usage("see parodywave loadtest --help", "%v", err)
	case err != nil:
		return failed("is the server up? parodywave serve starts one", "%v", err)
	}
	if c.JSON {
		err = json.NewEncoder(a.out).Encode(r)
	} else {
		err = r.Table(a.out)
	}
	if err == nil && !r.OK() {
		err = failed("keep the server's data; parodywave verify checks its log", "edits were lost, duplicated or reordered, or texts differ: %d problems", max(1, len(r.Problems)))
	}
	if err != nil {
		return fmt.Errorf("load test of %s: %w", c.URL, err)
	}
	return nil
}
