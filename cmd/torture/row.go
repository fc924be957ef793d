package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A row is one kind of fault.
type row struct {
	name    string
	fault   string // what happens, for the table
	unit    string // what outcome.tried counts: kills, states
	lie     string // how the victim of the control breaks the promise, for the table
	rounds  int    // in a run without -n
	lacks   func() string
	long    bool // its small version takes more than seconds
	outline func(context.Context, *env) (outcome, error)
}

// An env is what a round works with.
type env struct {
	program string // the parodywave to break
	dir     string // empty; deleted after the round
	seed    uint64
	control bool // use the victim that lies
	small   bool // for the tests: seconds
}

// An outcome is the result of a round.
type outcome struct {
	tried    int            // faults
	acked    int            // edits that were acknowledged, if they were counted
	lost     int            // edits that are missing or altered unnamed
	details  map[string]int // further counts
	problems []string       // describe the losses
}

func (o *outcome) count(detail string, n int) {
	if o.details == nil {
		o.details = map[string]int{}
	}
	o.details[detail] += n
}

func (o *outcome) lose(format string, args ...any) {
	o.lost++
	if len(o.problems) < 20 {
		o.problems = append(o.problems, fmt.Sprintf(format, args...))
	}
}

// rows are all rows, in the order of the table.
var rows []row

// size returns small in the tests and usual otherwise.
func (e *env) size(usual, small int) int {
	if e.small {
		return small
	}
	return usual
}

// states is size for rows that try many states of one file; a usual control tries a
// fifth. A small one may try more, because it is done at its first loss.
func (e *env) states(usual, small int) int {
	if e.control {
		usual, small = usual/5, 4*small
	}
	return e.size(usual, small)
}

// done reports whether a row that tries many states of one file has tried enough.
func (e *env) done(ctx context.Context, o *outcome) bool {
	return ctx.Err() != nil || e.small && e.control && o.lost > 0
}

// patience is how long a round waits for events that must come. It is so long that no
// busy machine, but only a server that is broken, exceeds it: no verdict depends on the
// load.
const patience = 5 * time.Minute

// nothing is for rows that run everywhere.
func nothing() string { return "" }

// needsRoot is for rows that mount file systems.
func needsRoot() string {
	if os.Geteuid() != 0 {
		return "only root can mount file systems"
	}
	return ""
}

// round runs one round in a directory of its own.
func (r row) round(ctx context.Context, e env) (outcome, error) {
	dir, err := os.MkdirTemp("", "torture-"+r.name+"-")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(dir)
	e.dir = dir
	o, err := r.outline(ctx, &e)
	if err != nil {
		err = fmt.Errorf("%s, seed %d: %w", r.name, e.seed, err)
	}
	return o, err
}

// turn runs one round, and before it the control if that is wanted, unless they are
// in the results. It returns 1 if something is wrong.
func (r row) turn(ctx context.Context, program, version string, seed uint64, control bool) (bad int, err error) {
	file := filepath.Join("docs", "torture", r.name+".ndjson")
	known, err := readResults(file)
	if err != nil {
		return 0, err
	}
	for _, lying := range []bool{true, false} {
		if lying && !control || slices.ContainsFunc(known, func(k result) bool { return k.Seed == seed && k.Control == lying }) {
			continue
		}
		start := time.Now()
		o, err := r.round(ctx, env{program: program, seed: seed, control: lying})
		if ctx.Err() != nil {
			return bad, nil
		}
		if err != nil { // the round is no result, and is tried again by the next run
			fmt.Printf("%v\n  again: make torture ROW=%s N=1 SEED=%d\n", err, r.name, seed)
			bad = 1
			continue
		}
		res := resultOf(r, o, seed, lying, version, time.Since(start))
		if err := res.append(file); err != nil {
			return bad, err
		}
		fmt.Println(res)
		if (o.lost > 0) != lying {
			bad = 1
			fmt.Printf("  again: make torture ROW=%s N=1 SEED=%d\n%s", r.name, seed, indent(o.problems))
		}
	}
	return bad, nil
}

func indent(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "  %.400s\n", l)
	}
	return b.String()
}
