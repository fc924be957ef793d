package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// digest returns bytes that do not compress.
func digest(name string) chain.Digest { return sha256.Sum256([]byte(name)) }

// formRecords are records that have all that a block can hold.
func formRecords() (records []eventlog.Record, count uint64, parts []Part) {
	id := func(name string) (id [16]byte) {
		d := digest(name)
		copy(id[:], d[:])
		return id
	}
	change := func(revision eventlog.Revision, position eventlog.Position, time int64, seq uint64, shape, text string) eventlog.Record {
		return eventlog.Record{Stream: "t", Revision: revision, Position: position, Time: time, Author: id("ana"), Client: id("tab"),
			Seq: seq, Kind: "changed", Schema: 1, Shape: []byte(shape), Text: []byte(text)}
	}
	records = []eventlog.Record{
		change(5, 7, 1000, 3, `[[0,1]]`, "\x00\x00\x00\x01h"),
		change(6, 8, 1063, 4, `[1,[0,1]]`, "\x00\x00\x00\x01i"),
		{Stream: "u", Revision: 1, Position: 11, Time: 1060, Author: id("ben"), Client: id("cli"), Kind: "opened", Schema: 2,
			Shape: []byte("null")},
		change(7, 12, 1335, 5, `[[2,2]]`, "\x00\x00\x00\x06\xe2\x96\x88\xe2\x96\x88"),
		change(8, 13, 11335, 6, `[1,[1]]`, ""),
	}
	records[3].Proof = &eventlog.Proof{Redacted: true, Commitment: digest("first text")}
	records[4].Text = nil
	parts = []Part{{Stream: "t", First: 5, Count: 4, Time: 11335, Chain: digest("t 8")},
		{Stream: "u", First: 1, Count: 1, Time: 1060, Chain: digest("u 1")}}
	return records, 7, parts
}

// TestBlockBytesStayAsReleased holds the form itself: this value was written by
// the first release that had blocks. It is too small for anything to be
// compressed.
func TestBlockBytesStayAsReleased(t *testing.T) {
	word := func(s string) string { return hex.EncodeToString([]byte(s)) }
	first := func(name string, n int) string { return digest(name).String()[:2*n] }
	want := "02" + "07" + "07" + "d00f" + "01" + "05" + "02" + // format, count, first, base, packer, records, streams
		"0400" + "01" + word("t") + "01" + word("u") + // names
		"0800" + "0504bea101" + "010178" + // numbers
		first("t 8", 32) + first("u 1", 32) +
		"2000" + first("ana", 16) + first("ben", 16) + // authors
		"1100" + "07" + word("changed") + "01" + "06" + word("opened") + "02" + // kinds
		"0500" + "003ff261b0" + // steps of 0, 63, -3, 275 and 10000
		"0300" + "037100" + // bits: 4 of 275, 13 of 10000
		"0400" + "00020100" + "00" + "0400" + "01010001" + // stretches: 2 of t, 2 holes, 1 of u, 2 of t
		"02" + "01" + "09" + // a section of two streams, packed in form 1, in nine columns
		"0c00" + "030000000004" + "000101010101" + // origins: 4 of the first, from seq 3; 1 of the second
		"2000" + first("tab", 16) + first("cli", 16) + // clients
		"2100" + "02" + first("first text", 32) + // redacted
		"0900" + "030001000208000000" + // extents
		"0400" + "42292320" + "00" + "0100" + "03" + "00" + // rows, counts, jumps, lengths
		"0200" + "0206" + "0800" + word("hi██") + // sizes, text
		"0200" + "0400" + "0400" + word("null") + "00" + // plain
		first("log", 32)
	body, err := hex.DecodeString(want)
	if err != nil {
		t.Fatal(err)
	}
	records, count, parts := formRecords()
	value, err := (&Sealer{Packer: event.Packer{}}).Seal(7, records, count, parts, digest("log"))
	if err != nil {
		t.Fatal(err)
	}
	if want := reseal(body); !bytes.Equal(value, want) {
		t.Fatalf("block is\n%x, was\n%x", value, want)
	}
	d := BlockDecoder{Packer: event.Packer{}}
	if diff := blockDifference(&d, value, 7, records, count, parts, digest("log")); diff != "" {
		t.Fatal(diff)
	}
}

// TestCompressedBlockIsReadAsReleased reads a block as the first release
// compressed it; a later one may compress it otherwise.
func TestCompressedBlockIsReadAsReleased(t *testing.T) {
	var records []eventlog.Record
	for i := range 40 {
		r := eventlog.Record{Stream: "t", Revision: eventlog.Revision(1 + i), Position: eventlog.Position(1 + i), Time: int64(100 * i),
			Kind: "noted", Schema: 1, Shape: fmt.Appendf(nil, "[%d]", i), Text: []byte("the same again and again")}
		records = append(records, r)
	}
	parts := []Part{{Stream: "t", First: 1, Count: 40, Time: 3900, Chain: digest("t 40")}}
	value, err := hex.DecodeString(compressedBlock)
	if err != nil {
		t.Fatal(err)
	}
	d := BlockDecoder{}
	if diff := blockDifference(&d, value, 1, records, 40, parts, digest("log")); diff != "" {
		value, err := new(Sealer).Seal(1, records, 40, parts, digest("log"))
		t.Fatalf("%s: today it would be %v\n%x", diff, err, value)
	}
}

const compressedBlock = "" +
	"022801000028010200017404000128f83c5dd201317c005b4f9d359f12f99082a281db1fa91a4b484c8b1b366f94ee4901100a28b52ffd201083000000070005" +
	"6e6f74656401281228b52ffd20284d00001000490154020221090a0000000000000000000000010000000100270100040600270000000001100a28b52ffd2010" +
	"830000000000281228b52ffd20284d0000100304025001025cb4280a28b52ffd20284301001896015428b52ffd20965d020062c9110db03100fed6fc8b48e9bb" +
	"0fac0b07e3c0781927e3635c8ccff8c6351ec68339302f73321f73319ff9e69a87792007e4454ee4432ee4239f5cf2200f1cf0e2c4870b1f9fcb830100c00727" +
	"28b52ffd60c002ed000024017468652073616d6520616761696e20616e640200a57756a0430903836ff184e7b41b1e13cb5fd89fa1de98dbbab99e9d2918913f" +
	"f43b86a5c7c21309eb1aee0c06fce61ab263c8a9b90ff0103d6700b8b7cb43252e8244f79a4024"
