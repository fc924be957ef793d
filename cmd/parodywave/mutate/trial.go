package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A pkg is a package whose tests are tested.
type pkg struct {
	ImportPath, Dir                    string
	GoFiles, TestGoFiles, XTestGoFiles []string
	fset                               *token.FileSet
	parsed                             []*ast.File
	digest                             string // of all its files
}

func load(pattern string) (*pkg, error) {
	list := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,TestGoFiles,XTestGoFiles", pattern)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", pattern, err)
	}
	p := &pkg{fset: token.NewFileSet()}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, fmt.Errorf("%s must be one package: %w", pattern, err)
	}
	sum := sha256.New()
	for i, name := range append(append(p.GoFiles[:len(p.GoFiles):len(p.GoFiles)], p.TestGoFiles...), p.XTestGoFiles...) {
		path := filepath.Join(p.Dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(src), src)
		if i < len(p.GoFiles) {
			f, err := parser.ParseFile(p.fset, path, src, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			p.parsed = append(p.parsed, f)
		}
	}
	p.digest = fmt.Sprintf("%x", sum.Sum(nil)[:8])
	return p, nil
}

// time runs the tests of the unchanged package and returns how long a mutant's may take.
func (p *pkg) time() (time.Duration, error) {
	begin := time.Now()
	if out, err := p.test("-count=1"); err != nil {
		return 0, fmt.Errorf("the tests of the unchanged package fail: %w\n%s", err, out)
	}
	return 4*time.Since(begin) + 10*time.Second, nil
}

// try runs the tests on a mutant for at most limit.
func (p *pkg) try(m mutant, limit time.Duration) (string, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	src, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	changed, overlay := filepath.Join(dir, "mutant.go"), filepath.Join(dir, "overlay.json")
	table, err := json.Marshal(map[string]any{"Replace": map[string]string{m.file: changed}})
	err = errors.Join(err,
		os.WriteFile(changed, append(append(src[:m.from:m.from], m.text...), src[m.to:]...), 0o600),
		os.WriteFile(overlay, table, 0o600))
	if err != nil {
		return "", err
	}
	out, err := p.test("-overlay="+overlay, fmt.Sprintf("-timeout=%v", limit))
	switch {
	case err == nil:
		return "survived", nil
	case bytes.Contains(out, []byte("[build failed]")):
		return "invalid", nil
	}
	return "killed", nil
}

// test runs the short tests of the package.
func (p *pkg) test(flags ...string) ([]byte, error) {
	cmd := exec.Command("go", append(append([]string{"test", "-short", "-failfast", "-vet=off"}, flags...), p.ImportPath)...)
	cmd.Dir = p.Dir
	return cmd.CombinedOutput()
}
