// Command guest is the first process of a machine whose power will be cut (see
// cmd/torture/uml). It mounts the disk, starts the server on it, lets a crowd type, and
// says on the console what the crowd saw: the host keeps the journal.
//
// The kernel's command line says what to do:
//
//	fs=ext4 mount=OPTIONS   the disk's file system
//	seed=N                  of the crowd
//	unsynced=true           the server's sync calls do nothing: the control
//	jumps=-3h,26280h        the clock jumps by these, one after the other
//	delay=10ms jitter=5ms   the network delays packets
//	loss=N reorder=N duplicate=N
//	                        percentages of the packets that it does this to;
//	                        reorder needs a delay
//	settle=20s              the crowd types for this time, and settles
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"

	"golang.org/x/sys/unix"
)

const (
	data    = "/data/pw"
	address = "127.0.0.1:5555"
)

func main() {
	if len(os.Args) > 2 && os.Args[1] == "unsynced" {
		fmt.Println("ENDED", unsynced(os.Args[2:]))
		return
	}
	if err := run(params()); err != nil {
		fmt.Println("ENDED", strings.ReplaceAll(err.Error(), "\n", " | "))
	}
	syscall.Sync()
	time.Sleep(100 * time.Millisecond) // for the console
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_POWER_OFF)
}

func run(param map[string]string) error {
	for _, m := range [][2]string{{"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}} {
		if err := syscall.Mount(m[0], m[1], m[0], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	if err := upLoopback(); err != nil {
		return fmt.Errorf("start the network: %w", err)
	}
	if err := syscall.Mount("/dev/ubda", "/data", param["fs"], 0, strings.ReplaceAll(param["mount"], "+", ",")); err != nil {
		return fmt.Errorf("mount the disk: %w", err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if err := serve(param["unsynced"] != ""); err != nil {
		return err
	}
	seed, err := strconv.ParseUint(param["seed"], 10, 64)
	if err != nil {
		return err
	}
	if bad, err := networkOf(param); err != nil {
		return err
	} else if bad != (network{}) {
		if err := bad.begin(); err != nil {
			return err
		}
	}
	size := crowd.Size{Texts: 2, Each: 2, Lines: 1, Pause: 50 * time.Millisecond}
	c, err := crowd.Gather(context.Background(), "http://"+address, crowd.NewConsole(os.Stdout), seed, size)
	if err != nil {
		return err
	}
	if param["unsynced"] != "" {
		syscall.Sync() // so that the log is there, and only its newest records are missing
	}
	fmt.Println("TYPES")
	return act(c, param)
}

// params returns the words NAME=VALUE of the kernel's command line.
func params() map[string]string {
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		fmt.Println("ENDED mount /proc:", err)
	}
	line, _ := os.ReadFile("/proc/cmdline")
	param := map[string]string{}
	for word := range strings.FieldsSeq(string(line)) {
		if name, value, ok := strings.Cut(word, "="); ok {
			param[name] = value
		}
	}
	return param
}

// serve starts the server and waits until it is ready.
func serve(unsynced bool) error {
	command := []string{"/parodywave", "serve", "--data", data, "--listen", address}
	if unsynced {
		command = append([]string{"/init", "unsynced"}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stdout
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the server said %q: %w", line, err)
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		fmt.Println("ENDED server:", cmd.Wait())
	}()
	return nil
}

// upLoopback starts the network interface of the guest's own address.
func upLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}
