package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"parodywave/cmd/parodywave/loadgen"
)

type loadtestCommand struct {
	URL      string        `arg:"" optional:"" default:"http://127.0.0.1:5555" help:"The server (default: http://127.0.0.1:5555). It gets threads that stay."`
	Threads  int           `default:"10" help:"How many threads to type into (default: 10)."`
	Writers  int           `default:"1" help:"Writers in each thread (default: 1)."`
	Readers  int           `default:"4" help:"Readers in each thread, beside the writers (default: 4)."`
	Rate     float64       `default:"5" help:"Edits a second of each writer (default: 5)."`
	Duration time.Duration `default:"10s" help:"How long to measure, after a second of warming up (default: 10s)."`
	UntilP99 time.Duration `name:"until-p99" env:"PARODYWAVE_UNTIL_P99" placeholder:"250ms" help:"Raise the rate, for --duration each time, until the 99th percentile to other clients is above this, writers fall behind or something is lost."`
	Step     float64       `default:"1.25" help:"With --until-p99: by which factor the rate is raised (default: 1.25)."`
	Tries    int           `default:"2" help:"With --until-p99: so many failures in a row at one rate end it (default: 2)."`
	JSON     bool          `name:"json" help:"Print one JSON object instead of a table."`
}

// Help shows how it is used.
func (*loadtestCommand) Help() string {
	return `Opens threads on a server, lets writers type into them and readers watch, and tells how long an edit takes until it is
on disk and until others see it, in quantiles. In the end every text must be what was typed: lost, doubled and
reordered edits are counted, and one is enough for exit status 1. Use a server made for it: the threads stay.

  parodywave loadtest
  parodywave loadtest http://127.0.0.1:5555 --threads 100 --rate 8 --duration 1m --json
  parodywave loadtest --threads 100 --readers 5 --rate 40 --duration 5s --until-p99 250ms

The last finds out how much a server bears: it tells of the last rate that held. Where the server is on this machine,
its processor time and memory are told, too, and always what this process took and what all others did: a machine that
is busy otherwise says nothing about latency. The fields of --json are described in docs/benchmarks.md.
`
}

// Run types, and fails when anything was lost.
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
		err = failed("keep the server's data: parodywave verify says whether the log is whole", "edits were lost, doubled or reordered, or texts differ: %d problems", max(1, len(r.Problems)))
	}
	if err != nil {
		return fmt.Errorf("load test of %s: %w", c.URL, err)
	}
	return nil
}
