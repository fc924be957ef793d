package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// sameAuthors checks that git blame on a repository names the author of blame for a share of
// the lines with something in them, or for all but one.
func sameAuthors(t *testing.T, name, repo string, thread *projection.Thread, percent int) {
	t.Helper()
	mails := gitBlame(t, repo)
	lines, agree := agreement(thread, mails)
	t.Logf("%s: %d commits, %d lines, git agrees on %d", name, strings.Count(git(t, repo, nil, "rev-list", "main"), "\n"), lines, agree)
	if lines-agree > max(1, lines*(100-percent)/100) {
		t.Errorf("%s: git agrees on %d of %d lines", name, agree, lines)
	}
}

// TestGitBlameOfTraces compares the two blames on recorded traces, exported in bursts.
// One person wrote sveltecomponent, and often commented lines out and in again: divided
// between two authors, these are changes that an author takes back in a later commit.
func TestGitBlameOfTraces(t *testing.T) {
	t.Parallel()
	dir := traces(t)
	for name, tr := range map[string]trace{
		"friendsforever":  concurrent(t, filepath.Join(dir, "friendsforever.json.gz")),
		"automerge-paper": sequential(t, filepath.Join(dir, "automerge-paper.json.gz"), 3),
		"sveltecomponent": sequential(t, filepath.Join(dir, "sveltecomponent.json.gz"), 2),
	} {
		log, thread := logOf(t, tr)
		repo, _ := imported(t, log, "burst")
		percent := 99
		if name == "sveltecomponent" {
			percent = 97
		}
		sameAuthors(t, name, repo, thread, percent)
	}
}

// TestGitBlameOfPads compares them, and the other answers about lines, on exports of
// Etherpad.
func TestGitBlameOfPads(t *testing.T) {
	t.Parallel()
	dir := pads(t)
	for _, name := range []string{"minutes", "paper"} {
		data := t.TempDir()
		id, err := importFile(t, filepath.Join(dir, name+".etherpad"), data)
		if err != nil {
			t.Fatal(err)
		}
		log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		thread, err := projection.Replay(t.Context(), projection.Plain(log), eventlog.Stream(strings.TrimSpace(id)), 0)
		if err != nil {
			t.Fatal(err)
		}
		if bad := disagreement(t, log, thread); bad != "" {
			t.Errorf("%s: %s", name, bad)
		}
		repo, _ := importedFrom(t, log, thread.Stream, "burst")
		sameAuthors(t, name, repo, thread, 99)
	}
}

// A writing is a thread that people type, who take turns.
type writing struct {
	rnd     *rand.Rand
	records []eventlog.Record
	text    []uint16
	now     int64
	words   int
}

func (w *writing) put(author byte, from, to int, insert string) {
	units, _ := ot.Units(insert)
	c := ot.Replace(len(w.text), from, to, units)
	w.text, _ = c.Apply(w.text)
	r := event.Encode(event.Changed{Change: c})
	w.now += 50 + w.rnd.Int64N(400)
	r.Author[15], r.Time = author, w.now
	w.records = append(w.records, r)
}

// write types text at a place, key by key, some of them wrong and corrected.
func (w *writing) write(author byte, at int, text string) int {
	for _, key := range text {
		if w.rnd.IntN(15) == 0 {
			w.put(author, at, at, "#")
			w.put(author, at, at+1, "")
		}
		w.put(author, at, at, string(key))
		at++
	}
	return at
}

// line returns where a random line begins and ends.
func (w *writing) line() (from, to int) {
	lines := strings.Split(ot.String(w.text), "\n")
	k := w.rnd.IntN(len(lines))
	for _, l := range lines[:k] {
		from += len(l) + 1
	}
	return from, from + len(lines[k])
}

// turn lets an author do something, some keys of it in others' lines. No two words are
// the same.
func (w *writing) turn(author byte) {
	w.words++
	word := fmt.Sprintf("word%d", w.words)
	from, to := w.line()
	switch w.rnd.IntN(8) {
	case 0, 1, 2: // a line below
		w.write(author, to, "\n"+word)
	case 3: // a line above
		w.write(author, from, word+"\n")
	case 4:
		w.write(author, to, " "+word)
	case 5: // a wrong key
		w.put(author, to, to, "x")
		w.put(author, to, to+1, "")
	case 6: // the line goes
		w.put(author, from, min(to+1, len(w.text)), "")
	case 7: // an empty line below becomes one above
		w.put(author, to, to, "\n")
		w.turn(author%3 + 1)
		from, to = w.line()
		end := w.write(author, to, "\n"+word)
		w.put(author, from, from, "\n")
		w.put(author, end+1, end+1, "\n")
	}
}

