package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// longHistory is how many edits the thread has whose history is read.
var longHistory = 1_000_000

// pasts are people who read history.
var pasts = []abuse{
	{"history", "8 people in the history of a thread of a million edits", withLongHistory, (*thread).history},
	{"samelog", "40 people who ask for the same page of its log", withLongHistory, (*thread).sameLog},
}

// withLongHistory writes lines of words, and edits some of them, in pushes of 1,000.
func withLongHistory(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 2))
	if err := t.write(`[[0,"the first line",""]]`); err != nil {
		return err
	}
	t.length = 15
	for done := 1; done < longHistory; {
		var all []string
		for range min(1000, longHistory-done) {
			at := max(1, t.length-1-rng.IntN(200))
			switch n := rng.IntN(40); {
			case n == 0 && t.length < 100_000:
				all = append(all, fmt.Sprintf(`[%d,[0,"",""]]`, t.length))
				t.length++
			case n < 14 && t.length > 300 || t.length >= 100_000:
				all = append(all, fmt.Sprintf(`[%d,[1]%s]`, at, keep(t.length-at-1)))
				t.length--
			default:
				all = append(all, fmt.Sprintf(`[%d,[0,%q]%s]`, at, string(rune('a'+rng.IntN(26))), keep(t.length-at)))
				t.length++
			}
		}
		if err := t.write(all...); err != nil {
			return err
		}
		done += len(all)
	}
	t.base = t.rev
	return nil
}

// keep is the section that keeps n units.
func keep(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(",%d", n)
}

// get requests an answer about the thread. A server may refuse history while others read
// it, and say when to come back.
func (t *thread) get(path string) error {
	b, status, err := t.ask(http.MethodGet, "/api/threads/"+t.id+path, "", "")
	if err == nil && status != http.StatusOK && status != http.StatusServiceUnavailable {
		err = fmt.Errorf("%s: %d %.200s", path, status, b)
	}
	return err
}

// together calls f n times at once and returns how long the longest took.
func together(n int, f func(i int) error) (time.Duration, error) {
	var all sync.WaitGroup
	errs, took := make([]error, n), make([]time.Duration, n)
	for i := range n {
		all.Go(func() {
			start := time.Now()
			errs[i] = f(i)
			took[i] = time.Since(start)
		})
	}
	all.Wait()
	longest := time.Duration(0)
	for _, d := range took {
		longest = max(longest, d)
	}
	return longest, errors.Join(errs...)
}

func (t *thread) history() (time.Duration, error) {
	t.asked++
	r := rand.New(rand.NewPCG(uint64(t.asked), 1))
	at := func() int { return 1 + r.IntN(t.base) }
	paths := []string{
		fmt.Sprintf("/moment?at=%d", at()), fmt.Sprintf("/moment?at=%d&since=%d", t.base, at()),
		fmt.Sprintf("/log?limit=100&at=%d", at()), "/log?limit=100&deletions=true", "/timeline",
		"/grep?pattern=the", fmt.Sprintf("/diff?from=%d&to=%d", at(), t.base), "/lines/2.0/history",
	}
	return together(len(paths), func(i int) error { return t.get(paths[i]) })
}

func (t *thread) sameLog() (time.Duration, error) {
	t.asked++
	path := fmt.Sprintf("/log?limit=100&at=%d", t.base-t.asked)
	return together(40, func(int) error { return t.get(path) })
}
