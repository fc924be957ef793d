package logtest

import (
	"crypto/sha256"
	"encoding/binary"

	"parodywave/eventlog"
)

// The chain as package chain specifies it, implemented a second time.

func startOf(stream eventlog.Stream) [32]byte {
	return sha256.Sum256(append([]byte("pw-stream-1"), short(string(stream))...))
}

func short(s string) []byte { return append([]byte{byte(len(s))}, s...) }

func number[V uint32 | uint64](v V) []byte {
	b, _ := binary.Append(nil, binary.BigEndian, v)
	return b
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// commitmentOf returns the Proof.Commitment of a record that is not redacted.
func commitmentOf(r eventlog.Record) [32]byte {
	if len(r.Text) == 0 {
		return [32]byte{}
	}
	return sha256.Sum256(join([]byte("pw-text-1"), r.Proof.Salt[:], number(uint32(len(r.Text))), r.Text))
}

// after returns C of a record, given C before it and its commitment.
func after(prev [32]byte, r eventlog.Record, commitment [32]byte) [32]byte {
	canon := join([]byte{1}, short(string(r.Stream)), number(uint64(r.Revision)), number(uint64(r.Time)), r.Author[:], r.Client[:],
		number(r.Seq), short(r.Kind), number(r.Schema), number(uint32(len(r.Shape))), r.Shape, commitment[:])
	return sha256.Sum256(join([]byte("pw-chain-1"), prev[:], canon))
}
