//go:build unix

package boltlog

import (
	"os"
	"syscall"
)

// keepOwner gives f the owner that the old file had: root may compact a server's
// log, which must still be the server's afterwards.
func keepOwner(f *os.File, was os.FileInfo) error {
	s, ok := was.Sys().(*syscall.Stat_t)
	if !ok || int(s.Uid) == os.Geteuid() && int(s.Gid) == os.Getegid() {
		return nil
	}
	return f.Chown(int(s.Uid), int(s.Gid))
}
