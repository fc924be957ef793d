package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A result is a finished round, as it stands in the file of results.
type result struct {
	Row      string         `json:"row"`
	Seed     uint64         `json:"seed"`
	Control  bool           `json:"control"`
	Tried    int            `json:"tried"`
	Acked    int            `json:"acked"`
	Lost     int            `json:"lost"`
	Details  map[string]int `json:"details,omitempty"`
	Problems []string       `json:"problems,omitempty"` // the first three
	Seconds  float64        `json:"seconds"`
	Version  string         `json:"version"` // of the victim
	At       string         `json:"at"`      // when it finished
}

// workDir matches the directory of a round, which a reader of the results does not have.
var workDir = regexp.MustCompile(`(/[\w.-]+)*/torture-[\w-]+/`)

func resultOf(r row, o outcome, seed uint64, control bool, version string, took time.Duration) result {
	problems := slices.Clone(o.problems[:min(3, len(o.problems))])
	for i, p := range problems {
		problems[i] = fmt.Sprintf("%.300s", workDir.ReplaceAllString(p, ""))
	}
	return result{
		Row: r.name, Seed: seed, Control: control, Tried: o.tried, Acked: o.acked, Lost: o.lost, Details: o.details, Problems: problems,
		Seconds: float64(took.Round(time.Millisecond)) / float64(time.Second), Version: version, At: time.Now().UTC().Format(time.RFC3339),
	}
}

func (r result) String() string {
	what := ""
	if r.Control {
		what = " (control)"
	}
	var details strings.Builder
	for _, k := range slices.Sorted(maps.Keys(r.Details)) {
		fmt.Fprintf(&details, ", %s %d", k, r.Details[k])
	}
	return fmt.Sprintf("%-16s seed %d%s: tried %d, acknowledged %d, lost %d in %.1f s%s", r.Row, r.Seed, what, r.Tried, r.Acked, r.Lost, r.Seconds, &details)
}

// append adds the result to a file.
func (r result) append(file string) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// readResults reads a file of results; one that does not exist has none.
func readResults(file string) (all []result, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); ; {
		if !s.Scan() {
			return all, s.Err()
		}
		var r result
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, len(all)+1, err)
		}
		all = append(all, r)
	}
}
