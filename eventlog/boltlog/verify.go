package boltlog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Problem is one thing that is not as it was written.
type Problem struct {
	Position eventlog.Position // near which it was found; 0 where it has none
	Stream   eventlog.Stream   // "" where it concerns none, or nobody can tell
	Revision eventlog.Revision // 0 likewise
	Err      error             // wraps eventlog.ErrDamaged
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Position > 0 {
		fmt.Fprintf(&b, "position %d: ", p.Position)
	}
	if p.Stream != "" {
		fmt.Fprintf(&b, "%s", p.Stream)
		if p.Revision > 0 {
			fmt.Fprintf(&b, " revision %d", p.Revision)
		}
		b.WriteString(": ")
	}
	return b.String() + strings.TrimSuffix(p.Err.Error(), ": "+eventlog.ErrDamaged.Error())
}

// A Report is what a verification found.
type Report struct {
	Records  uint64            // read and checked
	Removed  uint64            // positions of pruned records
	Last     eventlog.Position // of the log
	Chain    chain.Digest      // L at Last, as recomputed, if there are no problems
	Heads    []eventlog.Head   // as recomputed, in the order in which the streams begin
	Problems []Problem         // in log order; at most MaxProblems
	More     int               // problems beyond those
}

// MaxProblems is how many problems a report holds.
const MaxProblems = 1000

// OK tells whether nothing was found.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Err returns nil, or an error that wraps eventlog.ErrDamaged and names the first
// problem.
func (r *Report) Err() error {
	if r.OK() {
		return nil
	}
	n := len(r.Problems) + r.More
	return fmt.Errorf("%d problems, the first: %s: %w", n, r.Problems[0], eventlog.ErrDamaged)
}

// Verify reads the log again, up to where it ends when called, and recomputes
// everything: the sums of stored values, positions and revisions, times, the
// chain of each stream, the log chain, the salts. It collects what is wrong; its
// error says only that it could not go on. Progress, if not nil, is told now and
// then how many of how many positions are done. The log may be in use; a prune
// waits.
func (l *Log) Verify(ctx context.Context, progress func(done, total uint64)) (Report, error) {
	l.pruning.RLock()
	defer l.pruning.RUnlock()
	l.mu.RLock()
	until, log, closed := l.last, l.chain, l.closed
	v, heads := newVerifier(), make([]eventlog.Head, 0, len(l.order))
	for _, s := range l.order {
		heads = append(heads, s.head)
	}
	for name, s := range l.streams {
		if s.start.through > 0 {
			v.prune(name, s.start)
		}
	}
	l.mu.RUnlock()
	if closed {
		return Report{}, eventlog.ErrClosed
	}
	v.meta(l.badMeta)
	if err := l.verifyKeys(ctx, v); err != nil {
		v.problem(0, "", 0, err)
	}
	for at := eventlog.Position(1); at <= until; {
		if progress != nil {
			progress(uint64(at-1), uint64(until))
		}
		next, err := l.verifyPage(ctx, v, at, until)
		if err != nil && !errors.Is(err, eventlog.ErrDamaged) {
			return v.report, err
		}
		if err != nil {
			v.problem(at, "", 0, err)
		}
		if next <= at {
			break // no telling what follows
		}
		at = next
	}
	v.finish(until, log, heads)
	if progress != nil {
		progress(uint64(until), uint64(until))
	}
	return v.report, nil
}

