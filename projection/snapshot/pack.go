package snapshot

import (
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxFrozen is the most bytes of an unpacked projection.
const maxFrozen = 1 << 30

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic("snapshot: " + err.Error()) // the options are constants
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxFrozen), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic("snapshot: " + err.Error())
	}
	return d
})

func pack(b []byte) []byte            { return packer().EncodeAll(b, nil) }
func unpack(b []byte) ([]byte, error) { return unpacker().DecodeAll(b, nil) }
