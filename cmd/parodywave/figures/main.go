// Command figures makes a page of what the benchmarks measured.
//
//	figures conditions                what the machine is, as comments for a file of results
//	figures table < RESULTS           the table, printed
//	figures page RESULTS PAGE.md      the table, written between the page's markers
//
// Results are the output of go test -bench, with the conditions before it as
// lines that begin with "# "; benchstat reads the same file and skips those. A
// figure has an aim, and a value that is good enough; where it stands is said as
// the share of the aim that was reached: above 1 is better than the aim, whether
// more or less is better. Where a benchmark ran several times the median counts.
//
// On the page the table stands between the lines
//
//	<!-- figures: begin -->
//	<!-- figures: end -->
//
// and nothing else of the page is touched. See docs/benchmarks.md.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "conditions":
		return writeConditions(out)
	case len(args) == 1 && args[0] == "table":
		r, err := parse(in)
		if err == nil {
			_, err = io.WriteString(out, r.table(false))
		}
		return err
	case len(args) == 3 && args[0] == "page":
		f, err := os.Open(args[1])
		if err != nil {
			return err
		}
		defer f.Close()
		r, err := parse(f)
		if err != nil {
			return fmt.Errorf("%s: %w", args[1], err)
		}
		page, err := os.ReadFile(args[2])
		if err != nil {
			return err
		}
		made, err := splice(string(page), r.section())
		if err != nil {
			return fmt.Errorf("%s: %w", args[2], err)
		}
		return os.WriteFile(args[2], []byte(made), 0o644)
	}
	return fmt.Errorf("say conditions, table or page RESULTS PAGE.md, not %q", args)
}
