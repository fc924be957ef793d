package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"
)

// TestDemoTrace types recorded traces through real WebSockets, keystroke by
// keystroke, each a change of its own, into a server in a process of its own:
//
//   - a paper by one person, as if three had written it: with every line break
//     the next one takes over, who first has to have everything before;
//   - a text that two people wrote at the same time, in the order and at the
//     places that concurrent describes; at each change of hands the next one
//     waits in the same way;
//   - lines of somebody's own in line mode, all the while.
//
// The typed text is on disk and with every client, blame has its authors line by
// line, and all of it survives an export into another directory and a restart.
func TestDemoTrace(t *testing.T) {
	t.Parallel()
	dir := traces(t)
	paper := sequential(t, filepath.Join(dir, "automerge-paper.json.gz"), 3)
	friends := concurrent(t, filepath.Join(dir, "friendsforever.json.gz"))
	if testing.Short() {
		paper, friends = paper.cut(800), friends.cut(300)
	}
	program, data := build(t), t.TempDir()
	s := newServer(t, program, data)
	s.start()
	d := &demo{t: t, program: program, data: data, server: s}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	var typing, writing sync.WaitGroup
	typing.Go(func() { d.add(typeTrace(ctx, t, s.url(), "The paper", []string{"Ada", "Ben", "Cleo"}, paper)) })
	typing.Go(func() { d.add(typeTrace(ctx, t, s.url(), "Friends", []string{"Finn", "Gwen"}, friends)) })
	quiet, stop := context.WithCancel(ctx)
	writing.Go(func() { d.add(writeLines(ctx, quiet, t, s.url(), "Lines", "Lina")) })
	typing.Wait()
	stop()
	writing.Wait()
	if t.Failed() {
		t.FailNow()
	}

	blames := map[string]string{}
	for _, th := range d.threads {
		blames[th.id] = d.check(th)
	}
	d.exportAndImport(blames)
	if err := s.stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	d.verify(data)
	for _, th := range d.threads { // the same commands on a stopped directory
		if got := d.run("blame", "--json", th.id); got != blames[th.id] {
			t.Errorf("%s: blame is another when the server is stopped", th.title)
		}
	}
	s.start()
	for _, th := range d.threads {
		if d.check(th) != blames[th.id] {
			t.Errorf("%s: blame is another after a restart", th.title)
		}
	}
	if info, err := os.Stat(filepath.Join(data, "log.db")); err == nil {
		t.Logf("log.db has %d bytes, %.1f a keystroke", info.Size(), float64(info.Size())/float64(len(paper.keystrokes)+len(friends.keystrokes)))
	}
}

// A typed thread is what a thread must hold.
type typedThread struct {
	id, title, text string
	authors         []string
}

// A demo is a server and the threads that were typed into it.
type demo struct {
	t             *testing.T
	program, data string
	server        *process

	mu      sync.Mutex
	threads []typedThread
}

func (d *demo) add(th typedThread) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.threads = append(d.threads, th)
}

func (d *demo) run(args ...string) string {
	d.t.Helper()
	return output(d.t, d.program, append([]string{"--data", d.data}, args...)...)
}

// typeTrace types a trace into a new thread.
func typeTrace(ctx context.Context, t *testing.T, url, title string, users []string, tr trace) typedThread {
	th := typedThread{title: title, text: tr.end}
	var clients []*client.Client
	for _, user := range users {
		c, err := client.Dial(ctx, client.Options{URL: url, User: user, Thread: th.id, Title: title, PendingMax: 1024})
		if err != nil {
			t.Error(err)
			return th
		}
		defer func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}()
		th.id = c.Thread()
		clients = append(clients, c)
	}
	start := time.Now()
	first := clients[0].Rev()
	typed := map[string]bool{}
	turns := 0
	for i, s := range tr.keystrokes {
		c := clients[s.author]
		if i > 0 && tr.keystrokes[i-1].author != s.author {
			turns++
			if err := c.Reach(ctx, first+uint64(i)); err != nil {
				t.Error(err)
				return th
			}
		}
		if err := c.Splice(s.pos, s.del, s.insert); err != nil {
			t.Errorf("%s, keystroke %d: %v", title, i, err)
			return th
		}
		typed[users[s.author]] = true
	}
	pushes, beacons := 0, 0
	for _, c := range clients {
		if err := c.Reach(ctx, first+uint64(len(tr.keystrokes))); err != nil {
			t.Error(err)
		}
		if got := c.String(); got != tr.end {
			t.Errorf("%s: a client ends with %d units that are not the trace's %d", title, len(got), len(tr.end))
		}
		pushes, beacons = pushes+c.Stats().Pushes, beacons+c.Stats().Beacons
	}
	took := time.Since(start)
	t.Logf("%s: %v in %v, %.0f a second, %d pushes, %d changes of hands, %d digests compared",
		title, tr, took.Round(time.Millisecond), float64(len(tr.keystrokes))/took.Seconds(), pushes, turns, beacons)
	th.authors = slices.Sorted(maps.Keys(typed))
	return th
}

