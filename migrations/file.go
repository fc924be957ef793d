package migrations

import (
	"encoding/binary"
	"fmt"
)

// A FileStep converts the file of a log from one version to the next. All steps that a
// file needs run in one transaction.
type FileStep struct {
	From uint32             // version
	Does string             // what it does, for people
	Up   func(f File) error // the caller writes the version number
}

// A File is a log's file as a step may change it.
type File interface {
	// CreateBucket makes an empty bucket.
	CreateBucket(name string) error

	// Rewrite replaces each value whose key begins with prefix by the result of
	// change. Values are without their checksums.
	Rewrite(bucket, prefix string, change func(body []byte) ([]byte, error)) error

	// Rank returns how many streams began before the one that began at a position.
	Rank(position uint64) uint64

	// Mark stores the mark of each bucket.
	Mark() error
}

// files lists the steps from version 1 on: with n steps, the current version is n+1.
var files = []FileStep{
	{1, "makes room for sealed blocks, into which old records go", sealedBlocks},
	{2, "marks where the log ends, so that a page which the disk never wrote is noticed", File.Mark},
}

// FileVersion is the current version.
func FileVersion() uint32 { return uint32(len(files) + 1) }

// FileSteps returns the steps from a version to the current one.
func FileSteps(from uint32) ([]FileStep, error) {
	if from == 0 || from > FileVersion() {
		return nil, fmt.Errorf("log format %d is unknown to this release, which writes %d", from, FileVersion())
	}
	return files[from-1:], nil
}

// sealedBlocks: records are in blocks or in the tail. A block does not say at which
// position a stream began, so the place of a pruned stream among the others is now
// the number of streams that began before it.
func sealedBlocks(f File) error {
	if err := f.CreateBucket("blocks"); err != nil {
		return err
	}
	return f.Rewrite("meta", "pruned/", func(body []byte) ([]byte, error) {
		if len(body) != 48 {
			return nil, fmt.Errorf("value of a pruned stream has %d bytes, want 48", len(body))
		}
		began := binary.BigEndian.Uint64(body[8:])
		binary.BigEndian.PutUint64(body[8:], f.Rank(began))
		return body, nil
	})
}
