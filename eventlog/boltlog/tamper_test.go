package boltlog

import (
	"errors"
	"testing"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// tamper changes a file as someone would who knows its format: all stored sums
// are right afterwards.
func tamper(t *testing.T, path string, change func(tail, keys *bbolt.Bucket) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		if err := change(tx.Bucket([]byte(bucketTail)), tx.Bucket([]byte(bucketKeys))); err != nil {
			return err
		}
		m := marks{}
		for _, name := range bucketsOf(version) {
			err := tx.Bucket([]byte(name)).ForEach(func(_, value []byte) error {
				m.add(name, value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return errors.Join(markAll(tx, m), markCommit(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rewrite replaces the records of the group at a position, and keeps the chain
// values in its directory, except of streams that change names others.
func rewrite(tail *bbolt.Bucket, at eventlog.Position, change func([]eventlog.Record) []eventlog.Record) error {
	var d pack.Decoder
	g, err := d.Open(append([]byte(nil), tail.Get(positionKey(at))...))
	if err != nil {
		return err
	}
	var records []eventlog.Record
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		records = append(records, r)
	}
	var b pack.Builder
	b.Reset(g.First)
	next := map[eventlog.Stream]eventlog.Revision{}
	for _, r := range change(records) {
		p := g.Part(r.Stream)
		r.Revision = p.First + next[r.Stream]
		next[r.Stream]++
		b.Add(&r, p.Chain, false)
	}
	return tail.Put(positionKey(at), b.Encode(g.Log))
}

// TestVerifyNamesEveryManipulation: position 1 to 6 are a group of thread "s",
// then come single records of "s" and "t" in turn, from position 7 on.
func TestVerifyNamesEveryManipulation(t *testing.T) {
	one := func(f func(r *eventlog.Record)) func([]eventlog.Record) []eventlog.Record {
		return func(r []eventlog.Record) []eventlog.Record { f(&r[2]); return r }
	}
	for name, c := range map[string]struct {
		change   func(tail, keys *bbolt.Bucket) error
		position eventlog.Position // of the first problem
		stream   eventlog.Stream
	}{
		"text changed": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, one(func(r *eventlog.Record) { r.Text[4] = '!' }))
		}, 1, "s"},
		"shape changed": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, one(func(r *eventlog.Record) { r.Shape[1] = '9' }))
		}, 1, "s"},
		"author changed": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, one(func(r *eventlog.Record) { r.Author = eventlog.AuthorID{9} }))
		}, 1, "s"},
		"time changed": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, one(func(r *eventlog.Record) { r.Time++ }))
		}, 1, "s"},
		"text said to be redacted": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, one(func(r *eventlog.Record) { r.Proof = &eventlog.Proof{Redacted: true} }))
		}, 1, "s"},
		"two swapped": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, func(r []eventlog.Record) []eventlog.Record {
				r[2].Time, r[3].Time = r[3].Time, r[2].Time
				r[2], r[3] = r[3], r[2]
				return r
			})
		}, 1, "s"},
		"one dropped": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, func(r []eventlog.Record) []eventlog.Record { return append(r[:2], r[3:]...) })
		}, 1, "s"},
		"one invented": {func(tail, _ *bbolt.Bucket) error {
			return rewrite(tail, 1, func(r []eventlog.Record) []eventlog.Record { return append(r, r[len(r)-1]) })
		}, 1, "s"},
		"group dropped": {func(tail, _ *bbolt.Bucket) error { return tail.Delete(positionKey(9)) }, 9, ""},
		"group of another place": {func(tail, _ *bbolt.Bucket) error {
			return tail.Put(positionKey(9), append([]byte(nil), tail.Get(positionKey(7))...))
		}, 9, ""},
		"salts dropped": {func(_, keys *bbolt.Bucket) error { return keys.Delete(saltKey("s", 0)) }, 1, "s"},
		"salts changed": {func(_, keys *bbolt.Bucket) error {
			return keys.Put(saltKey("s", 0), (&salts{key: chain.Key{1}}).encode(saltKey("s", 0)))
		}, 1, "s"},
		"salts added": {func(_, keys *bbolt.Bucket) error {
			return keys.Put(saltKey("s", 7), (&salts{key: chain.Key{1}}).encode(saltKey("s", 7)))
		}, 0, "s"},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := open(t, path, Options{NoSync: true})
			var in []eventlog.Record
			for i := range 6 {
				in = append(in, changed(i+1))
			}
			if _, err := l.Append(ctx, "s", 0, in...); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				appendN(t, l, "s", 1)
				appendN(t, l, "t", 1)
			}
			l.Close()
			if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() {
				t.Fatalf("before: %v, %v", err, r.Err())
			}
			tamper(t, path, c.change)
			r, err := VerifyFile(ctx, path, Options{}, nil)
			if err != nil || r.OK() || !errors.Is(r.Err(), eventlog.ErrDamaged) {
				t.Fatalf("not found: %v", err)
			}
			if p := r.Problems[0]; p.Position != c.position || p.Stream != c.stream {
				t.Errorf("first problem is %s", p)
			}
			l, err = Open(path, Options{ReadOnly: true})
			if err != nil {
				if !errors.Is(err, eventlog.ErrDamaged) {
					t.Error(err)
				}
				return
			}
			defer l.Close()
			if name == "salts added" {
				return // what no record needs does not hurt one that is proved
			}
			var last error
			for _, s := range []eventlog.Stream{"s", "t"} {
				for _, err := range l.Prove(ctx, s, 0) {
					last = errors.Join(last, err)
				}
			}
			if !errors.Is(last, eventlog.ErrDamaged) {
				t.Errorf("proved: %v", last)
			}
		})
	}
}
