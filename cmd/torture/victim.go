package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"
)

// build builds the program as people get it. It returns its path and version.
func build(ctx context.Context) (program, version string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "torture-program-")
	if err != nil {
		return "", "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	program = filepath.Join(dir, "parodywave")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "parodywave/cmd/parodywave").CombinedOutput(); err != nil {
		remove()
		return "", "", nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, commit(ctx), remove, nil
}

// commit names the commit that the program is built from, with a + if files other than
// documents differ from it.
func commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	if exec.CommandContext(ctx, "git", "diff", "--quiet", "HEAD", "--", ":(top)", ":(top,exclude)docs").Run() != nil {
		return strings.TrimSpace(string(out)) + "+"
	}
	return strings.TrimSpace(string(out))
}

// A victim is a server in a process of its own. It can be killed, and started again
// on the same directory and address.
type victim struct {
	command []string // program and arguments
	address string   // host:port
	data    string   // directory

	cmd    *exec.Cmd
	exited chan struct{} // closed when the process has ended
	said   crowd.Tail
}

// serve returns a server of e.dir/data that is not started. If this is the control,
// the server is this program's, with the lie (see liar.go).
func (e *env) serve(lie string, args ...string) (*victim, error) {
	return e.serveAt(filepath.Join(e.dir, "data"), lie, args...)
}

func (e *env) serveAt(data, lie string, args ...string) (*victim, error) {
	address, err := crowd.FreeAddress()
	if err != nil {
		return nil, err
	}
	v := &victim{address: address, data: data, command: append([]string{e.program, "serve", "--data", data, "--listen", address}, args...)}
	if e.control && lie != "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		v.command = []string{self, "lie", lie, data, address}
	}
	return v, nil
}

func (v *victim) url() string { return "http://" + v.address }

// logPath is the path of the log.
func (v *victim) logPath() string { return filepath.Join(v.data, "log.db") }

// begin starts the process and waits for nothing. The channel gets nil when the
// server has printed its address, or an error when it ends before.
func (v *victim) begin(wrapper ...string) (<-chan error, error) {
	args := append(wrapper, v.command...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = crowd.Environ()
	cmd.Stderr = &v.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	exited, ready := make(chan struct{}), make(chan error, 1)
	v.cmd, v.exited = cmd, exited
	go func() {
		r := bufio.NewReader(out)
		line, err := r.ReadString('\n')
		if err == nil && !strings.Contains(line, v.address) {
			err = fmt.Errorf("the server printed %q instead of its address", line)
		}
		ready <- err
		_, _ = io.Copy(io.Discard, r)
		_ = cmd.Wait()
		close(exited)
	}()
	return ready, nil
}

// start starts the process and waits until it says its address.
func (v *victim) start(wrapper ...string) error {
	ready, err := v.begin(wrapper...)
	if err != nil {
		return err
	}
	if err := <-ready; err != nil {
		v.kill()
		return fmt.Errorf("start: %w\n%s", err, &v.said)
	}
	return nil
}

// running reports whether the process has not ended yet.
func (v *victim) running() bool {
	if v.cmd == nil {
		return false
	}
	select {
	case <-v.exited:
		return false
	default:
		return true
	}
}

// ends reports whether the process ends within a time.
func (v *victim) ends(limit time.Duration) bool {
	select {
	case <-v.exited:
		return true
	case <-time.After(limit):
		return false
	}
}

// kill ends the process, and a wrapper around it, at once, and waits for their end.
func (v *victim) kill() {
	if v.cmd == nil {
		return
	}
	_ = syscall.Kill(-v.cmd.Process.Pid, syscall.SIGKILL)
	<-v.exited
	v.cmd = nil
}

// ask asks the process to end. A wrapper like strace ignores that.
func (v *victim) ask() { _ = syscall.Kill(-v.cmd.Process.Pid, syscall.SIGTERM) }

// stop asks the process to end and returns its exit status.
func (v *victim) stop() (int, error) {
	v.ask()
	return v.wait(patience)
}

// wait waits for the process to end by itself, and returns its exit status.
func (v *victim) wait(limit time.Duration) (int, error) {
	select {
	case <-v.exited:
		code := v.cmd.ProcessState.ExitCode()
		v.cmd = nil
		return code, nil
	case <-time.After(limit):
		v.kill()
		return 0, fmt.Errorf("the server still runs after %v\n%s", limit, &v.said)
	}
}

// An answer is the result of a command.
type answer struct {
	code     int
	out, err string
}

// run runs a command of the program.
func (e *env) run(ctx context.Context, args ...string) (answer, error) {
	cmd := exec.CommandContext(ctx, e.program, args...)
	cmd.Env = crowd.Environ()
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		err = nil
	}
	return answer{cmd.ProcessState.ExitCode(), out.String(), said.String()}, err
}

// verify runs the command verify on a data directory. A status other than 0 is a loss.
func (e *env) verify(ctx context.Context, o *outcome, data string) error {
	a, err := e.run(ctx, "verify", "--data", data)
	if err == nil && a.code != 0 {
		o.lose("verify ends with status %d: %s%s", a.code, a.out, a.err)
	}
	return err
}
