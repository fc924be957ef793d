//go:build linux || darwin

package main

import "golang.org/x/sys/unix"

// freeBytes returns how many bytes this user may still write to the file system of a
// path.
func freeBytes(path string) (uint64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