// writeLines writes lines in line mode until quiet is done.
func writeLines(ctx, quiet context.Context, t *testing.T, url, title, user string) typedThread {
	th := typedThread{title: title, authors: []string{user}}
	c, err := crowd.DialLine(ctx, url, user, "", title, func(*crowd.LineFrame) {})
	if err != nil {
		t.Error(err)
		return th
	}
	defer c.Close()
	th.id = c.Thread()
	var lines []string
	for n := 1; quiet.Err() == nil || n < 3; n++ {
		words := strings.Fields(fmt.Sprintf("line %d is written word by word", n))
		value := words[0]
		_, err := c.Create(value)
		for _, w := range words[1:] {
			if err == nil {
				value += " " + w
				_, err = c.Change(value)
			}
		}
		if err == nil {
			var r *crowd.LineFrame
			if r, err = c.Submit(value + "."); err == nil && (r.Value != value+"." || r.User != user || !r.Submitted || *r.Line != n-1) {
				err = fmt.Errorf("the receipt of line %d is %+v", n-1, r)
			}
		}
		if err != nil {
			t.Error(err)
			return th
		}
		lines = append(lines, value+".")
		select {
		case <-quiet.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	th.text = strings.Join(lines, "\n")
	t.Logf("%s: %d lines", title, len(lines))
	return th
}

// check holds a thread against what was typed, by the API and by commands, and
// returns its blame.
func (d *demo) check(th typedThread) string {
	d.t.Helper()
	text, err := fetch(d.t.Context(), d.server.url()+"/api/threads/"+th.id+"/text")
	if err != nil || text != th.text {
		d.t.Errorf("%s: the server has %d units that are not the %d typed (%v)", th.title, len(text), len(th.text), err)
	}
	if got := d.run("cat", th.id); got != th.text {
		d.t.Errorf("%s: cat prints %d bytes that are not the %d typed", th.title, len(got), len(th.text))
	}
	blame := d.run("blame", "--json", th.id)
	rows, authors := blameOf(d.t, blame)
	joined := strings.Join(rows, "\n")
	if strings.HasSuffix(th.text, "\n") {
		joined += "\n"
	}
	if joined != th.text {
		d.t.Errorf("%s: the rows of blame are not the text", th.title)
	}
	for _, a := range authors {
		if !slices.Contains(th.authors, a) {
			d.t.Errorf("%s: blame names %q, who typed nothing", th.title, a)
		}
	}
	if len(authors) < len(th.authors) && !testing.Short() {
		d.t.Errorf("%s: blame names %q of %q", th.title, authors, th.authors)
	}
	return blame
}

// blameOf returns the texts of blame's rows, and who is named in them.
func blameOf(t *testing.T, blame string) (rows, authors []string) {
	t.Helper()
	named := map[string]bool{}
	for line := range strings.Lines(blame) {
		var row struct {
			Line         int
			Author, Text string
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.Line != len(rows)+1 {
			t.Fatalf("row %d of blame is %q: %v", len(rows)+1, line, err)
		}
		rows = append(rows, row.Text)
		named[row.Author] = true
	}
	return rows, slices.Sorted(maps.Keys(named))
}

// exportAndImport takes all threads to an empty directory and compares blame.
func (d *demo) exportAndImport(blames map[string]string) {
	d.t.Helper()
	other := d.t.TempDir()
	for _, th := range d.threads {
		file := filepath.Join(d.t.TempDir(), "thread.ndjson")
		if err := os.WriteFile(file, []byte(d.run("export", th.id, "--format", "ndjson")), 0o600); err != nil {
			d.t.Fatal(err)
		}
		if id := strings.TrimSpace(output(d.t, d.program, "--data", other, "import", file, "--as", "Ivy")); !strings.Contains(id, th.id) {
			d.t.Errorf("%s: imported as %q", th.title, id)
		}
		if got := output(d.t, d.program, "--data", other, "blame", "--json", th.id); got != blames[th.id] {
			d.t.Errorf("%s: blame is another after export and import:\n%.300s\n%.300s", th.title, got, blames[th.id])
		}
	}
	d.verify(other)
}

func (d *demo) verify(data string) {
	d.t.Helper()
	output(d.t, d.program, "--data", data, "verify")
}
