package uml

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// An archive is a cpio archive in the format "newc", which the kernel unpacks into
// the file system that it starts with. The kernel's documentation has the format, in
// driver-api/early-userspace/buffer-format.rst: a header of 13 numbers of 8 hexadecimal
// digits, the name with a NUL, the content, each padded to 4 bytes.
type archive struct {
	bytes.Buffer
	inode int
}

const (
	cpioDirectory = 0o040755
	cpioProgram   = 0o100755
	cpioDevice    = 0o020600
)

// entry appends one file, directory or character device.
func (a *archive) entry(name string, mode int, content []byte, major, minor int) {
	a.inode++
	fmt.Fprint(a, "070701")
	for _, n := range []int{a.inode, mode, 0, 0, 1, 0, len(content), 0, 0, major, minor, len(name) + 1, 0} {
		fmt.Fprintf(a, "%08X", n)
	}
	a.WriteString(name + "\x00")
	a.pad()
	a.Write(content)
	a.pad()
}

func (a *archive) pad() {
	for a.Len()%4 != 0 {
		a.WriteByte(0)
	}
}

// WriteInitrd writes an archive with the directories and the console that a kernel
// expects, and with files: their names in the root of the guest, and their paths on this
// machine.
func WriteInitrd(to string, files map[string]string) error {
	var a archive
	for _, dir := range []string{"dev", "proc", "data", "tmp"} {
		a.entry(dir, cpioDirectory, nil, 0, 0)
	}
	a.entry("dev/console", cpioDevice, nil, 5, 1)
	a.entry("dev/null", cpioDevice, nil, 1, 3)
	for name, file := range files {
		if !fs.ValidPath(name) || path.Dir(name) != "." {
			return fmt.Errorf("file %q of the guest must lie at its root", name)
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		a.entry(name, cpioProgram, content, 0, 0)
	}
	a.entry("TRAILER!!!", 0, nil, 0, 0)
	return os.WriteFile(to, a.Bytes(), 0o600)
}
