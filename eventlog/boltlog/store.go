package boltlog

import (
	"encoding/binary"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

// A store finds stored values by position, in one transaction. The blocks are the
// beginning of the log; their key is their last position, so that one seek finds
// the block of a position. The key of a group is its first position. A group at
// positions that a block holds is a remnant.
type store struct {
	blocks *bbolt.Bucket // nil in a file of version 1
	tail   *bbolt.Bucket
	sealed eventlog.Position // the last position in a block
	mended map[string][]byte // see mend.go
}

func (l *Log) openStore(tx *bbolt.Tx) (store, error) {
	s := store{mended: l.mended, blocks: tx.Bucket([]byte(bucketBlocks)), tail: tx.Bucket([]byte(bucketTail))}
	if s.tail == nil {
		return s, damaged("a bucket is gone")
	}
	if s.blocks != nil {
		if k, _ := s.blocks.Cursor().Last(); k != nil {
			s.sealed = keyPosition(k)
		}
	}
	return s, nil
}

// at returns a copy of the value that holds position p, and its last position if it
// is in blocks.
func (s *store) at(p eventlog.Position) (value []byte, last eventlog.Position, err error) {
	err = s.from(p, func(key, v []byte, sealed bool) bool {
		value = append(make([]byte, 0, len(v)), v...)
		if sealed {
			last = keyPosition(key)
		}
		return false
	})
	return value, last, err
}

// from calls visit for the value that holds position p and all that follow, until
// visit returns false. Keys and values are valid until it returns.
func (s *store) from(p eventlog.Position, visit func(key, value []byte, sealed bool) bool) error {
	found := false
	each := func(k, v []byte, sealed bool) (bool, error) {
		if found = true; len(v) == 0 || len(v) > maxValueBytes {
			return false, damaged("value at %x has %d bytes", k, len(v))
		}
		if len(s.mended) > 0 {
			v = s.replacement(k, v, sealed)
		}
		return visit(k, v, sealed), nil
	}
	if p <= s.sealed {
		c := s.blocks.Cursor()
		for k, v := c.Seek(positionKey(p)); k != nil; k, v = c.Next() {
			if more, err := each(k, v, true); !more {
				return err
			}
		}
		p = s.sealed + 1
	}
	c := s.tail.Cursor()
	key := positionKey(p)
	k, v := c.Seek(key)
	if string(k) != string(key) && !found {
		if k == nil {
			k, v = c.Last()
		} else {
			k, v = c.Prev()
		}
	}
	for ; k != nil; k, v = c.Next() {
		if more, err := each(k, v, false); !more {
			return err
		}
	}
	if !found {
		return damaged("no value holds position %d", p)
	}
	return nil
}

// replacement returns what stands for a value: the value, unless it is damaged.
func (s *store) replacement(key, value []byte, sealed bool) []byte {
	bucket := bucketTail
	if sealed {
		bucket = bucketBlocks
	}
	if v, ok := s.mended[bucket+string(key)]; ok {
		return v
	}
	return value
}

func positionKey(p eventlog.Position) []byte { return binary.BigEndian.AppendUint64(nil, uint64(p)) }

func keyPosition(key []byte) eventlog.Position {
	if len(key) != 8 {
		return 0
	}
	return eventlog.Position(binary.BigEndian.Uint64(key))
}

// page copies values, beginning with the one that holds position p: enough for large
// steps, few enough that the transaction is short.
func (l *Log) page(what string, p eventlog.Position) (values []stored, err error) {
	err = l.view(what, func(tx *bbolt.Tx) error {
		s, err := l.openStore(tx)
		if err != nil {
			return err
		}
		size := 0
		return s.from(p, func(k, v []byte, sealed bool) bool {
			values = append(values, stored{keyPosition(k), sealed, append(make([]byte, 0, len(v)), v...)})
			size += len(v)
			return len(values) < pageGroups && size <= pageBytes
		})
	})
	return values, err
}

// A stored is a copy of a value of the bucket blocks (sealed) or tail.
type stored struct {
	key    eventlog.Position
	sealed bool
	value  []byte
}
