package boltlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

// A Compaction says what Compact did.
type Compaction struct {
	Before, After int64  // bytes of the file
	Records       uint64 // in the log
	Removed       uint64 // pruned
	Blocks        int
	Warnings      []string // as Log.Warnings
}

// Compact rewrites the file of a log: all records in full blocks and no free page,
// so that no byte remains of pruned records, sealed groups or overwritten values.
// The new file is verified, compared with the old one and on disk before it
// replaces that. No process may have the log open (ErrLocked); the other errors are
// those of Open. Compact calls progress, if not nil, now and then with the number of
// positions written and of all, then with the pages verified and of all.
func Compact(ctx context.Context, path string, o Options, progress func(done, total uint64)) (Compaction, error) {
	c, err := compact(ctx, path, o, progress)
	if err != nil {
		return c, fmt.Errorf("compact %s: %w", path, err)
	}
	return c, nil
}

func compact(ctx context.Context, path string, o Options, progress func(done, total uint64)) (Compaction, error) {
	path, err := filepath.EvalSymlinks(path) // replace the file, not the link
	if err != nil {
		return Compaction{}, err
	}
	l, err := lock(path, o, version)
	if err != nil {
		return Compaction{}, err
	}
	defer guard("close", l.db.Close)
	f, err := temporary(path)
	if err != nil {
		return Compaction{}, err
	}
	fresh := f.Name()
	defer os.Remove(fresh) // unless it has become the log
	w := newPageWriter(f)
	if err := errors.Join(l.rewrite(ctx, w, progress), f.Chmod(l.file.Mode().Perm()), keepOwner(f, l.file), f.Close()); err != nil {
		return Compaction{}, err
	}
	report, err := VerifyFile(ctx, fresh, Options{Packer: o.Packer}, progress)
	if err == nil {
		err = errors.Join(report.Err(), l.sameAs(&report))
	}
	if err != nil {
		return Compaction{}, err
	}
	c := Compaction{Warnings: l.warnings, Before: l.file.Size(), Records: report.Records, Removed: report.Removed, Blocks: w.buckets[0].keys}
	info, err := os.Stat(fresh)
	if err != nil {
		return c, err
	}
	c.After = info.Size()
	if err := os.Rename(fresh, path); err != nil {
		return c, err
	}
	return c, syncDir(filepath.Dir(path))
}

// sameAs compares the log with the verification of the new file.
func (l *Log) sameAs(r *Report) error {
	if r.Last != l.last || r.Chain != l.chain || len(r.Heads) != len(l.order) {
		return damaged("the new file ends at position %d with %d streams, the old one at %d with %d", r.Last, len(r.Heads), l.last, len(l.order))
	}
	for _, h := range r.Heads {
		if s := l.streams[h.Stream]; s == nil || s.head != h {
			return damaged("the new file has a different head of %s", h.Stream)
		}
	}
	return nil
}

// rewrite writes the whole log to a new file.
func (l *Log) rewrite(ctx context.Context, w *pageWriter, progress func(done, total uint64)) error {
	if err := l.rewriteBlocks(ctx, w, progress); err != nil {
		return err
	}
	w.end(bucketBlocks)
	w.end(bucketTail)
	var txid uint64
	err := l.view("compact", func(tx *bbolt.Tx) error {
		txid = uint64(tx.ID())
		return errors.Join(w.copyBucket(ctx, tx, bucketMeta), w.copyBucket(ctx, tx, bucketKeys))
	})
	return errors.Join(err, w.finish(txid))
}

// copyBucket copies a bucket.
func (w *pageWriter) copyBucket(ctx context.Context, tx *bbolt.Tx, bucket string) error {
	b := tx.Bucket([]byte(bucket))
	if b == nil {
		return damaged("bucket %q is gone", bucket)
	}
	err := b.ForEach(func(k, v []byte) error {
		if len(v) > maxSaltBytes {
			return damaged("value %x in %s has %d bytes", k, bucket, len(v))
		}
		w.put(bytes.Clone(k), bytes.Clone(v))
		return errors.Join(ctx.Err(), w.err)
	})
	w.end(bucket)
	return err
}

// rewriteBlocks writes the records in full blocks. Blocks that are full already are
// copied.
func (l *Log) rewriteBlocks(ctx context.Context, w *pageWriter, progress func(done, total uint64)) error {
	r := newRewriter(l, w)
	for at := eventlog.Position(1); at <= l.last; {
		if progress != nil {
			progress(uint64(at-1), uint64(l.last))
		}
		values, err := l.page("compact", at)
		if err = errors.Join(err, ctx.Err(), w.err); err != nil {
			return err
		}
		for _, v := range values {
			last, err := r.add(v)
			if err != nil {
				return err
			}
			at = last + 1
		}
	}
	r.flush()
	return nil
}

// A rewriter builds blocks from values in log order.
type rewriter struct {
	w       *pageWriter
	sizes   sealSizes
	packer  eventlog.Packer
	opener  *opener
	check   *sealCheck
	block   blockBuilder
	sources []pageBlock // of block
}

// A pageBlock is a value and its last position.
type pageBlock struct {
	last  eventlog.Position
	value []byte
}

func newRewriter(l *Log, w *pageWriter) *rewriter {
	r := &rewriter{w: w, sizes: usualSizes, packer: l.options.Packer, opener: l.opener()}
	if l.options.sealAt != (sealSizes{}) {
		r.sizes = l.options.sealAt
	}
	r.check = (&sealer{log: l}).newCheck(&sealing{sealed: l.sealed})
	r.block.reset(r.packer)
	return r
}

// add adds a value, and returns its last position.
func (r *rewriter) add(v stored) (eventlog.Position, error) {
	e, err := r.opener.open(v.value)
	if err != nil {
		return 0, err
	}
	m, last := &r.block, e.Last()
	full := e.Count >= r.sizes.records || len(v.value) >= r.sizes.packed
	if e.block != nil && full || !m.fits(&e) {
		r.flush()
	}
	if e.block != nil && full {
		r.w.put(positionKey(last), v.value)
		return last, nil
	}
	n := len(m.records)
	if err := m.add(&e, nil); err != nil {
		return 0, err
	}
	r.sources = append(r.sources, pageBlock{last, v.value})
	if !v.sealed {
		if err := r.check.extent(&e, m.records[n:]); err != nil {
			return 0, err
		}
	}
	if m.count >= r.sizes.records || m.bytes >= r.sizes.bytes {
		r.flush()
	}
	return last, nil
}

// flush writes the block or, if its values are too much for one, the values.
func (r *rewriter) flush() {
	if r.block.count > 0 {
		if value, err := r.block.seal(); err == nil {
			r.sources = append(r.sources[:0], pageBlock{r.block.last(), value})
		}
	}
	for _, s := range r.sources {
		r.w.put(positionKey(s.last), s.value)
	}
	clear(r.sources)
	r.sources = r.sources[:0]
	r.block.reset(r.packer)
}
