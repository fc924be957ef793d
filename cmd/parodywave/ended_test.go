package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/socklog"
)

// A dyingServer answers commands from a log, and at one request of them it ends.
type dyingServer struct {
	log  *boltlog.Log
	asks atomic.Int64
	at   int64 // the number of the request at which it ends, from 1
	part int   // how many bytes of that answer it still sends; 0: it refuses
	stay bool  // it only breaks the connection, at that request and all after it
	quit func()
}

func (d *dyingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/version" {
		_ = json.NewEncoder(w).Encode(map[string]string{"version": release()})
		return
	}
	n := d.asks.Add(1)
	if n < d.at || n > d.at && !d.stay {
		socklog.Handler(d.log).ServeHTTP(w, r)
		return
	}
	if d.part > 0 {
		whole := &answer{header: w.Header()}
		socklog.Handler(d.log).ServeHTTP(whole, r)
		_, _ = w.Write(whole.body.Bytes()[:min(d.part, whole.body.Len()-1)])
		_ = http.NewResponseController(w).Flush()
	}
	if !d.stay {
		d.quit()
	}
	panic(http.ErrAbortHandler)
}

// TestReaderGoesOnWhenItsServerEnds: whichever request the server ends at, and
// in the middle of an answer, too, a command that reads prints what it would
// have printed.
func TestReaderGoesOnWhenItsServerEnds(t *testing.T) {
	data := notes(t)
	for _, command := range []string{"cat Notes", "log Notes", "blame Notes", "threads", "tail", "export Notes", "log Notes -L 1"} {
		want, _, err := ask(t, data, command, nil)
		if err != nil {
			t.Fatal(err)
		}
		for at := int64(1); ; at++ {
			d := &dyingServer{at: at, part: int(at%2) * 7}
			got, _, err := ask(t, data, command, d)
			if err != nil || got != want {
				t.Errorf("%s, server ended at request %d after %d bytes: %v, printed %q, want %q", command, at, d.part, err, got, want)
			}
			if d.asks.Load() < at { // it was asked less often
				if at < 3 {
					t.Errorf("%s: the server was asked %d times: this tests little", command, d.asks.Load())
				}
				break
			}
		}
	}
}

// TestReaderSaysThatItsServerEnded: it is tried once more and no more, and
// nothing is said of appends.
func TestReaderSaysThatItsServerEnded(t *testing.T) {
	data := notes(t)
	d := &dyingServer{at: 3, part: 7, stay: true}
	out, _, err := ask(t, data, "cat Notes", d)
	if err == nil || status(err) != exitFailed || hintOf(err) == "" || out != "" {
		t.Fatalf("printed %q: %v", out, err)
	}
	if s := err.Error(); strings.Contains(s, "append") || !strings.Contains(s, "server ended") {
		t.Errorf("it says %q", s)
	}
	if n := d.asks.Load(); n != 4 {
		t.Errorf("the server was asked %d times, want 3 and once more", n)
	}
}

// TestReaderDoesNotRepeatWhatItPrinted: what was shown cannot be taken back.
func TestReaderDoesNotRepeatWhatItPrinted(t *testing.T) {
	a := &app{ctx: t.Context()}
	gone := fmt.Errorf("read: %w", errEnded)
	if !a.mayRetry(gone) || a.mayRetry(eventlog.ErrDamaged) {
		t.Error("only a server that ended is a reason to try again")
	}
	var out bytes.Buffer
	a.stdout = &out
	fmt.Fprint(stdoutWriter{a}, "line 1\n")
	if a.mayRetry(gone) {
		t.Error("it would print line 1 twice")
	}
	a = &app{ctx: t.Context(), in: strings.NewReader("text")}
	if _, err := a.readFile("-"); err != nil || a.mayRetry(gone) {
		t.Error("it would find stdin empty")
	}
}

// notes makes a data directory with one thread.
func notes(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	a := &app{ctx: t.Context(), in: strings.NewReader("one\ntwo\n"), err: new(bytes.Buffer)}
	a.out = bufio.NewWriter(new(bytes.Buffer))
	if err := a.run([]string{"import", "-", "--title", "Notes", "--data", data, "--as", "Ben"}); err != nil {
		t.Fatal(err)
	}
	return data
}

// ask runs a command on a directory that d serves, or nobody.
func ask(t *testing.T, data, command string, d *dyingServer) (out, said string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{ctx: t.Context(), stdout: &stdout, err: &stderr}
	a.Data = data
	a.out = bufio.NewWriter(stdoutWriter{a})
	if d != nil {
		if d.log, err = boltlog.Open(a.logPath(), boltlog.Options{}); err != nil {
			t.Fatal(err)
		}
		l, cleanup, err := a.listenControl()
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: d}
		d.quit = func() { l.Close(); d.log.Close() }
		go s.Serve(l)
		defer func() { s.Close(); d.log.Close(); cleanup() }()
	}
	err = a.run(append(strings.Fields(command), "--data", data))
	a.out.Flush()
	return stdout.String(), stderr.String(), err
}
