package pack

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Sealer makes blocks, one after the other, in memory that it uses again. It
// may not be used by two goroutines at once.
type Sealer struct {
	Packer eventlog.Packer // of the bodies; nil: they are stored as they are
}

// Seal returns the block of count positions from first on. The records are in
// log order with Stream, Revision and Position set; positions that none of them
// has are holes. A Proof is written as far as it says Redacted. The parts are
// the directory, in the order in which the streams first appear, with time and C
// after the last record; l is L there. The bytes are the caller's.
//
// It returns an error if records and parts do not agree, or if what is to be
// sealed is too large for one block (see MaxBlockBytes). That a block gives
// back what it was made of is for the caller to prove before the originals go.
func (s *Sealer) Seal(first eventlog.Position, records []eventlog.Record, count uint64, parts []Part, l chain.Digest) ([]byte, error) {
	return sealGroup(first, records, count, parts, l)
}

// MaxBlockBytes is how many bytes of shapes and texts a block takes at most.
const MaxBlockBytes = 32 << 20

// A BlockDecoder opens blocks, one after the other, in the same memory. It may
// not be used by two goroutines at once.
type BlockDecoder struct {
	Packer eventlog.Packer // of the bodies; a block that another one packed is refused

	block Block
	group Decoder
}

// Open checks a block's checksum and reads its directory. The block keeps value,
// which must not be changed while the block is in use. The error wraps
// eventlog.ErrDamaged.
func (d *BlockDecoder) Open(value []byte) (*Block, error) {
	return openGroup(d, value)
}
