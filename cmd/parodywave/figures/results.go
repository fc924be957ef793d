package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// results has the figures of a file, which is the output of go test -bench with
// the conditions before it.
type results struct {
	conditions []string             // in order, without "# "
	values     map[string][]float64 // by name and unit: "rest/paper B/keystroke"
	foreign    []string             // processor time of other processes during a part: "rest 7" is 7 percent of a core
}

// errEmpty: the input has no results.
var errEmpty = errors.New("no results of BenchmarkFigures: run make bench")

// parse reads results. It ignores other benchmarks and other lines.
func parse(in io.Reader) (*results, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	r := &results{values: map[string][]float64{}}
	for line := range strings.Lines(string(data)) {
		if condition, ok := strings.CutPrefix(line, "# "); ok {
			r.conditions = append(r.conditions, strings.TrimSpace(condition))
		}
	}
	for lines := benchfmt.NewReader(bytes.NewReader(data), "results"); lines.Scan(); {
		switch x := lines.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, x
		case *benchfmt.Result:
			r.add(x)
		}
	}
	if len(r.values) == 0 {
		return nil, errEmpty
	}
	return r, nil
}

// add keeps the metrics of one line, if it is one of BenchmarkFigures.
func (r *results) add(x *benchfmt.Result) {
	name, ok := strings.CutPrefix(x.Name.String(), "Figures/")
	if !ok {
		return
	}
	name = name[:strings.LastIndexByte(name, '-')] // without the number of processors
	for _, v := range x.Values {
		key := name + " " + v.Unit
		if part, ok := strings.CutSuffix(key, "/whole %foreign"); ok {
			r.foreign = append(r.foreign, fmt.Sprintf("%s %.0f", part, v.Value))
		}
		r.values[key] = append(r.values[key], v.Value)
	}
}

// median returns the median of a metric, and whether it was measured.
func (r *results) median(bench, metric string) (float64, bool) {
	all := slices.Sorted(slices.Values(r.values[bench+" "+metric]))
	if len(all) == 0 {
		return 0, false
	}
	return (all[len(all)/2] + all[(len(all)-1)/2]) / 2, true
}
