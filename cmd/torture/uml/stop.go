package uml

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Stop stops the machine where it is, so that its disk can be read at one instant: it
// is then what a power cut leaves at that instant. Lines that the guest wrote until
// then follow.
func (m *Machine) Stop() error { return m.signal(syscall.SIGSTOP, "T") }

// Continue lets a stopped machine go on.
func (m *Machine) Continue() error { return m.signal(syscall.SIGCONT, "") }

// signal sends a signal to the processes of the kernel, and waits until they have a
// state. The processes that the kernel traces are the guest's own: without the kernel
// they cannot go on either.
func (m *Machine) signal(s syscall.Signal, state string) error {
	kernel, err := m.kernel()
	if err != nil {
		return err
	}
	for _, pid := range kernel {
		if err := syscall.Kill(pid, s); err != nil {
			return err
		}
	}
	for end := time.Now().Add(10 * time.Second); state != "" && time.Now().Before(end); time.Sleep(time.Millisecond) {
		all := true
		for _, pid := range kernel {
			p, err := readProcess(pid)
			all = all && (err != nil || p.state == state)
		}
		if all {
			return nil
		}
	}
	if state != "" {
		return fmt.Errorf("the machine does not stop")
	}
	return nil
}

// kernel returns the processes of the machine that no process traces.
func (m *Machine) kernel() (pids []int, err error) {
	found, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	for _, path := range found {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		p, err := readProcess(pid)
		if err == nil && p.group == m.cmd.Process.Pid && !p.traced {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		return nil, fmt.Errorf("the machine has ended")
	}
	return pids, nil
}

// A process is what /proc says of one.
type process struct {
	state  string
	group  int
	traced bool
}

func readProcess(pid int) (p process, err error) {
	dir := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return p, err
	}
	rest := string(stat)[strings.LastIndexByte(string(stat), ')')+1:] // after the name
	var parent int
	if _, err := fmt.Sscan(rest, &p.state, &parent, &p.group); err != nil {
		return p, err
	}
	status, err := os.ReadFile(dir + "status")
	_, tracer, _ := strings.Cut(string(status), "TracerPid:\t")
	p.traced = err == nil && !strings.HasPrefix(tracer, "0\n")
	return p, err
}
