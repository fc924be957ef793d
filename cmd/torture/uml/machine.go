// Package uml runs the project's programs in a machine whose power can be cut: a Linux
// kernel that is an ordinary process (user-mode-linux). Killing that process loses the
// guest's page cache, as a power cut does; what the guest had written to its disk, an
// image file of this machine, stays.
package uml

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// ErrMissing: the kernel that runs as a process is not installed.
var ErrMissing = errors.New("user-mode-linux is not installed: apt-get install user-mode-linux")

// Kernel returns the path of the kernel.
func Kernel() (string, error) {
	path, err := exec.LookPath("linux.uml")
	if err != nil {
		return "", ErrMissing
	}
	return path, nil
}

// A Guest says how to start a machine.
type Guest struct {
	Initrd  string            // see WriteInitrd
	Disk    string            // image file
	Params  map[string]string // words NAME=VALUE of the kernel's command line
	Scratch string            // directory for the guest's memory
}

// A Machine is a running guest.
type Machine struct {
	cmd   *exec.Cmd
	lines chan string
}

// Boot starts a machine.
func Boot(g Guest) (*Machine, error) {
	kernel, err := Kernel()
	if err != nil {
		return nil, err
	}
	args := []string{
		"mem=384M", "initrd=" + g.Initrd, "rdinit=/init", "quiet", "panic=1", "lpj=1000000",
		"con=null", "con0=null,fd:1", "ssl=null", "console=tty0", "ubd0=" + g.Disk,
	}
	for name, value := range g.Params {
		args = append(args, name+"="+value)
	}
	cmd := exec.Command(kernel, args...)
	cmd.Env = append(os.Environ(), "TMPDIR="+g.Scratch, "HOME="+g.Scratch)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start user-mode-linux: %w", err)
	}
	hasten(cmd.Process.Pid)
	m := &Machine{cmd, make(chan string, 1<<16)}
	go m.read(out)
	return m, nil
}

func (m *Machine) read(out io.Reader) {
	defer close(m.lines)
	for r := bufio.NewReaderSize(out, 1<<20); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return // a line that the cut left incomplete says nothing
		}
		m.lines <- strings.TrimRight(line, "\r\n")
	}
}

// Lines returns the complete lines of the console. The channel is closed when the
// machine has ended.
func (m *Machine) Lines() <-chan string { return m.lines }

// Cut ends the machine at once. The rest of Lines must be read before Wait.
func (m *Machine) Cut() { _ = syscall.Kill(-m.cmd.Process.Pid, syscall.SIGKILL) }

// Wait waits until the machine has ended.
func (m *Machine) Wait() { _ = m.cmd.Wait() }

// hasten lets the machine run before other processes, if that is allowed. Its kernel
// and its programs are processes that wait for each other at every page fault, so that
// on a busy computer a start would take minutes instead of seconds.
func hasten(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, -10) }
