// Command figures makes the benchmark page from the results of the benchmarks.
//
//	figures RESULTS            print the table
//	figures RESULTS PAGE.md    write the table between the page's markers
//
// Results are the output of go test -bench after the conditions, which are lines
// that begin with "# "; benchstat reads the same file. A figure has an aim, and a
// value that is good enough; the table has the share of the aim that is reached:
// above 1 is better than the aim, whether more or less is better. Of several runs
// of a benchmark the median counts.
//
// The table goes between these lines of the page, and the rest of the page stays:
//
//	<!-- figures: begin -->
//	<!-- figures: end -->
//
// See docs/benchmarks.md.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return errors.New("usage: figures RESULTS [PAGE.md]")
	}
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := parse(f)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if len(args) == 1 {
		fmt.Print(r.table(false))
		return nil
	}
	page, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	made, err := splice(string(page), r.section())
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	return os.WriteFile(args[1], []byte(made), 0o644)
}
