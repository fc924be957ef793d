package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerdicts tries the two mutants of a package: its test kills one of them. A
// second run takes both verdicts from the file.
func TestVerdicts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results")
	if err := mutate("./testdata/sample", 9, 1, file); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"killed ", "sample.go:4:34  == → !=", "survived ", "sample.go:6:35  == → !="} {
		if !strings.Contains(string(first), want) {
			t.Errorf("the verdicts have no %q:\n%s", want, first)
		}
	}
	if err := mutate("./testdata/sample", 9, 1, file); err != nil {
		t.Fatal(err)
	}
	if now, _ := os.ReadFile(file); string(now) != string(first) {
		t.Errorf("a second run wrote\n%s", now)
	}
}

// TestFailingPackageIsRefused: where the unchanged tests fail, every mutant would
// count as killed.
func TestFailingPackageIsRefused(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module broken\n", "a.go": "package broken\n", "a_test.go": "package broken\n\nimport \"testing\"\n\nfunc TestFails(t *testing.T) { t.Fail() }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	if err := mutate(".", 1, 1, filepath.Join(dir, "results")); err == nil || !strings.Contains(err.Error(), "unchanged package fail") {
		t.Errorf("a failing package: %v", err)
	}
}
