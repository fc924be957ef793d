package boltlog

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

// VerifyFile verifies a log that no process has open for writing. It also reads a
// log that Open refuses as damaged, and reports all that can still be found. The
// error says that nothing can be found: the file is locked (ErrLocked), of another
// version (*eventlog.FormatError), or not a log.
func VerifyFile(ctx context.Context, path string, o Options, progress func(done, total uint64)) (Report, error) {
	o.ReadOnly = true
	db, f, info, err := openSteady(path, o, new(watch))
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", path, err)
	}
	defer guard("close", db.Close)
	t, err := openTree(f, info.Size())
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", path, err)
	}
	v := newVerifier(o)
	v.noMarks = o.noMarks
	if err := t.lostMeta(info.Size()); errors.Is(err, eventlog.ErrDamaged) {
		v.problem(0, "", 0, err)
	} else {
		v.meta(t.badMeta)
	}
	err = v.file(ctx, path, t, progress)
	if err == nil {
		if lost := t.beyond(info.Size(), v.last, newOpener(o.Packer)); lost != nil {
			v.problem(v.last+1, "", 0, lost)
		}
	}
	if err != nil {
		return v.report, fmt.Errorf("verify %s: %w", path, err)
	}
	return v.report, nil
}

// file verifies a whole tree.
func (v *verifier) file(ctx context.Context, path string, t *tree, progress func(done, total uint64)) error {
	lenient := func(err error) error {
		if errors.Is(err, eventlog.ErrDamaged) {
			v.problem(v.last+1, "", 0, err)
			return nil
		}
		return err
	}
	buckets, err := t.buckets(lenient)
	if err != nil {
		return err
	}
	tell := func() {
		if progress != nil {
			progress(uint64(t.offset)/pageSize, t.pages)
		}
	}
	visit := map[string]visitor{
		bucketMeta: func(key, value []byte) error { return v.metaValue(path, key, value) },
		bucketKeys: func(key, value []byte) error { v.salt(key, value); return ctx.Err() },
		bucketBlocks: func(key, value []byte) error {
			v.block(keyPosition(key), value)
			tell()
			return ctx.Err()
		},
		bucketTail: func(key, value []byte) error {
			v.group(keyPosition(key), value)
			tell()
			return ctx.Err()
		},
	}
	found := marks{}
	for _, name := range bucketsOf(version) {
		r, ok := buckets[name]
		if !ok && name == bucketBlocks && v.version == 1 {
			continue
		}
		if !ok {
			v.problem(0, "", 0, damaged("bucket %q is missing", name))
			continue
		}
		err := t.bucket(name, r, func(key, value []byte) error {
			found.add(name, value)
			return visit[name](key, value)
		}, lenient)
		if err != nil {
			return err
		}
		if v.version >= marked && !v.noMarks {
			if err := found.check(name, r, t.txid); err != nil {
				at := v.last + 1
				if name == bucketMeta || name == bucketKeys {
					at = 0
				}
				v.problem(at, "", 0, err)
			}
		}
	}
	for name := range buckets {
		if visit[name] == nil || name == bucketBlocks && v.version == 1 {
			v.problem(0, "", 0, damaged("the bucket %q is not one of the log's", name))
		}
	}
	v.report.Free, v.report.Format = t.unclaimed(), v.version
	if err := t.free(); v.report.OK() && err != nil {
		v.problem(0, "", 0, err)
	}
	v.finishFile()
	return nil
}

// CheckStructure runs bbolt's own check of a file's pages. If that finds a problem,
// the error wraps eventlog.ErrDamaged. The check starts goroutines, and on a damaged
// file one of them may crash the process: call it in a child process.
func CheckStructure(path string) error {
	db, _, _, err := openSteady(path, Options{ReadOnly: true}, new(watch))
	if err != nil {
		return fmt.Errorf("check %s: %w", path, err)
	}
	defer guard("close", db.Close)
	err = guard("check", func() error {
		return db.View(func(tx *bbolt.Tx) error {
			var all []error
			for err := range tx.Check() {
				all = append(all, err)
			}
			return errors.Join(all...)
		})
	})
	if err != nil {
		return fmt.Errorf("check %s: %w: %w", path, eventlog.ErrDamaged, err)
	}
	return nil
}
