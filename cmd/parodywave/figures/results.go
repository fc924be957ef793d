package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// results are what a file of them says.
type results struct {
	conditions []string             // in order, without "# "
	values     map[string][]float64 // by name and unit, "rest/paper B/keystroke"
	foreign    []string             // "part percent", in order
}

const prefix = "BenchmarkFigures/"

// processors is what go test adds to a name.
var processors = regexp.MustCompile(`-\d+$`)

// errEmpty: nothing in the input is a result.
var errEmpty = errors.New("no results of BenchmarkFigures")

// parse reads the output of go test -bench. Lines of other benchmarks, and
// whatever else was printed, are no results.
func parse(in io.Reader) (*results, error) {
	r := &results{values: map[string][]float64{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if condition, ok := strings.CutPrefix(line, "# "); ok {
			r.conditions = append(r.conditions, condition)
		} else if rest, ok := strings.CutPrefix(line, prefix); ok {
			if err := r.add(strings.Fields(rest)); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	if len(r.values) == 0 {
		return nil, errors.Join(lines.Err(), errEmpty)
	}
	return r, lines.Err()
}

// add takes in the words of a result: name, iterations, and pairs of value and
// unit.
func (r *results) add(words []string) error {
	if len(words) < 4 || len(words)%2 != 0 {
		return nil // the name alone, of one that failed or goes on elsewhere
	}
	name := processors.ReplaceAllString(words[0], "")
	for i := 2; i < len(words); i += 2 {
		v, err := strconv.ParseFloat(words[i], 64)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		key := name + " " + words[i+1]
		if part, ok := strings.CutSuffix(key, "/whole %foreign"); ok {
			r.foreign = append(r.foreign, fmt.Sprintf("%s %.0f", part, v))
		}
		r.values[key] = append(r.values[key], v)
	}
	return nil
}

// median returns the middle value of a metric; false: it was not measured.
func (r *results) median(bench, metric string) (float64, bool) {
	all := slices.Sorted(slices.Values(r.values[bench+" "+metric]))
	if len(all) == 0 {
		return 0, false
	}
	return (all[len(all)/2] + all[(len(all)-1)/2]) / 2, true
}
