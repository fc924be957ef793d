package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAnEndedRunContinues: a run that was ended keeps its finished rounds, and the
// next run neither repeats nor omits one.
func TestAnEndedRunContinues(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("docs", 0o755); err != nil {
		t.Fatal(err)
	}
	var ran []uint64
	ctx, stop := context.WithCancel(t.Context())
	r := row{name: "dice", fault: "dice", unit: "throws", lie: "always loses", lacks: nothing, outline: func(_ context.Context, e *env) (o outcome, err error) {
		if len(ran) == 4 && ctx.Err() == nil {
			stop() // the fifth round does not finish
			return o, nil
		}
		ran = append(ran, e.seed)
		o.tried, o.acked = 1, 10
		if e.control || e.seed == 7 {
			o.lose("seed %d", e.seed)
		}
		return o, nil
	}}
	run := func(ctx context.Context) (bad int) {
		for seed := uint64(1); seed <= 8 && ctx.Err() == nil; seed++ {
			n, err := r.turn(ctx, "", "v1", seed, seed == 1)
			if err != nil {
				t.Fatal(err)
			}
			bad += n
		}
		return bad
	}
	run(ctx)
	if bad := run(t.Context()); bad != 1 {
		t.Errorf("%d rounds lost something, want the one with seed 7", bad)
	}
	if want := []uint64{1, 1, 2, 3, 4, 5, 6, 7, 8}; !slices.Equal(ran, want) {
		t.Errorf("rounds %d ran, want %d: the control, then each once", ran, want)
	}
	all, err := readResults(filepath.Join("docs", "torture", "dice.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if s := sumOf(all); s.rounds != 8 || s.tried != 8 || s.acked != 80 || s.lost != 1 || s.controls != 1 || s.controlLost != 1 || s.blind != 0 {
		t.Errorf("the sum is %+v", s)
	}
}

// TestThePageShowsBlindControls: a control that lost nothing is shown, and so is a
// row that lost something.
func TestThePageShowsBlindControls(t *testing.T) {
	defer func(all []row) { rows = all }(rows)
	rows = []row{{name: "dice", fault: "dice", unit: "throws", lie: "always loses"}, {name: "coin", fault: "a coin", unit: "throws"}}
	table := tableOf(map[string]sum{"dice": sumOf([]result{{Seed: 1, Control: true, Tried: 2}, {Seed: 1, Tried: 1200, Lost: 3, Version: "v1"}})})
	for _, want := range []string{"1 of 1 controls lost nothing", "| 1,200 throws | **3** |", "| a coin | not run |", "1 rounds; v1"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	page, err := splice("a\n<!-- torture table: begin -->\nold\n<!-- torture table: end -->\nb\n", "table", "new\n")
	if want := "a\n<!-- torture table: begin -->\nnew\n<!-- torture table: end -->\nb\n"; err != nil || page != want {
		t.Errorf("the page is %q, %v", page, err)
	}
	if _, err := splice("no marks", "table", ""); err == nil {
		t.Error("a page without marks is not refused")
	}
}
