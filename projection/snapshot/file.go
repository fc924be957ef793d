package snapshot

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// A file is a sequence of frames. Nothing behind end is ever read.
type file struct {
	path string
	id   [16]byte // of the log
	f    *os.File
	end  int64
}

const (
	magic    = "pwcache\x02" // the last byte is the version
	headSize = int64(len(magic) + 16 + 8)
)

// header returns the beginning of a file for a log.
func header(id [16]byte) []byte {
	b := append([]byte(magic), id[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:8]...)
}

var errForeign = errors.New("the file is not a cache of this log and version")

// openFile opens the file at path and reads all heads.
func openFile(path string, id [16]byte, flag int) (*file, []frame, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, nil, err
	} else if !info.Mode().IsRegular() { // opening a pipe could wait
		return nil, nil, errForeign
	}
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, nil, err
	}
	c := &file{path: path, id: id, f: f, end: headSize}
	frames, err := c.scan()
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return c, frames, nil
}

func (c *file) scan() ([]frame, error) {
	info, err := c.f.Stat()
	if err != nil {
		return nil, err
	}
	b := make([]byte, headSize)
	if _, err := c.f.ReadAt(b, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if !bytes.Equal(b, header(c.id)) {
		return nil, errForeign
	}
	var frames []frame
	for {
		f, err := readHead(c.f, c.end)
		if errors.Is(err, errTorn) || err == nil && f.end() > info.Size() {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
		c.end = f.end()
	}
}

// newFile replaces the file at path by an empty one.
func newFile(path string, id [16]byte) (*file, error) {
	c, err := beginFile(path, id)
	if err == nil {
		err = c.install()
	}
	return c, err
}

// beginFile creates a file that is not yet at path.
func beginFile(path string, id [16]byte) (*file, error) {
	f, err := os.OpenFile(path+".new", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt(header(id), 0); err != nil {
		f.Close()
		return nil, err
	}
	return &file{path: path, id: id, f: f, end: headSize}, nil
}

// install moves the file to its path.
func (c *file) install() error {
	if err := os.Rename(c.path+".new", c.path); err != nil {
		c.f.Close()
		return err
	}
	return nil
}

// append appends a frame and sets its offset. After an error nothing was
// appended.
func (c *file) append(f *frame, payload []byte) error {
	f.offset, f.payload = c.end, len(payload)
	if f.payload > maxPayload {
		return fmt.Errorf("a frame cannot have %d bytes", f.payload)
	}
	if _, err := c.f.WriteAt(f.bytes(payload), c.end); err != nil {
		return err
	}
	c.end = f.end()
	return nil
}

// cut truncates the file at an offset.
func (c *file) cut(end int64) error {
	c.end = end
	return c.f.Truncate(end)
}

// rewrite returns a file, not yet at its path, with only these frames. It sorts them
// by offset and sets their new offsets.
func (c *file) rewrite(frames []*frame) (*file, map[*frame]int64, error) {
	next, err := beginFile(c.path, c.id)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(frames, func(a, b *frame) int { return int(a.offset - b.offset) })
	moved := make(map[*frame]int64, len(frames))
	for _, f := range frames {
		b := make([]byte, f.size())
		if _, err = c.f.ReadAt(b, f.offset); err == nil {
			_, err = next.f.WriteAt(b, next.end)
		}
		if err != nil {
			next.f.Close()
			return nil, nil, errors.Join(err, os.Remove(c.path+".new"))
		}
		moved[f] = next.end
		next.end += f.size()
	}
	return next, moved, nil
}

// missing reports whether err says that there is no file, which needs no message.
func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
