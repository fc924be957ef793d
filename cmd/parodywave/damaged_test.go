package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/server/jsonrow"
)

// TestADamagedThreadIsListedAndTheOthersWork: a server on a log with a flipped bit. The
// damaged thread is in the lists, with the title that it had before the damage, and every
// answer about it says that it is damaged and what to do. The other one is edited.
func TestADamagedThreadIsListedAndTheOthersWork(t *testing.T) {
	t.Parallel()
	program, dir := build(t), t.TempDir()
	data, first, second := filepath.Join(dir, "data"), filepath.Join(dir, "first"), filepath.Join(dir, "second")
	for path, text := range map[string]string{first: "hello\n", second: "hello earth\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string { return output(t, program, append(args, "--data", data)...) }
	bad := strings.Fields(run("import", first, "--title", "Milk"))[0]
	run("put", bad, second)
	run("put", bad, first)
	good := strings.Fields(run("import", first, "--title", "Plans"))[0]
	path := filepath.Join(data, "log.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(b, []byte(" earth"), []byte(" eardh")), 0o600); err != nil { // all copies of the page
		t.Fatal(err)
	}

	check := func(how string) {
		t.Helper()
		rows := map[string]jsonrow.Thread{}
		for line := range strings.Lines(run("threads", "--json")) {
			var row jsonrow.Thread
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			rows[string(row.ID)] = row
		}
		if r := rows[bad]; len(rows) != 2 || r.Title != "Milk" || !strings.Contains(r.Damaged, "revision 3") || rows[good].Damaged != "" || rows[good].Title != "Plans" {
			t.Errorf("%s: threads prints %+v", how, rows)
		}
		for _, args := range [][]string{{"cat", "Milk"}, {"cat", bad}, {"blame", bad[:20]}, {"export", "Milk"}, {"log", "Milk@2"}, {"verify", "Milk"}} {
			code, said := fails(program, append(args, "--data", data)...)
			if code != exitDamaged || !strings.Contains(said, "thread "+bad+" is damaged: ") || !strings.Contains(said, "export --salvage") {
				t.Errorf("%s: %v ends with status %d: %s", how, args, code, said)
			}
		}
		if code, said := fails(program, "cat", "Bread", "--data", data); code != exitNotFound {
			t.Errorf("%s: an unknown thread: status %d: %s", how, code, said)
		}
		if code, said := fails(program, "grep", "hello", "--data", data); code != 0 || !strings.Contains(said, "thread "+bad+" is damaged and was not searched: Milk") || !strings.Contains(said, good[len(good)-4:]) && !strings.Contains(said, "Plans") {
			t.Errorf("%s: grep ends with status %d: %s", how, code, said)
		}
		if got := run("cat", "Plans"); got != "hello\n" {
			t.Errorf("%s: the other thread reads %q", how, got)
		}
	}
	check("file")

	s := newServer(t, program, data)
	s.start()
	check("server")
	get := func(path string) (int, string) {
		resp, err := http.Get(s.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if code, said := get("/readyz"); code != http.StatusOK || !strings.Contains(said, "1 threads are damaged: parodywave doctor") {
		t.Errorf("readyz: %d %s", code, said)
	}
	if code, said := get("/api/threads"); code != http.StatusOK || !strings.Contains(said, `"title":"Milk"`) || !strings.Contains(said, `"damaged":"position`) || !strings.Contains(said, `"total":2`) {
		t.Errorf("list: %d %s", code, said)
	}
	for _, what := range []string{"/text", "/blame", "/log", "/moment", "/text?at=2"} {
		if code, said := get("/api/threads/" + bad + what); code != http.StatusServiceUnavailable || !strings.Contains(said, "the log is damaged from revision 3") || !strings.Contains(said, "parodywave doctor") {
			t.Errorf("%s: %d %s", what, code, said)
		}
	}
	if code, said := get("/api/grep?pattern=hello"); code != http.StatusOK || !strings.Contains(said, good) || strings.Contains(said, bad) {
		t.Errorf("grep: %d %s", code, said)
	}
	_, err = client.Dial(t.Context(), client.Options{URL: s.url(), User: "Ann", Thread: bad})
	if err == nil || !strings.Contains(err.Error(), "damaged from revision 3") {
		t.Errorf("a client joins the damaged thread: %v", err)
	}
	ann, err := client.Dial(t.Context(), client.Options{URL: s.url(), User: "Ann", Thread: good})
	if err == nil {
		err = ann.Splice(0, 0, "oh ")
	}
	if err == nil {
		err = ann.Settle(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	_ = ann.Close()
	if got := run("cat", "Plans"); got != "oh hello\n" {
		t.Errorf("after an edit the other thread reads %q", got)
	}
	if code, said := fails(program, "doctor", "--data", data); code != exitDamaged || !strings.Contains(said, "1 of 2 threads are intact") {
		t.Errorf("doctor: status %d: %s", code, said)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}

	// After the repair nothing is damaged, and nothing remembers that it was.
	run("doctor", "--repair")
	s.start()
	if _, said := get("/api/threads"); strings.Contains(said, "damaged") || !strings.Contains(said, `"total":2`) {
		t.Errorf("after the repair: %s", said)
	}
	if code, said := get("/api/threads/" + bad + "/text"); code != http.StatusOK || said != "hello\n" {
		t.Errorf("after the repair: %d %q", code, said)
	}
}

// fails runs a command and returns its exit status and what it printed.
func fails(program string, args ...string) (int, string) {
	cmd := exec.Command(program, args...)
	cmd.Env = environ()
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out)
}
