//go:build !linux

package boltlog

import "os"

func datasync(f *os.File) error { return f.Sync() }
