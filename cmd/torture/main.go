// Command torture breaks a server and its files in many ways, and counts the
// acknowledged edits that are lost.
//
//	torture [-rows NAME,…] [-n ROUNDS] [-seed FIRST] [-for DURATION]
//	torture -list
//	torture -table
//
// A row is one kind of fault. A round of it, drawn by a seed, has people type at a
// server (package crowd), breaks something, opens what is left, and compares it with
// the journal, which is outside the process that the fault meets. An edit that was
// acknowledged or shown must be there once, in order and equal byte for byte, or the
// damage must be named: by opening the log, or by verify.
//
// Each row has a control: the same round with a victim that breaks the promise on
// purpose. A control must lose something, or the row would prove nothing. Every tenth
// round is preceded by its control.
//
// Rows take turns. Each finished round is one line of docs/torture/ROW.ndjson; a
// later run continues after the seeds that are there, so that a run may be ended at
// any time. A loss stays in that file, and in the table, until the commit that mends
// its cause removes the line. The table of docs/reliability.md is made of these files.
//
// The victim is the program as people get it, which torture builds. Torture exits with
// 1 if a round lost something or a control did not.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "lie" {
		lie(os.Args[2:]) // the victim of a control; see liar.go
	}
	if len(os.Args) > 4 && os.Args[1] == "readers" {
		readAll(os.Args[2:]) // see stall.go
	}
	names := flag.String("rows", "", "rows to run, separated by commas (default: all that can run here)")
	n := flag.Int("n", 0, "rounds of each row (default: as each row says)")
	first := flag.Uint64("seed", 1, "seed of the first round; the next rounds count on")
	limit := flag.Duration("for", 0, "begin no round after this time (default: no limit)")
	list := flag.Bool("list", false, "list the rows")
	table := flag.Bool("table", false, "only write the table of docs/reliability.md")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		switch {
		case *list:
			for _, r := range rows {
				fmt.Printf("%-16s %s\n", r.name, r.fault)
			}
			return nil
		case *table:
			return writePage(".")
		}
		chosen, err := choose(*names)
		if err != nil {
			return err
		}
		return torture(ctx, chosen, *n, *first, *limit)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

// choose returns the rows of these names; all of them if there are none.
func choose(names string) (chosen []row, err error) {
	if names == "" {
		return rows, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown row %q: use one of those that torture -list prints", name)
		}
		chosen = append(chosen, rows[i])
	}
	return chosen, nil
}

// torture runs rounds of the rows in turns.
func torture(ctx context.Context, chosen []row, n int, first uint64, limit time.Duration) error {
	program, version, remove, err := build(ctx)
	if err != nil {
		return err
	}
	defer remove()
	begin, lost := time.Now(), 0
	for i, again := uint64(0), true; again; i++ {
		again = false
		for _, r := range chosen {
			why := r.lacks()
			if why != "" && i == 0 {
				fmt.Printf("%-16s cannot run here: %s\n", r.name, why)
			}
			rounds := r.rounds
			if n > 0 {
				rounds = n
			}
			if why != "" || i >= uint64(rounds) {
				continue
			}
			again = true
			if limit > 0 && time.Since(begin) > limit {
				return finished(lost)
			}
			bad, err := r.turn(ctx, program, version, first+i, i%10 == 0)
			if err != nil || ctx.Err() != nil {
				return errIf(ctx, err)
			}
			lost += bad
		}
	}
	return finished(lost)
}

func finished(lost int) error {
	if err := writePage("."); err != nil {
		return err
	}
	if lost > 0 {
		return fmt.Errorf("%d rounds lost something or failed; the lines above have their seeds", lost)
	}
	return nil
}

// errIf returns err, unless the run was ended by a signal: then what failed is only
// an unfinished round.
func errIf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		fmt.Println("ended; the finished rounds are kept")
		return writePage(".")
	}
	return err
}
