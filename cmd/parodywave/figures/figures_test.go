package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `# 2026-11-22 10:00 UTC
goos: linux
BenchmarkOther-2   	       1	         5 ns/op
BenchmarkFigures/rest/paper
BenchmarkFigures/rest/paper-2         	       1	         2.5 B/keystroke
BenchmarkFigures/rest/whole-2         	       1	         7.2 %foreign
BenchmarkFigures/append/saturated-2 	       1	    900000 events/s
BenchmarkFigures/append/saturated-2 	       1	   1500000 events/s
BenchmarkFigures/append/saturated-2 	       1	   1200000 events/s
BenchmarkFigures/start/log-2 	       1	   12 s	 100 MiB
PASS
`

func TestTableSaysWhereFiguresStand(t *testing.T) {
	r, err := parse(strings.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	table := r.table(false)
	for _, want := range []string{
		"| bytes a keystroke: a paper, three authors, times of 1 ms | 2.5 B | 3 B | 2 B | 0.80 |\n",
		"| durable appends, saturated | 1,200 k/s | 200 k/s | 1,000 k/s | 1.20 |\n", // the median
		"| start with 10 M events in 1,000 threads, from the log alone | 12 s | 10 s | 3 s | 0.25 (not good) |\n",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if strings.Contains(table, "not measured") || !strings.Contains(r.table(true), "| not measured | 50 ms | 10 ms |  |") {
		t.Errorf("what was not measured:\n%s", r.table(true))
	}
	section := r.section()
	for _, want := range []string{"- 2026-11-22 10:00 UTC\n", "by part: rest 7\n"} {
		if !strings.Contains(section, want) {
			t.Errorf("the section lacks %q:\n%s", want, section)
		}
	}
}

func TestResultsThatAreNoneAreRefused(t *testing.T) {
	if _, err := parse(strings.NewReader("PASS\nBenchmarkFigures/rest/paper\n")); !errors.Is(err, errEmpty) {
		t.Error(err)
	}
	if _, err := parse(strings.NewReader("BenchmarkFigures/rest/paper-2 1 many B/keystroke\n")); err == nil {
		t.Error("a value that is no number is accepted")
	}
}

func TestSectionReplacesWhatStandsBetweenTheMarkers(t *testing.T) {
	got, err := splice("a\n"+begin+"old\n"+end+"b\n", "new\n")
	if err != nil || got != "a\n"+begin+"new\n"+end+"b\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, page := range []string{"", begin, end + begin, begin + end + begin + end, begin + end + end} {
		if _, err := splice(page, "new\n"); !errors.Is(err, errMarkers) {
			t.Errorf("%q: %v", page, err)
		}
	}
}

func TestNumbersHaveThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.123: "0.12", 2: "2", 1.996: "2", 12.34: "12.3", 99.96: "100", 123.4: "123", 1234567: "1,234,567", -1234: "-1,234"} {
		if got := digits(v); got != want {
			t.Errorf("%v is printed as %q, want %q", v, got, want)
		}
	}
}

func TestRowsAreDifferentFigures(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range rows {
		if seen[w.bench+w.metric] || seen[w.what] {
			t.Errorf("%s %s is there twice", w.bench, w.metric)
		}
		seen[w.bench+w.metric], seen[w.what] = true, true
		if w.good != 0 && (w.less != (w.aim < w.good)) {
			t.Errorf("%s: the aim %v is not better than %v", w.bench, w.aim, w.good)
		}
	}
}

// TestPageIsOfItsResults holds the page against the results beside it: nobody
// has written a figure into it by hand.
func TestPageIsOfItsResults(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	page, err := os.ReadFile(filepath.Join(docs, "benchmarks.md"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(docs, "bench.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := parse(f)
	if err != nil {
		t.Fatal(err)
	}
	made, err := splice(string(page), r.section())
	if err != nil {
		t.Fatal(err)
	}
	if made != string(page) {
		t.Error("docs/benchmarks.md is not what docs/bench.txt says: go run ./cmd/parodywave/figures docs/bench.txt docs/benchmarks.md")
	}
}
