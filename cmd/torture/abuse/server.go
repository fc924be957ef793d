package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"
)

// A server is the program, in a process of its own.
type server struct {
	program, address, data string
	cmd                    *exec.Cmd
	exited                 chan error
	said                   crowd.Tail
}

// serve starts a server and waits until it is ready.
func serve(program, dir string) (*server, error) {
	address, err := crowd.FreeAddress()
	if err != nil {
		return nil, err
	}
	s := &server{program: program, address: address, data: filepath.Join(dir, "data"), exited: make(chan error, 1)}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(program, "serve", "--data", s.data, "--listen", address)
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = crowd.Environ(), &s.said, &s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.exited <- s.cmd.Wait() }()
	for range 3000 {
		if resp, err := http.Get("http://" + address + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.kill()
	return nil, fmt.Errorf("the server does not become ready:\n%s", &s.said)
}

func (s *server) kill() { _ = s.cmd.Process.Kill() }

// stop sends SIGTERM and returns how long the server took to end.
func (s *server) stop(within time.Duration) (time.Duration, error) {
	start := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	select {
	case err := <-s.exited:
		if err != nil {
			return time.Since(start), fmt.Errorf("the server ended with %w:\n%s", err, &s.said)
		}
		return time.Since(start), nil
	case <-time.After(within):
		return within, fmt.Errorf("the server has not ended %v after SIGTERM", within)
	}
}

// open begins a thread.
func (s *server) open(title string) (id string, err error) {
	body, status, err := s.ask(http.MethodPost, "/api/threads", fmt.Sprintf(`{"title":%q}`, title), "application/json")
	if err != nil || status != http.StatusCreated {
		return "", fmt.Errorf("open: %d %s %w", status, body, err)
	}
	var t struct {
		ID     string `json:"id"`
		Thread string `json:"thread"`
	}
	err = json.Unmarshal(body, &t)
	return t.ID + t.Thread, err
}

// ask makes a request as a person.
func (s *server) ask(method, path, body, kind string) ([]byte, int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+path, strings.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Parodywave-User", "Eve")
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	return b.Bytes(), resp.StatusCode, err
}

// resident returns the memory of the server in MiB.
func (s *server) resident() int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib := 0
	_, _ = fmt.Sscan(rest, &kib)
	return kib >> 10
}

// holds reports whether the log that the server left has what p got receipts for. The key
// after the last receipt may be there, too.
func (s *server) holds(p *keyboard) error {
	out, err := exec.Command(s.program, "cat", "--data", s.data, p.thread).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cat: %w\n%.500s", err, out)
	}
	_, rest, ok := strings.Cut(string(out), "Ann types ")
	n := -1
	_, _ = fmt.Sscan(rest, &n)
	if acked := p.acknowledged(); !ok || n < acked {
		return fmt.Errorf("thread %s ends at key %d, and key %d has its receipt", p.thread, n, acked)
	}
	return nil
}