func (w *writing) log(t *testing.T) (eventlog.AuditLog, *projection.Thread) {
	t.Helper()
	log := eventlog.NewMemory()
	if _, err := log.Append(t.Context(), testThread, 0, w.records...); err != nil {
		t.Fatal(err)
	}
	thread, err := projection.Replay(t.Context(), projection.Plain(log), testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	return log, thread
}

// wholeBursts makes a repository in which each burst is one commit, whatever it changes.
func wholeBursts(t *testing.T, log eventlog.AuditLog) (dir string) {
	t.Helper()
	var out bytes.Buffer
	a := &app{ctx: context.Background(), out: bufio.NewWriter(io.Discard)}
	s := sourceOf(log)
	plan, err := planGit(a, s, testThread, 0, "burst")
	if err != nil {
		t.Fatal(err)
	}
	g := &gitStream{w: &out, branch: "refs/heads/main", path: "text", plan: plan}
	out.WriteString("feature done\n")
	err = s.steps(a, testThread, 0, &stepper{every: "burst", do: g.step})
	if err == nil {
		err = g.end(a, s, testThread)
	}
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	git(t, dir, nil, "init", "-q", "-b", "main")
	git(t, dir, out.Bytes(), "fast-import", "--quiet")
	return dir
}

// TestGitBlameOfBursts compares them on threads that people type in turns, with wrong
// keys, new, deleted and empty lines, exported at once and at random moments.
func TestGitBlameOfBursts(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	var lines, agree, mirrored int
	for h := range seeds.Rounds(20) {
		w := &writing{rnd: rand.New(rand.NewPCG(seed, uint64(h)))}
		w.records = []eventlog.Record{event.Encode(event.Opened{Title: "T"})}
		for range 150 {
			w.turn(byte(1 + w.rnd.IntN(3)))
		}
		log, thread := w.log(t)
		repo, _ := imported(t, log, "burst")
		m := newMirror(t, "burst")
		for at := eventlog.Revision(0); at < thread.Revision; {
			at = min(thread.Revision, at+1+eventlog.Revision(w.rnd.IntN(len(w.records)/2)))
			m.add(log, at)
		}
		n, same := agreement(thread, gitBlame(t, repo))
		lines, agree = lines+n, agree+same
		_, same = agreement(thread, gitBlame(t, m.dir))
		mirrored += same
	}
	t.Logf("%d lines: git agrees on %d, and on %d after several exports", lines, agree, mirrored)
	const few = 4 // lines more or less, since a short run has only some two hundred
	if lines-min(agree, mirrored) > lines/100+few {
		t.Errorf("seed %d: git agrees on %d and %d of %d lines", seed, agree, mirrored, lines)
	}
}

// TestAnEmptyLineBelowBecomesOneAbove: Ben types into the empty line below Ada's line
// and presses Enter above it. If his burst were one commit, git would keep the empty
// line and name him for Ada's.
func TestAnEmptyLineBelowBecomesOneAbove(t *testing.T) {
	w := &writing{rnd: rand.New(rand.NewPCG(1, 1))}
	w.records = []eventlog.Record{event.Encode(event.Opened{Title: "T"})}
	w.put(1, 0, 0, "begin\nAda's\n\nend")
	w.put(2, 12, 12, "Ben's")
	w.put(2, 6, 6, "\n")
	log, thread := w.log(t)
	repo, _ := imported(t, log, "burst")
	if lines, agree := agreement(thread, gitBlame(t, repo)); lines != 4 || agree != 4 {
		t.Errorf("git agrees on %d of %d lines", agree, lines)
	}
	if _, agree := agreement(thread, gitBlame(t, wholeBursts(t, log))); agree == 4 {
		t.Error("a commit for each burst is enough")
	}
}

// TestNoCommitEndsWhereOthersLinesAreGone: Ben deletes all and undoes that, and then makes
// the empty line below Ada's line one above. If each of his edits were a commit, git would
// name him for all of her lines.
func TestNoCommitEndsWhereOthersLinesAreGone(t *testing.T) {
	w := &writing{rnd: rand.New(rand.NewPCG(1, 1))}
	w.records = []eventlog.Record{event.Encode(event.Opened{Title: "T"})}
	const text = "begin\nAda's\n\nend"
	w.put(1, 0, 0, text)
	w.put(2, 0, len(text), "")
	w.put(2, 0, 0, text)
	w.put(2, 12, 12, "Ben's")
	w.put(2, 6, 6, "\n")
	log, thread := w.log(t)
	repo, _ := imported(t, log, "burst")
	if lines, agree := agreement(thread, gitBlame(t, repo)); lines != 4 || agree != 4 {
		t.Errorf("git agrees on %d of %d lines", agree, lines)
	}
	repo, _ = imported(t, log, "edit")
	if _, agree := agreement(thread, gitBlame(t, repo)); agree == 4 {
		t.Error("a commit for each edit is enough")
	}
}
