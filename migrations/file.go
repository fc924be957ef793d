package migrations

import (
	"encoding/binary"
	"fmt"
)

// A FileStep turns the file of a log from one version into the next. All steps
// that a file needs are taken in one transaction.
type FileStep struct {
	From uint32             // version
	Does string             // what it does, for people
	Up   func(f File) error // leaves the version's own number to the caller
}

// A File is what a step may do to a log's file.
type File interface {
	// CreateBucket makes an empty bucket.
	CreateBucket(name string) error

	// Rewrite gives change the values under the keys of a bucket that begin with
	// prefix, without the checksums that they end with, and keeps what it returns.
	Rewrite(bucket, prefix string, change func(body []byte) ([]byte, error)) error

	// Rank returns how many streams began before the one that began at a position.
	Rank(position uint64) uint64
}

// files lists the steps from version 1 on: with n steps, today's version is n+1.
var files = []FileStep{
	{1, "makes room for sealed blocks, into which old records go", sealedBlocks},
}

// FileVersion is the version that is written today.
func FileVersion() uint32 { return uint32(len(files) + 1) }

// FileSteps returns the steps from a version to today's.
func FileSteps(from uint32) ([]FileStep, error) {
	if from == 0 || from > FileVersion() {
		return nil, fmt.Errorf("log format %d is not known to this release, which writes %d", from, FileVersion())
	}
	return files[from-1:], nil
}

// sealedBlocks: records lie in blocks or in the tail; and since a block does not
// tell at which position a stream began, where a pruned one belongs among the
// others is told by how many began before it.
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
