package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// The kinds of frames.
const (
	kindThread byte = 1 + iota
	kindState
	kindForget
)

const (
	fixedHead  = 1 + 4 + 8 + 32 + 8 + 1 // bytes before the stream
	maxHead    = fixedHead + eventlog.MaxStreamBytes + 4
	maxPayload = 1 << 30
	sumSize    = sha256.Size
)

// A mark is a position of a log and the log chain there.
type mark struct {
	position eventlog.Position
	chain    chain.Digest
}

// A frame describes a frame of the file.
type frame struct {
	kind     byte
	mark     mark
	stream   eventlog.Stream
	revision eventlog.Revision
	payload  int // bytes
	offset   int64
}

func (f *frame) headSize() int { return fixedHead + len(f.stream) + 4 }
func (f *frame) size() int64   { return int64(f.headSize() + f.payload + sumSize) }
func (f *frame) end() int64    { return f.offset + f.size() }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendHead appends the head to dst.
func (f *frame) appendHead(dst []byte) []byte {
	from := len(dst)
	dst = append(dst, f.kind)
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.payload))
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.mark.position))
	dst = append(dst, f.mark.chain[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.revision))
	dst = append(dst, byte(len(f.stream)))
	dst = append(dst, f.stream...)
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[from:], castagnoli))
}

// bytes returns the whole frame; payload is as long as f says.
func (f *frame) bytes(payload []byte) []byte {
	b := append(f.appendHead(make([]byte, 0, f.size())), payload...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

var errTorn = errors.New("incomplete head")

// readHead reads the head at an offset.
func readHead(r io.ReaderAt, offset int64) (frame, error) {
	f := frame{offset: offset}
	var buf [maxHead]byte
	n, err := r.ReadAt(buf[:], offset)
	if err != nil && err != io.EOF {
		return f, err
	}
	b := buf[:n]
	if n < fixedHead || n < fixedHead+int(b[fixedHead-1])+4 {
		return f, errTorn
	}
	end := fixedHead + int(b[fixedHead-1])
	if crc32.Checksum(b[:end], castagnoli) != binary.BigEndian.Uint32(b[end:]) {
		return f, errTorn
	}
	f.kind = b[0]
	f.payload = int(binary.BigEndian.Uint32(b[1:]))
	f.mark.position = eventlog.Position(binary.BigEndian.Uint64(b[5:]))
	copy(f.mark.chain[:], b[13:])
	f.revision = eventlog.Revision(binary.BigEndian.Uint64(b[45:]))
	f.stream = eventlog.Stream(b[fixedHead:end])
	if f.kind < kindThread || f.kind > kindForget || f.payload > maxPayload {
		return f, errTorn
	}
	return f, nil
}

// read reads the payload of a frame and checks its sum.
func (f *frame) read(r io.ReaderAt) ([]byte, error) {
	b := make([]byte, f.size())
	if _, err := r.ReadAt(b, f.offset); err != nil {
		return nil, fmt.Errorf("frame at byte %d: %w", f.offset, err)
	}
	body := len(b) - sumSize
	sum := sha256.Sum256(b[:body])
	again := f.appendHead(nil)
	if !bytes.Equal(sum[:], b[body:]) || !bytes.Equal(again, b[:len(again)]) {
		return nil, fmt.Errorf("frame at byte %d: wrong checksum", f.offset)
	}
	return b[f.headSize():body], nil
}
