// Command mutate tests the tests: it changes one operator or statement of a
// package at a time, runs the package's short tests, and reports the changes that
// no test notices.
//
//	mutate [-n 20] [-seed 1] [-results FILE] PACKAGE...
//
// Each package gets a sample of n mutants, drawn by seed. The source tree stays as
// it is: the compiler sees a changed file through go test -overlay. Each verdict is
// appended to the file of results as it comes, and a run reuses the verdicts in it,
// so that an interrupted run continues. A verdict counts for the exact files of its
// package; after an edit there the package's mutants are tried again.
//
// The score is the share of the mutants that compile and that a test kills. A mutant
// that exceeds four times the time of the unchanged package is killed, too. The
// unchanged package runs first and must pass: otherwise everything would be killed.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	cache, _ := os.UserCacheDir()
	n := flag.Int("n", 20, "mutants of each package")
	seed := flag.Uint64("seed", 1, "seed of the sample")
	file := flag.String("results", filepath.Join(cache, "parodywave", "mutants"), "file of verdicts")
	flag.Parse()
	for _, pattern := range flag.Args() {
		if err := mutate(pattern, *n, *seed, *file); err != nil {
			fmt.Fprintln(os.Stderr, "mutate:", err)
			os.Exit(1)
		}
	}
}

// mutate tries n mutants of a package and prints the survivors and the score.
func mutate(pattern string, n int, seed uint64, file string) error {
	p, err := load(pattern)
	if err != nil {
		return err
	}
	known, results, err := verdicts(file)
	if err != nil {
		return err
	}
	defer results.Close()
	limit, err := p.time()
	if err != nil {
		return err
	}
	mutants, tried, killed := p.mutants(), 0, 0
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(mutants), func(i, j int) { mutants[i], mutants[j] = mutants[j], mutants[i] })
	for _, m := range mutants {
		if tried == n {
			break
		}
		key := p.digest + " " + m.String()
		if known[key] == "" {
			if known[key], err = p.try(m, limit); err != nil {
				return err
			}
			if _, err = fmt.Fprintf(results, "%s %s\n", known[key], key); err != nil {
				return err
			}
		}
		switch known[key] {
		case "invalid": // it does not compile
			continue
		case "survived":
			fmt.Println("survived ", m)
		default:
			killed++
		}
		tried++
	}
	fmt.Printf("%s: %d of %d mutants killed, of %d in the package\n", p.ImportPath, killed, tried, len(mutants))
	return nil
}

// verdicts returns what the file of results has, by mutant, and the file to append to.
func verdicts(path string) (map[string]string, *os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	known, lines := map[string]string{}, bufio.NewScanner(f)
	for lines.Scan() {
		v, m, _ := strings.Cut(lines.Text(), " ")
		known[m] = v
	}
	return known, f, lines.Err()
}
