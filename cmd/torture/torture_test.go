package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
)

// TestMain makes the test binary the victim of the controls, as the program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "lie" {
		lie(os.Args[2:])
	}
	if len(os.Args) > 4 && os.Args[1] == "readers" {
		readAll(os.Args[2:])
	}
	_ = flag.Set("test.parallel", "4") // unless -parallel says otherwise: rows mostly wait for disks and clients
	os.Exit(m.Run())
}

// TestNoSilentLoss runs one small round of every row, and its control, which must
// lose something. With -short it runs no controls.
func TestNoSilentLoss(t *testing.T) {
	program, version, remove, err := build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remove)
	t.Log("the victim is ", version)
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if why := r.lacks(); why != "" {
				t.Skip(why)
			}
			if r.long && testing.Short() {
				t.Skip("a row that takes more than seconds is left out of -short")
			}
			t.Parallel()
			seed := seeds.For(t)
			for _, control := range []bool{true, false} {
				if control && testing.Short() {
					continue
				}
				o, err := r.round(t.Context(), env{program: program, seed: seed, control: control, small: true})
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("control %v: tried %d %s, acknowledged %d, lost %d, %v", control, o.tried, r.unit, o.acked, o.lost, o.details)
				switch {
				case o.tried == 0:
					t.Errorf("seed %d: nothing was tried", seed)
				case control && o.lost == 0:
					t.Errorf("seed %d: the control lost nothing: the row proves nothing", seed)
				case !control && o.lost > 0:
					t.Errorf("seed %d: %d lost\n%s", seed, o.lost, strings.Join(o.problems, "\n"))
				}
			}
		})
	}
}
