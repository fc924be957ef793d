package boltlog

import (
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// salts are the salts of one span: the value of a key in the bucket keys.
type salts struct {
	key      chain.Key
	explicit []chain.Salt // of the first revisions of the span
}

// at returns the salt of a revision in the span.
func (s *salts) at(r eventlog.Revision) chain.Salt {
	if _, i := chain.Span(uint64(r)); i < len(s.explicit) {
		return s.explicit[i]
	}
	return s.key.Derive(uint64(r))
}

// set makes the salt of r explicit, and with it all earlier ones of the span.
func (s *salts) set(r eventlog.Revision, salt chain.Salt) {
	_, index := chain.Span(uint64(r))
	for i := len(s.explicit); i < index; i++ {
		s.explicit = append(s.explicit, s.key.Derive(uint64(r)-uint64(index-i)))
	}
	s.explicit = append(s.explicit[:index], salt)
}

func saltKey(stream eventlog.Stream, span uint64) []byte {
	b := append([]byte{byte(len(stream))}, stream...)
	return binary.BigEndian.AppendUint64(b, span)
}

func splitSaltKey(key []byte) (eventlog.Stream, uint64, error) {
	if len(key) < 10 || len(key) != 1+int(key[0])+8 {
		return "", 0, damaged("key %x in keys does not name a span", key)
	}
	n := len(key) - 8
	return eventlog.Stream(key[1:n]), binary.BigEndian.Uint64(key[n:]), nil
}

func (s *salts) encode(key []byte) []byte {
	b := append([]byte{0x01}, s.key[:]...)
	if len(s.explicit) > 0 {
		b[0] = 0x02
		b = binary.BigEndian.AppendUint16(b, uint16(len(s.explicit)))
		for i := range s.explicit {
			b = append(b, s.explicit[i][:]...)
		}
	}
	return withChecksum(bucketKeys, key, b)
}

func decodeSalts(key, value []byte) (*salts, error) {
	b, err := checkedBody(bucketKeys, key, value)
	if err != nil {
		return nil, err
	}
	s := new(salts)
	if len(b) < 33 {
		return nil, damaged("value %x in keys has %d bytes", key, len(b))
	}
	s.key = chain.Key(b[1:33])
	switch {
	case b[0] == 0x01 && len(b) == 33:
		return s, nil
	case b[0] == 0x02 && len(b) > 35:
		n := int(binary.BigEndian.Uint16(b[33:]))
		if n == 0 || n > chain.SpanLength || len(b) != 35+16*n {
			break
		}
		s.explicit = make([]chain.Salt, n)
		for i := range s.explicit {
			s.explicit[i] = chain.Salt(b[35+16*i:])
		}
		return s, nil
	}
	return nil, damaged("value %x in keys has form %#x and %d bytes", key, b[0], len(b))
}

// saltsFor returns the salts of the next revision's span. If they are on disk, they
// must have been loaded.
func (s *stream) saltsFor(r eventlog.Revision) *salts {
	span, _ := chain.Span(uint64(r))
	if s.salts != nil && s.span != span && s.dirty {
		key := saltKey(s.head.Stream, s.span)
		s.ended = append(s.ended, change{bucketKeys, key, s.salts.encode(key)})
	}
	if s.salts == nil || s.span != span {
		s.salts, s.span, s.dirty, s.looked = &salts{key: chain.NewKey()}, span, true, span+1
	}
	return s.salts
}

// slim forgets salts that are on disk and many, as after an import: few of them will
// be needed again.
func (s *stream) slim() {
	if s.salts != nil && len(s.salts.explicit) > 0 {
		s.salts, s.looked = nil, 0
	}
}

// loadSalts loads the salts of the span in which s continues, if q needs them and
// they can be on disk.
func (c *committer) loadSalts(s *stream, q *request) error {
	span, index := chain.Span(uint64(s.next.Revision + 1))
	text := func(r eventlog.Record) bool { return len(r.Text) > 0 }
	if index == 0 || s.looked == span+1 || !slices.ContainsFunc(q.records, text) {
		return nil
	}
	found, err := c.log.salts(saltKey(q.stream, span))
	if err != nil {
		return err
	}
	if s.looked = span + 1; found != nil {
		s.salts, s.span, s.dirty = found, span, false
	}
	return nil
}

// salts reads a value of the bucket keys, nil if there is none.
func (l *Log) salts(key []byte) (*salts, error) {
	var value []byte
	err := l.view("keys", func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketKeys))
		if b == nil {
			return damaged("a bucket is gone")
		}
		v := b.Get(key)
		if len(v) > maxSaltBytes {
			return damaged("value %x in keys has %d bytes", key, len(v))
		}
		value = append(value, v...)
		return nil
	})
	if err != nil || value == nil {
		return nil, err
	}
	return decodeSalts(key, value)
}

// maxSaltBytes is the longest value in keys.
const maxSaltBytes = 35 + 16*chain.SpanLength + 32

// collectSalts adds the salts that the batch made or changed to its changes.
func (c *committer) collectSalts() {
	for _, s := range c.touched {
		c.puts = append(c.puts, s.ended...)
		s.ended = nil
		if s.dirty {
			key := saltKey(s.head.Stream, s.span)
			c.puts = append(c.puts, change{bucketKeys, key, s.salts.encode(key)})
		}
	}
}
