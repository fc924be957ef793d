package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// imported has git make a repository of a thread, and returns its directory.
func imported(t *testing.T, log eventlog.AuditLog, every string) (dir string, stream []byte) {
	t.Helper()
	return importedFrom(t, log, testThread, every)
}

func importedFrom(t *testing.T, log eventlog.AuditLog, thread eventlog.Stream, every string) (dir string, stream []byte) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not there")
	}
	var out bytes.Buffer
	a := &app{ctx: context.Background(), out: bufio.NewWriter(&out)}
	s := sourceOf(log)
	if err := (&exportCommand{Every: every, Branch: "main", Path: "text"}).git(a, s, thread, 0); err != nil {
		t.Fatal(err)
	}
	a.out.Flush()
	dir = t.TempDir()
	git(t, dir, nil, "init", "-q", "-b", "main")
	git(t, dir, out.Bytes(), "fast-import", "--quiet")
	return dir, out.Bytes()
}

func git(t *testing.T, dir string, in []byte, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(in)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// gitBlame returns the address of each line's author.
func gitBlame(t *testing.T, dir string) (mails []string) {
	t.Helper()
	for line := range strings.Lines(git(t, dir, nil, "blame", "--line-porcelain", "main", "--", "text")) {
		if mail, ok := strings.CutPrefix(line, "author-mail "); ok {
			mails = append(mails, strings.TrimSpace(mail))
		}
	}
	return mails
}

// plain reports for each line of a thread whether a comparison of texts can
// mean only one change: its words were nowhere before the revision that blame
// tells, and have been there exactly once ever since.
func plain(t *testing.T, log eventlog.AuditLog, thread *projection.Thread) []bool {
	t.Helper()
	var texts [][]string
	for rev := range thread.Revision {
		at, err := projection.Replay(context.Background(), projection.Plain(log), testThread, rev+1)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, strings.Split(at.Text(), "\n"))
	}
	var out []bool
	for row := range thread.Rows() {
		words, once := thread.Content(row), true
		for i, lines := range texts[max(row.Revision, 2)-2:] {
			n := 0
			for _, line := range lines {
				if line == words {
					n++
				}
			}
			once = once && n == min(i, 1)
		}
		out = append(out, once && words != "")
	}
	return out
}

// agreement counts the lines with something in them, and those whose author git
// tells, too. Of empty lines beside each other nobody can tell which is new.
func agreement(thread *projection.Thread, mails []string) (lines, agree int) {
	for row := range thread.Rows() {
		if thread.Content(row) == "" {
			continue
		}
		lines++
		if row.Line < len(mails) && mails[row.Line] == fmt.Sprintf("<%s@parodywave.invalid>", idString(row.Author)) {
			agree++
		}
	}
	return lines, agree
}

// TestGitBlameTellsWhatBlameTells compares the two on random histories, where
// nothing is ambiguous, and counts how often they agree where something is.
func TestGitBlameTellsWhatBlameTells(t *testing.T) {
	seed := seeds.For(t)
	rnd := rand.New(rand.NewPCG(seed, 4))
	var lines, agree, sure int
	histories := 20
	if testing.Short() {
		histories = 3
	}
	for h := range histories {
		log, thread := history(t, rnd, 60, withoutMoves)
		dir, _ := imported(t, log, "edit")
		mails, certain := gitBlame(t, dir), plain(t, log, thread)
		n, same := agreement(thread, mails)
		lines, agree = lines+n, agree+same
		for row := range thread.Rows() {
			if !certain[row.Line] {
				continue
			}
			sure++
			if want := fmt.Sprintf("<%s@parodywave.invalid>", idString(row.Author)); mails[row.Line] != want {
				t.Errorf("seed %d, history %d: line %d %q is of %s, git says %s", seed, h, row.Line+1, thread.Content(row), want, mails[row.Line])
			}
		}
	}
	t.Logf("%d lines, %d of them beyond doubt; git agrees on %d", lines, sure, agree)
	if sure < lines/3 {
		t.Errorf("seed %d: only %d of %d lines could be compared", seed, sure, lines)
	}
}

// TestGitStreamIsAFunctionOfTheLog: the same log makes the same commits, and a
// longer one goes on where it ended.
func TestGitStreamIsAFunctionOfTheLog(t *testing.T) {
	log, _ := history(t, rand.New(rand.NewPCG(1, 4)), 30, withMoves)
	dir, first := imported(t, log, "burst")
	_, second := imported(t, log, "burst")
	if !bytes.Equal(first, second) {
		t.Error("two streams of one log differ")
	}
	ids := git(t, dir, nil, "rev-list", "main")
	again, _ := imported(t, log, "burst")
	if other := git(t, again, nil, "rev-list", "main"); other != ids {
		t.Errorf("commits\n%s\nand then\n%s", ids, other)
	}
	git(t, dir, nil, "fsck", "--strict")
}

// TestGitNamesAreSafe holds what people write against what git refuses.
func TestGitNamesAreSafe(t *testing.T) {
	for name, want := range map[string]string{"Ann": "Ann", " <b>\nx": "bx", "<>": "unknown", "소라": "소라"} {
		if got := gitName(name); got != want {
			t.Errorf("gitName(%q) = %q, want %q", name, got, want)
		}
	}
	for title, want := range map[string]string{
		"Weekly minutes": "Weekly minutes.txt", "notes.md": "notes.md", "../../etc/passwd": "-..-etc-passwd",
		".git": string(testThread) + ".txt", "": string(testThread) + ".txt", "회의록": "회의록.txt", "a. b": "a. b.txt",
		strings.Repeat("가", 200): strings.Repeat("가", 66) + ".txt",
	} {
		if got := fileName(title, testThread); got != want {
			t.Errorf("fileName(%q) = %q, want %q", title, got, want)
		}
	}
	for _, name := range []string{"draft 1", "a..b", "x.lock", "/", "~^:?*[", "-x", "소라", "@{", "."} {
		ref := refName(name)
		if err := exec.Command("git", "check-ref-format", "refs/tags/"+ref).Run(); err != nil {
			t.Errorf("refName(%q) = %q, which git refuses", name, ref)
		}
	}
}
