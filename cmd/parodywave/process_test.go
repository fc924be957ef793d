package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"parodywave/cmd/torture/crowd"
)

// build makes the program as people get it, without what the tests were built
// with, when the first test asks for it. It is gone after all tests. With -short it
// is the test binary, which testscript has put into the path under that name.
func build(t testing.TB) string {
	t.Helper()
	program := program
	if testing.Short() {
		program = func() (string, error) { return exec.LookPath("parodywave") }
	}
	path, err := program()
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return path
}

var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parodywave-test")
	if err != nil {
		return "", err
	}
	programDir = dir
	path := filepath.Join(dir, "parodywave")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// programDir is where the program lies, if it was built.
var programDir string

// A suite is all tests, after which the program goes.
type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	if programDir != "" {
		_ = os.RemoveAll(programDir)
	}
	return code
}

// A process is a server's: it can be started, killed and started again on the
// same directory and address.
type process struct {
	t       testing.TB
	command []string // program and arguments
	environ []string // in addition
	address string   // host:port
	cmd     *exec.Cmd
	stderr  crowd.Tail
}

// newServer returns a server of a data directory that is not started yet.
func newServer(t testing.TB, program, data string) *process {
	address := freeAddress(t)
	p := &process{t: t, address: address, command: []string{program, "serve", "--data", data, "--listen", address}}
	t.Cleanup(p.kill)
	return p
}

func freeAddress(t testing.TB) string {
	t.Helper()
	address, err := crowd.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (p *process) url() string { return "http://" + p.address }

// begin starts the process and waits for nothing.
func (p *process) begin() *bufio.Reader {
	p.t.Helper()
	p.cmd = exec.Command(p.command[0], p.command[1:]...)
	p.cmd.Env = append(environ(), p.environ...)
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return bufio.NewReader(out)
}

// start starts the process and waits until it says its address.
func (p *process) start() {
	p.t.Helper()
	out := p.begin()
	line, err := out.ReadString('\n')
	if err != nil || !strings.Contains(line, p.address) {
		p.t.Fatalf("the server said %q instead of its address: %v\n%s", line, err, &p.stderr)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// kill ends the process as a power cut would, as far as the program is concerned.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.cmd = nil
	http.DefaultClient.CloseIdleConnections() // or fetch would try them on the next process
}

// stop asks the process to end, and returns how it did.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	err := p.cmd.Wait()
	p.cmd = nil
	return err
}

// environ is the environment without this program's settings.
var environ = crowd.Environ

// fetch gets a page of the API.
func fetch(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", url, resp.Status, body)
	}
	return string(body), err
}

// output runs a command of the program and returns what it printed.
func output(t testing.TB, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = environ()
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("parodywave %s: %v\n%s%s", strings.Join(args, " "), err, out, &errors)
	}
	return string(out)
}

// head asks the server for a thread's head.
func head(t testing.TB, url, thread string) uint64 {
	t.Helper()
	body, err := fetch(t.Context(), url+"/api/threads/"+thread)
	if err != nil {
		t.Fatal(err)
	}
	var row struct{ Revisions uint64 }
	if err := json.Unmarshal([]byte(body), &row); err != nil {
		t.Fatal(err)
	}
	return row.Revisions
}
