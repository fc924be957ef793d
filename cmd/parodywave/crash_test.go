package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/logtest"
	"parodywave/eventlog/seeds"
	"parodywave/server"
)

// TestKillLosesNothing kills the server at random moments while clients type in
// many threads and in both modes, and starts it again on the same directory. A
// journal outside the server has every entry that a client saw and every receipt:
// all of them must be in the log, once and in order, after every kill. All clients
// resume, and in the end have the text of the log.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	kills, pause := 100, 30*time.Millisecond
	switch {
	case testing.Short():
		kills = 4
	case raced:
		kills = 12
	}
	seed := seeds.For(t)
	data := t.TempDir()
	program := build(t)
	c := newCrash(t, newServer(t, program, data), data, seed, pause)
	c.gather(6, 3, 3, 2)
	for range kills {
		c.round()
		if problems := c.journal.complaints(); len(problems) > 0 {
			t.Fatalf("seed %d, after %d kills:%s\n%s", seed, c.kills, list(problems), &c.server.stderr)
		}
	}
	c.finish()
	t.Logf("%d kills; %s; %d edits of line mode lost their receipt; the slowest start took %v",
		c.kills, c.journal.summary(), c.swallowed(), c.slowest.Round(time.Millisecond))
	if err := c.server.stop(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	c.check()
	if problems := c.journal.complaints(); len(problems) > 0 {
		t.Errorf("seed %d:%s", seed, list(problems))
	}
	output(t, program, "verify", "--data", data)
}

// TestKillTestSeesLoss kills a server whose log acknowledges before it writes,
// under the same people and with the same journal. If nobody noticed, the test above would prove nothing.
func TestKillTestSeesLoss(t *testing.T) {
	seed := seeds.For(t)
	data := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, self, data)
	s.command = []string{self, "-test.run=^TestServeAckEarly$", "-test.timeout=2m"}
	s.environ = []string{"ACK_EARLY=" + data, "ACK_EARLY_LISTEN=" + s.address}
	c := newCrash(t, s, data, seed, 5*time.Millisecond)
	c.gather(3, 2, 1, 1)
	problems := ""
	for end := time.Now().Add(time.Minute); ; s.start() { // on a busy machine a kill may find nothing under way
		time.Sleep(300*time.Millisecond + time.Duration(c.r.Int64N(int64(300*time.Millisecond))))
		s.kill()
		c.check()
		if problems = strings.Join(c.journal.complaints(), "\n"); strings.Contains(problems, "LOST") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("seed %d: a log that acknowledges 100 ms early was killed and nothing was missed: %s\n%s", seed, problems, c.journal.summary())
		}
	}
	first, _, _ := strings.Cut(problems[strings.Index(problems, "LOST"):], "\n")
	t.Logf("%s; noticed: %.200s", c.journal.summary(), first)
}

