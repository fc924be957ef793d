package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// A mirror is a repository that exports add to.
type mirror struct {
	t     *testing.T
	dir   string
	marks string
	every string
}

func newMirror(t *testing.T, every string) *mirror {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not there")
	}
	m := &mirror{t, t.TempDir(), filepath.Join(t.TempDir(), "marks"), every}
	git(t, m.dir, nil, "init", "-q", "-b", "main")
	return m
}

// stream returns the export of a log up to a revision.
func (m *mirror) stream(log eventlog.AuditLog, stream eventlog.Stream, at eventlog.Revision) ([]byte, error) {
	var out bytes.Buffer
	a := &app{ctx: context.Background(), out: bufio.NewWriter(&out)}
	c := &exportCommand{Every: m.every, Branch: "main", Path: "text", Marks: m.marks}
	err := c.git(a, sourceOf(log), stream, at)
	a.out.Flush()
	return out.Bytes(), err
}

// importArgs are the arguments with which git keeps the marks.
func (m *mirror) importArgs() []string {
	return []string{"fast-import", "--quiet", "--import-marks-if-exists=" + m.marks, "--export-marks=" + m.marks}
}

// add adds an export of a log up to a revision.
func (m *mirror) add(log eventlog.AuditLog, at eventlog.Revision) {
	m.t.Helper()
	stream, err := m.stream(log, testThread, at)
	if err != nil {
		m.t.Fatal(err)
	}
	git(m.t, m.dir, stream, m.importArgs()...)
}

// cut starts an import whose stream ends after n bytes, as when the export is killed.
func (m *mirror) cut(log eventlog.AuditLog, at eventlog.Revision, n int) {
	m.t.Helper()
	stream, err := m.stream(log, testThread, at)
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.Command("git", m.importArgs()...)
	cmd.Dir, cmd.Stdin = m.dir, bytes.NewReader(stream[:n%len(stream)])
	if err := cmd.Run(); err == nil && n%len(stream) > len("feature done\n") {
		m.t.Fatalf("git took %d of %d bytes for a whole stream", n%len(stream), len(stream))
	}
}

func (m *mirror) commits() string { return git(m.t, m.dir, nil, "rev-list", "main") }

// TestAMirrorIsTheWholeExport: whenever a repository is added to, its commits stay and
// its text is the thread's text at that moment; in the end the texts of the branch and of
// each tag are the same as after one whole export. With a commit for each edit, it has the same commits. Streams that break off in between change
// nothing.
func TestAMirrorIsTheWholeExport(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	for h := range seeds.Rounds(10) {
		rnd := rand.New(rand.NewPCG(seed, uint64(h)))
		log, thread := randomRecords(t, rnd.IntN, 40, "redact")
		for _, every := range []string{"edit", "burst", "submit"} {
			m := newMirror(t, every)
			before, at := "", eventlog.Revision(0)
			var cuts []eventlog.Revision
			for at < thread.Revision {
				at = min(thread.Revision, at+1+eventlog.Revision(rnd.IntN(25)))
				if cuts = append(cuts, at); rnd.IntN(3) == 0 {
					m.cut(log, at, rnd.IntN(100_000))
				}
				m.add(log, at)
				then, err := projection.Replay(t.Context(), projection.Plain(log), testThread, at)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := git(t, m.dir, nil, "show", "main:text"), string(gitText(then)); got != want {
					t.Fatalf("seed %d, history %d, cut at %v, every %s: git has %q, want %q", seed, h, cuts, every, got, want)
				}
				after := m.commits()
				if !strings.HasSuffix(after, before) {
					t.Fatalf("seed %d, history %d, cut at %v, every %s: commits\n%sare no longer behind\n%s", seed, h, cuts, every, before, after)
				}
				before = after
			}
			whole, _ := imported(t, log, every)
			texts := func(dir string) string {
				return git(t, dir, nil, "rev-parse", "main^{tree}") + git(t, dir, nil, "for-each-ref", "--format=%(refname) %(*tree)", "refs/tags")
			}
			if got, want := texts(m.dir), texts(whole); got != want {
				t.Errorf("seed %d, history %d, cut at %v, every %s: trees\n%s, want\n%s", seed, h, cuts, every, got, want)
			}
			if want := git(t, whole, nil, "rev-list", "main"); every == "edit" && before != want {
				t.Errorf("seed %d, history %d, cut at %v: commits\n%s, want\n%s", seed, h, cuts, before, want)
			}
			if every == "burst" {
				git(t, m.dir, nil, "fsck", "--strict")
			}
		}
	}
}

// TestWithoutMarksGitRefusesTheNextExport is the negative control: a stream that begins
// at the beginning is no fast-forward when a step has grown since.
func TestWithoutMarksGitRefusesTheNextExport(t *testing.T) {
	log, thread := history(t, rand.New(rand.NewPCG(1, 4)), 40, withMoves)
	for at := thread.Revision / 2; at < thread.Revision; at++ { // one of these is inside a burst
		m := newMirror(t, "burst")
		m.add(log, at)
		if err := os.Remove(m.marks); err != nil {
			t.Fatal(err)
		}
		stream, err := m.stream(log, testThread, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("git", m.importArgs()...)
		cmd.Dir, cmd.Stdin = m.dir, bytes.NewReader(stream)
		if cmd.Run() != nil {
			return
		}
	}
	t.Error("git took every second export without marks")
}

// TestMarksOfOthersAreRefused: of another log, another file, and what git does not write.
func TestMarksOfOthersAreRefused(t *testing.T) {
	log, thread := history(t, rand.New(rand.NewPCG(1, 4)), 10, withMoves)
	other, _ := history(t, rand.New(rand.NewPCG(2, 4)), 30, withMoves)
	m := newMirror(t, "burst")
	m.add(log, 0)
	if _, err := m.stream(log, testThread, 0); err != nil {
		t.Errorf("its own marks: %v", err)
	}
	if _, err := m.stream(other, testThread, 0); err == nil || !strings.Contains(err.Error(), "or not of this log") {
		t.Errorf("the marks of another log: %v", err)
	}
	a := &app{ctx: context.Background(), out: bufio.NewWriter(t.Output())}
	c := &exportCommand{Every: "burst", Branch: "main", Path: "another", Marks: m.marks}
	if err := c.git(a, sourceOf(log), testThread, 0); err == nil || !strings.Contains(err.Error(), "with the file another") {
		t.Errorf("the marks of another file: %v", err)
	}
	for _, text := range []string{"gibberish\n", ":1\n", ":x 0123\n", fmt.Sprintf(":%d 0123\n", uint64(thread.Revision+1)*markChecks), ":7 0123\n"} {
		if err := os.WriteFile(m.marks, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if stream, err := m.stream(log, testThread, 0); err == nil || len(stream) > 0 {
			t.Errorf("marks %q: %v, and %d bytes", text, err, len(stream))
		}
	}
}
