//go:build unix

package boltlog

import (
	"os"
	"syscall"
)

// keepOwner gives f to whom the file was, if that is another: a server's log may
// be compacted by root, and must be the server's afterwards.
func keepOwner(f *os.File, was os.FileInfo) error {
	s, ok := was.Sys().(*syscall.Stat_t)
	if !ok || int(s.Uid) == os.Geteuid() && int(s.Gid) == os.Getegid() {
		return nil
	}
	return f.Chown(int(s.Uid), int(s.Gid))
}
