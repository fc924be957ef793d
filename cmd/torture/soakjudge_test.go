package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSoakCountsNothingBeforeAllAreThere: on a busy machine the clients come late. The
// watch counts only the lists of goroutines that the server prints after that.
func TestSoakCountsNothingBeforeAllAreThere(t *testing.T) {
	list := func(goroutines int) string {
		return "SCHED 0ms: gomaxprocs=2\n" + strings.Repeat("  G1: status=4(select) m=nil lockedm=nil\n", goroutines)
	}
	early, late := strings.Repeat(list(10), 6), strings.Repeat(list(60), 6)
	path := filepath.Join(t.TempDir(), "said")
	if err := os.WriteFile(path, []byte(early+late), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int{len(early), 0} { // 0: the wrong twin
		w := &watch{said: path, from: int64(from)}
		if err := w.traces(); err != nil {
			t.Fatal(err)
		}
		even := strings.Trim(fmt.Sprint(w.goroutines), "[]") == "60 60 60 60 60 60"
		if even != (from > 0) {
			t.Errorf("from byte %d the numbers of goroutines are %v", from, w.goroutines)
		}
	}
}
