package main

import (
	"context"
	"crypto/sha256"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

// contents are digests of all records of a log as a reader gets them: of the records of
// a stream through each revision, at index revision-1. They are computed from the
// records' values, not from anything that the log says about them.
type contents map[eventlog.Stream][]digest

type digest = [sha256.Size]byte

func digestOf(b []byte) digest { return sha256.Sum256(b) }

// readContents reads all records of a log.
func readContents(ctx context.Context, log eventlog.Log) (contents, error) {
	heads, err := log.Streams(ctx)
	if err != nil {
		return nil, err
	}
	all := contents{}
	for _, h := range heads {
		var d digest
		for r, err := range log.Read(ctx, h.Stream, 0) {
			if err != nil {
				return nil, err
			}
			d = sha256.Sum256(fmt.Appendf(d[:], "%d %d %x %x %d %s %d %q %q", r.Revision, r.Time, r.Author, r.Client, r.Seq, r.Kind, r.Schema, r.Shape, r.Text))
			all[h.Stream] = append(all[h.Stream], d)
		}
	}
	return all, nil
}

// contentsOf reads all records of the file at path, which no process has open.
func contentsOf(ctx context.Context, path string) (contents, error) {
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer log.Close()
	return readContents(ctx, log)
}

// differ describes how all differ from want; it is empty if they are equal.
func (all contents) differ(want contents) string {
	for stream, records := range want {
		have := all[stream]
		for i, d := range records {
			switch {
			case i >= len(have):
				return fmt.Sprintf("LOST: %s ends at revision %d, and had %d", stream, len(have), len(records))
			case have[i] != d:
				return fmt.Sprintf("%s has another record at revision %d", stream, i+1)
			}
		}
		if len(have) > len(records) {
			return fmt.Sprintf("%s has %d records, and had %d", stream, len(have), len(records))
		}
	}
	if len(all) != len(want) {
		return fmt.Sprintf("there are %d streams, and there were %d", len(all), len(want))
	}
	return ""
}
