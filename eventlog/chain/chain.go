package chain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// A Digest is a SHA-256 value: a commitment, a C or an L.
type Digest [sha256.Size]byte

// String returns d as 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest is the inverse of String. It accepts upper-case digits too.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != 2*len(d) {
		return d, fmt.Errorf("chain: digest of %d characters, want %d", len(s), 2*len(d))
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, fmt.Errorf("chain: digest %q: %w", s, err)
	}
	return d, nil
}

// Values are the fields of a record that its chain covers. Stream and Kind are
// at most 255 bytes long; Time is in Unix milliseconds; Shape is the stored
// bytes, never re-encoded.
type Values struct {
	Stream     string
	Revision   uint64
	Time       int64
	Author     [16]byte
	Client     [16]byte
	Seq        uint64
	Kind       string
	Schema     uint32
	Shape      []byte
	Commitment Digest
}

// AppendCanon appends canon(r) to dst and returns the extended slice.
func (v *Values) AppendCanon(dst []byte) []byte {
	dst = append(dst, 0x01, byte(len(v.Stream)))
	dst = append(dst, v.Stream...)
	dst = binary.BigEndian.AppendUint64(dst, v.Revision)
	dst = binary.BigEndian.AppendUint64(dst, uint64(v.Time))
	dst = append(dst, v.Author[:]...)
	dst = append(dst, v.Client[:]...)
	dst = binary.BigEndian.AppendUint64(dst, v.Seq)
	dst = append(dst, byte(len(v.Kind)))
	dst = append(dst, v.Kind...)
	dst = binary.BigEndian.AppendUint32(dst, v.Schema)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(v.Shape)))
	dst = append(dst, v.Shape...)
	return append(dst, v.Commitment[:]...)
}

// Start returns C_0 of a stream.
func Start(stream string) Digest {
	b := make([]byte, 0, 64)
	b = append(b, "pw-stream-1"...)
	b = append(b, byte(len(stream)))
	return sha256.Sum256(append(b, stream...))
}

// A Hasher computes chain values without allocating for each record. The zero value
// is ready to use. It is not safe for concurrent use.
type Hasher struct{ buf []byte }

// Next returns C_r from C_(r-1) and the values of record r.
func (h *Hasher) Next(prev Digest, v *Values) Digest {
	h.buf = append(h.buf[:0], "pw-chain-1"...)
	h.buf = append(h.buf, prev[:]...)
	h.buf = v.AppendCanon(h.buf)
	return sha256.Sum256(h.buf)
}

// Commit returns the commitment to text under salt: 32 zero bytes if there is no
// text. One empty string is a text, namely its length prefix; no string is none.
func (h *Hasher) Commit(salt Salt, text []byte) Digest {
	if len(text) == 0 {
		return Digest{}
	}
	h.buf = append(h.buf[:0], "pw-text-1"...)
	h.buf = append(h.buf, salt[:]...)
	h.buf = binary.BigEndian.AppendUint32(h.buf, uint32(len(text)))
	h.buf = append(h.buf, text...)
	return sha256.Sum256(h.buf)
}

// Unchained is the stream that may be pruned: the log chain leaves it out.
const Unchained = "connections"

// LogStart returns L_0.
func LogStart() Digest { return sha256.Sum256([]byte("pw-log-1")) }

// LogNext returns L_p from L_(p-1) and the chain value c of the record at p. For the
// stream Unchained it returns prev.
func (h *Hasher) LogNext(prev Digest, stream string, revision uint64, c Digest) Digest {
	if stream == Unchained {
		return prev
	}
	h.buf = append(h.buf[:0], prev[:]...)
	h.buf = append(h.buf, byte(len(stream)))
	h.buf = append(h.buf, stream...)
	h.buf = binary.BigEndian.AppendUint64(h.buf, revision)
	h.buf = append(h.buf, c[:]...)
	return sha256.Sum256(h.buf)
}