// verifyPage verifies some groups from a position on, and returns where the next
// ones begin.
func (l *Log) verifyPage(ctx context.Context, v *verifier, at, until eventlog.Position) (eventlog.Position, error) {
	if err := ctx.Err(); err != nil {
		return at, err
	}
	var values []change
	err := l.view("verify", func(tx *bbolt.Tx) error {
		tail := tx.Bucket([]byte(bucketTail))
		if tail == nil {
			return damaged("a bucket is gone")
		}
		c, size := tail.Cursor(), 0
		for k, b := c.Seek(positionKey(at)); k != nil && size <= pageBytes && len(values) < pageGroups; k, b = c.Next() {
			if len(b) > maxValueBytes {
				return damaged("group at %x has %d bytes", k, len(b))
			}
			values = append(values, change{key: append([]byte(nil), k...), value: append([]byte(nil), b...)})
			size += len(b)
		}
		return nil
	})
	for _, kv := range values {
		if p := keyPosition(kv.key); p > until {
			return until + 1, err
		} else if p >= at {
			at = p + 1
		}
		v.group(kv.key, kv.value)
		at = max(at, v.last+1)
	}
	if len(values) == 0 && err == nil {
		return until + 1, nil
	}
	return at, err
}

// verifyKeys hands all values of the bucket keys to v.
func (l *Log) verifyKeys(ctx context.Context, v *verifier) error {
	var from []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var values []change
		err := l.view("verify", func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucketKeys))
			if b == nil {
				return damaged("a bucket is gone")
			}
			c := b.Cursor()
			k, value := c.Seek(from)
			if from == nil {
				k, value = c.First()
			}
			for ; k != nil && len(values) < pageGroups; k, value = c.Next() {
				if len(value) > maxSaltBytes {
					return damaged("value %x in keys has %d bytes", k, len(value))
				}
				values = append(values, change{key: append([]byte(nil), k...), value: append([]byte(nil), value...)})
			}
			return nil
		})
		for _, kv := range values {
			v.salt(kv.key, kv.value)
			from = append(kv.key, 0)
		}
		if err != nil || len(values) < pageGroups {
			return err
		}
	}
}

// VerifyFile verifies a log that no process has open for writing. It also opens
// one that Open refuses because it is damaged, and reports everything that can
// still be found. Its error says that nothing could be: that the file is locked
// (ErrLocked), of another version (*eventlog.FormatError), or no log at all.
func VerifyFile(ctx context.Context, path string, o Options, progress func(done, total uint64)) (Report, error) {
	o.ReadOnly = true
	db, f, err := openBolt(path, o, new(watch))
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", path, err)
	}
	defer guard("close", db.Close)
	info, err := f.Stat()
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", path, err)
	}
	t, err := openTree(f, info.Size())
	if err != nil {
		return Report{}, fmt.Errorf("verify %s: %w", path, err)
	}
	v := newVerifier()
	v.meta(t.badMeta)
	if err := v.file(ctx, path, t, progress); err != nil {
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
	visit := map[string]visitor{
		bucketMeta: func(key, value []byte) error { return v.metaValue(path, key, value) },
		bucketKeys: func(key, value []byte) error { v.salt(key, value); return ctx.Err() },
		bucketTail: func(key, value []byte) error {
			v.group(key, value)
			if progress != nil {
				progress(uint64(t.offset)/pageSize, t.pages)
			}
			return ctx.Err()
		},
	}
	for _, name := range []string{bucketMeta, bucketKeys, bucketTail} {
		r, ok := buckets[name]
		if !ok {
			v.problem(0, "", 0, damaged("has no bucket %q", name))
			continue
		}
		if err := t.bucket(name, r, visit[name], lenient); err != nil {
			return err
		}
	}
	for name := range buckets {
		if visit[name] == nil {
			v.problem(0, "", 0, damaged("has a bucket %q that is none of the log's", name))
		}
	}
	if err := t.free(); v.report.OK() && err != nil {
		v.problem(0, "", 0, err)
	}
	v.finishFile()
	return nil
}

// CheckStructure runs bbolt's own check of a file's pages, and returns an error
// that wraps eventlog.ErrDamaged if it finds anything. The check starts a
// goroutine that a damaged file may bring down together with the process: call
// it in a process that nobody misses.
func CheckStructure(path string) error {
	db, _, err := openBolt(path, Options{ReadOnly: true}, new(watch))
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
