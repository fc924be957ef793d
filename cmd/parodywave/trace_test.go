package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"parodywave/projection/scripts"
)

// A trace is a text that people typed, keystroke by keystroke. The traces are in
// ASCII, so that their code points are also UTF-16 units.
type trace struct {
	keystrokes []keystroke // applied in this order, they give end
	end        string
}

// A keystroke of an author replaces del units at pos with insert.
type keystroke struct {
	author, pos, del int
	insert           string
}

// traces returns the directory of the traces, or skips the test.
func traces(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PARODYWAVE_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "traces")
	}
	if _, err := os.Stat(filepath.Join(dir, "automerge-paper.json.gz")); err != nil {
		t.Skipf("the recorded traces are not there (%v): set PARODYWAVE_TRACES to where they are", err)
	}
	return dir
}

// traceFile is the format of the public collection: a patch is [position,
// deleted, inserted], relative to the text before or, in a concurrent trace, to
// the merge of the transaction's parents.
type traceFile struct {
	End       string `json:"endContent"`
	NumAgents int
	Txns      []transaction
}

type transaction struct {
	Parents []int
	Agent   int
	Patches [][3]any
}

// readTrace reads a trace, each only once: it takes seconds.
func readTrace(t testing.TB, path string) traceFile {
	t.Helper()
	file, ok := tracesRead.Load(path)
	if !ok {
		file, _ = tracesRead.LoadOrStore(path, decodeTrace(t, path))
	}
	return file.(traceFile)
}

var tracesRead sync.Map // of traceFile, by path; nobody alters them

func decodeTrace(t testing.TB, path string) traceFile {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	file, err := traceOf(z, shortTrace)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return file
}

// shortTrace is how many transactions of a trace a test reads with -short.
const shortTrace = 6000

// traceOf reads a trace; with -short only its first most transactions, and then End
// is empty.
func traceOf(r io.Reader, most int) (file traceFile, err error) {
	d := json.NewDecoder(r)
	if !testing.Short() {
		return file, d.Decode(&file)
	}
	for {
		switch key, err := d.Token(); {
		case err != nil:
			return file, err
		case key == "numAgents":
			if err := d.Decode(&file.NumAgents); err != nil {
				return file, err
			}
		case key == "txns":
			if _, err := d.Token(); err != nil {
				return file, err
			}
			file.Txns = make([]transaction, most)
			for i := range file.Txns {
				if err := d.Decode(&file.Txns[i]); err != nil {
					return file, err
				}
			}
			return file, nil
		}
	}
}

func strokeOf(t testing.TB, patch [3]any) keystroke {
	t.Helper()
	pos, ok1 := patch[0].(float64)
	del, ok2 := patch[1].(float64)
	insert, ok3 := patch[2].(string)
	if !ok1 || !ok2 || !ok3 {
		t.Fatalf("patch %v", patch)
	}
	for i := range len(insert) {
		if insert[i] >= 0x80 || insert[i] == '\r' {
			t.Fatalf("%q is not plain ASCII", insert)
		}
	}
	return keystroke{pos: int(pos), del: int(del), insert: insert}
}

// sequential reads a trace of one person and divides it among authors: with
// every line break that is typed the next one takes over.
func sequential(t testing.TB, path string, authors int) trace {
	t.Helper()
	file := readTrace(t, path)
	tr := trace{end: file.End}
	author := 0
	for _, txn := range file.Txns {
		for _, p := range txn.Patches {
			s := strokeOf(t, p)
			s.author = author
			tr.keystrokes = append(tr.keystrokes, s)
			if s.insert == "\n" {
				author = (author + 1) % authors
			}
		}
	}
	if tr.end == "" { // it was not read to its end
		tr.end = tr.after(len(tr.keystrokes))
	}
	return tr
}

// concurrent reads a trace of several people who typed at the same time, and
// brings it into the order of the file. A transaction then does
// what its author's keystroke did to the merge of everything before it: the
// character that was deleted is looked for there, and what was typed stands
// where the merge has it. A keystroke that deleted what another had deleted
// already does nothing any more. See scripts.Merge for how the trace merges.
func concurrent(t testing.TB, path string) trace {
	t.Helper()
	file := readTrace(t, path)
	m := scripts.NewMerge(file.NumAgents)
	tr := trace{end: file.End}
	for i, txn := range file.Txns {
		m.Begin(i, txn.Agent, txn.Parents)
		for _, p := range txn.Patches {
			s := strokeOf(t, p)
			for ; s.del > 0; s.del-- {
				if at, ok := m.Delete(s.pos); ok {
					tr.keystrokes = append(tr.keystrokes, keystroke{author: txn.Agent, pos: at, del: 1})
				}
			}
			for k, c := range []byte(s.insert) {
				at := m.Insert(s.pos+k, c)
				tr.keystrokes = append(tr.keystrokes, keystroke{author: txn.Agent, pos: at, insert: string(c)})
			}
		}
	}
	if got := m.Text(); tr.end == "" {
		tr.end = got
	} else if got != tr.end {
		t.Fatalf("%s: merging gives %d characters that are not the %d at the end of the trace", path, len(got), len(tr.end))
	}
	return tr
}

// after returns the text after the first n keystrokes.
func (tr trace) after(n int) string {
	var text []byte
	for _, s := range tr.keystrokes[:n] {
		text = slices.Replace(text, s.pos, s.pos+s.del, []byte(s.insert)...)
	}
	return string(text)
}

// cut returns the trace up to its first n keystrokes.
func (tr trace) cut(n int) trace {
	if n >= len(tr.keystrokes) {
		return tr
	}
	return trace{tr.keystrokes[:n], tr.after(n)}
}

func (tr trace) String() string {
	return fmt.Sprintf("%d keystrokes to %d characters", len(tr.keystrokes), len(tr.end))
}