// TestServeAckEarly is no test of its own but the server of the one above, in
// a process that can be killed.
func TestServeAckEarly(t *testing.T) {
	data := os.Getenv("ACK_EARLY")
	if data == "" {
		t.Skip("only as a server")
	}
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Getenv("ACK_EARLY_LISTEN"))
	if err != nil {
		t.Fatal(err)
	}
	early := logtest.NewAckEarly(log, 100*time.Millisecond)
	s, err := server.New(t.Context(), server.Config{Log: eventlog.Store{AuditLog: early}, Listen: listener.Addr().String(), Version: "early", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("http://%s/\n", listener.Addr())
	t.Fatal(http.Serve(listener, s.Handler()))
}

// A crash is a server that is killed again and again, and those who type.
type crash struct {
	t       testing.TB
	r       *rand.Rand
	server  *process
	data    string
	journal *journal
	writers *writers
	quiet   context.CancelFunc // ends the typing
	hangUp  context.CancelFunc // and the connections
	threads []string
	kills   int
	slowest time.Duration
}

func newCrash(t testing.TB, s *process, data string, seed uint64, pause time.Duration) *crash {
	j := newJournal()
	ctx, cancel := context.WithCancel(context.Background())
	typing, quiet := context.WithCancel(ctx)
	c := &crash{
		t: t, r: rand.New(rand.NewPCG(seed, 0)), server: s, data: data, journal: j, quiet: quiet,
		writers: &writers{journal: j, ctx: ctx, typing: typing, begin: make(chan struct{}), pause: pause},
	}
	t.Cleanup(c.end) // before the server's own
	c.hangUp = cancel
	s.start()
	return c
}

// end sends everybody away.
func (c *crash) end() {
	c.hangUp()
	select {
	case <-c.writers.begin:
	default:
		close(c.writers.begin)
	}
	for _, x := range c.writers.texts {
		_ = x.Close()
	}
	for _, x := range c.writers.lines {
		_ = x.c.close()
	}
	c.writers.all.Wait()
}

// gather has texts threads of text mode, lines of line mode and mixed of both
// written by several people each.
func (c *crash) gather(texts, each, lines, mixed int) {
	random := func() *rand.Rand { return rand.New(rand.NewPCG(c.r.Uint64(), 0)) }
	names := []string{"Ann", "Ben", "Cleo", "Dora", "Emil"}
	for i := range texts + mixed {
		id := ""
		for k := range each {
			var err error
			if id, err = c.writers.text(c.server.url(), names[k], id, random()); err != nil {
				c.t.Fatal(err)
			}
		}
		c.threads = append(c.threads, id)
		c.journal.opened(id)
		if i >= texts {
			if _, err := c.writers.line(c.server.url(), "Line", id, false, random()); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	for range lines {
		id := ""
		for k := range each {
			var err error
			if id, err = c.writers.line(c.server.url(), names[k], id, true, random()); err != nil {
				c.t.Fatal(err)
			}
		}
		c.threads = append(c.threads, id)
		c.journal.opened(id)
	}
	close(c.writers.begin)
}

// round lets the clients type for a while, kills the server, compares the log with
// the journal, and starts the server again.
func (c *crash) round() {
	c.t.Helper()
	time.Sleep(time.Duration(c.r.Int64N(int64(200 * time.Millisecond))))
	c.server.kill()
	c.kills++
	if c.r.IntN(10) == 0 { // not even started properly
		c.server.begin()
		time.Sleep(time.Duration(c.r.Int64N(int64(60 * time.Millisecond))))
		c.server.kill()
		c.kills++
	}
	time.Sleep(5 * time.Millisecond) // for clients to take in what reached them
	c.check()
	start := time.Now()
	c.server.start()
	c.slowest = max(c.slowest, time.Since(start))
	c.open()
}

// check compares the log, which no process has open, with the journal.
func (c *crash) check() {
	c.t.Helper()
	log, err := boltlog.Open(filepath.Join(c.data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true, Timeout: time.Minute})
	if err != nil {
		c.t.Fatalf("after %d kills: %v", c.kills, err)
	}
	defer log.Close()
	c.journal.check(log)
}

// open looks into every thread, and compares one with what the log says.
func (c *crash) open() {
	c.t.Helper()
	for i, id := range c.threads {
		url := c.server.url() + "/api/threads/" + id + "/text"
		if _, err := fetch(c.t.Context(), url); err != nil {
			c.journal.broken(fmt.Errorf("thread does not open: %w", err))
			continue
		}
		if i != c.kills%len(c.threads) {
			continue
		}
		want, rev := c.journal.text(id)
		if got, err := fetch(c.t.Context(), fmt.Sprintf("%s?at=%d", url, rev)); err != nil || got != want {
			c.journal.broken(fmt.Errorf("thread %s at %d reads %q, and %q by the log (%v)", id, rev, got, want, err))
		}
	}
}

// finish ends the typing and waits until all clients have all entries.
func (c *crash) finish() {
	c.t.Helper()
	c.quiet()
	c.writers.all.Wait()
	ctx, cancel := context.WithTimeout(c.t.Context(), 2*time.Minute)
	defer cancel()
	heads := map[string]uint64{}
	for _, x := range c.writers.texts {
		if err := x.Settle(ctx); err != nil {
			c.t.Fatal(err)
		}
	}
	for _, id := range c.threads {
		text, err := fetch(ctx, c.server.url()+"/api/threads/"+id+"/text")
		if err != nil {
			c.t.Fatal(err)
		}
		heads[id] = head(c.t, c.server.url(), id)
		for _, x := range c.writers.texts {
			if x.Thread() != id {
				continue
			}
			if err := x.Reach(ctx, heads[id]); err != nil {
				c.t.Error(err)
			} else if got := x.String(); got != text {
				c.t.Errorf("thread %s: a client has %q and the server %q", id, got, text)
			}
		}
		for _, l := range c.writers.lines {
			if l.c.thread != id {
				continue
			}
			if err := l.check(text); err != nil {
				c.t.Error(err)
			}
		}
	}
}

// swallowed counts the edits of line mode whose receipt a crash swallowed.
func (c *crash) swallowed() int {
	n := 0
	for _, l := range c.writers.lines {
		n += l.lost
	}
	return n
}
