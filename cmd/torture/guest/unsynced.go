package main

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// unsynced runs a command whose sync calls do nothing and succeed: the same program, on
// a system that lies. It returns only if it cannot.
func unsynced(command []string) error {
	runtime.LockOSThread()
	var program []unix.SockFilter
	stmt := func(code uint16, jt, jf uint8, k uint32) {
		program = append(program, unix.SockFilter{Code: code, Jt: jt, Jf: jf, K: k})
	}
	stmt(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, 0, 0, 0) // the number of the system call
	for _, call := range []uint32{unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_MSYNC, unix.SYS_SYNC_FILE_RANGE} {
		stmt(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, 0, 1, call)
		stmt(unix.BPF_RET|unix.BPF_K, 0, 0, unix.SECCOMP_RET_ERRNO) // errno 0
	}
	stmt(unix.BPF_RET|unix.BPF_K, 0, 0, unix.SECCOMP_RET_ALLOW)
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0); err != nil {
		return err
	}
	return syscall.Exec(command[0], command, os.Environ())
}
