package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// maxSocketPath is the length in bytes of a socket's path that every system
// accepts.
const maxSocketPath = 100

// socketLink is a symbolic link to the socket of the running server, because the
// path of the data directory may be too long for a socket.
func (a *app) socketLink() string { return filepath.Join(a.Data, "control.sock") }

// socketPath returns a short enough path of the running server's socket.
func (a *app) socketPath() (string, error) {
	target, err := os.Readlink(a.socketLink())
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %w", errNoServer, err)
	}
	if err != nil {
		return "", failed("the server creates a symbolic link there: if something else is there, move it away and restart the server", "%v", err)
	}
	if filepath.IsAbs(target) {
		return target, nil
	}
	path := filepath.Join(a.Data, target)
	if len(path) <= maxSocketPath {
		return path, nil
	}
	if abs, err := filepath.Abs(path); err == nil && len(abs) <= maxSocketPath {
		return abs, nil
	}
	// The server knows the directory by a shorter path than this command.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		a.socketDir = dir
		return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)), nil
	}
	return path, nil
}

// listenControl listens on the control socket. The caller has the log's lock, so a
// socket of another server is stale. The socket is in a directory with mode 0700,
// because its own mode can only be set after it is created.
func (a *app) listenControl() (net.Listener, func(), error) {
	link := a.socketLink()
	if err := removeStale(link); err != nil {
		return nil, nil, fmt.Errorf("remove stale %s: %w", link, err)
	}
	dir, target := filepath.Join(a.Data, "control"), filepath.Join("control", "socket")
	path := filepath.Join(dir, "socket")
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, nil, err
	}
	cleanup := func() { os.Remove(link) }
	if len(abs) <= maxSocketPath {
		err = os.MkdirAll(dir, 0o700)
		if err == nil {
			err = os.Chmod(dir, 0o700)
		}
	} else {
		dir, err = os.MkdirTemp("", socketDir)
		path = filepath.Join(dir, "socket")
		target = path
		cleanup = func() { os.Remove(link); os.Remove(dir) }
	}
	if err != nil {
		return nil, nil, err
	}
	_ = os.Remove(path) // stale
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err == nil {
		err = os.Symlink(target, link)
	}
	if err != nil {
		if l != nil {
			l.Close()
		}
		cleanup()
		return nil, nil, fmt.Errorf("listen on %s: %w", link, err)
	}
	return l, cleanup, nil
}

const socketDir = "parodywave-*"

// removeStale removes the link of a server that has ended, and the temporary
// directory of its socket.
func removeStale(link string) error {
	target, err := os.Readlink(link)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err // not a link, so no server created it
	}
	dir := filepath.Dir(target)
	if ours := strings.TrimSuffix(socketDir, "*"); filepath.IsAbs(target) && strings.HasPrefix(filepath.Base(dir), ours) {
		os.Remove(target)
		os.Remove(dir)
	}
	return os.Remove(link)
}
