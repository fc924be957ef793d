package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// readers is the process of readAll.
type readers struct {
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Reader
}

// startReaders starts the process and waits until all readers have joined.
func startReaders(url, thread string, n int) (*readers, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "readers", url, thread, fmt.Sprint(n))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	p := &readers{cmd, in, bufio.NewReader(out)}
	if line, err := p.out.ReadString('\n'); err != nil || line != "READY\n" {
		p.kill()
		return nil, said(line, err)
	}
	return p, nil
}

// reach waits until all readers have a revision.
func (p *readers) reach(head uint64) error {
	fmt.Fprintln(p.in, head)
	line, err := p.out.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ALL ") {
		return said(line, err)
	}
	return nil
}

// said describes a line that is none of those which readAll prints when all is well.
func said(line string, err error) error {
	if line == "" {
		return fmt.Errorf("the readers ended: %w", err)
	}
	return fmt.Errorf("the readers: %s", strings.TrimSpace(line))
}

func (p *readers) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}
