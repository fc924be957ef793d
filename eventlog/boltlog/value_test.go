package boltlog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// The bytes of version 2, without the sums, which are over bucket, key and value.
func TestStoredValuesStayAsReleased(t *testing.T) {
	id := identity{version: 2, id: [16]byte{0xaa, 15: 0xbb}, created: 1000}
	kept := cut{through: 7, rank: 3, chain: chain.Digest{0xcc}}
	plain := &salts{key: chain.Key{0xdd}}
	explicit := &salts{key: chain.Key{0xdd}, explicit: []chain.Salt{{1}, {2}}}
	key := saltKey("t", 5)
	if hex.EncodeToString(key) != "01"+"74"+"0000000000000005" {
		t.Errorf("key is %x", key)
	}
	for want, have := range map[string][]byte{
		"00000002" + "aa0000000000000000000000000000bb" + "00000000000003e8": id.encode(),
		"0000000000000007" + "0000000000000003" + "cc" + zeros(31):           kept.encode("t"),
		"01" + "dd" + zeros(31): plain.encode(key),
		"02" + "dd" + zeros(31) + "0002" + "01" + zeros(15) + "02" + zeros(15): explicit.encode(key),
	} {
		if got := hex.EncodeToString(have[:len(have)-32]); got != want {
			t.Errorf("value is\n%s, was\n%s", got, want)
		}
	}
	sum := checksum("meta", []byte("format"), []byte("x"))
	if want := sha256Of("\x04meta\x06formatx"); sum != want {
		t.Errorf("sum is %x, was %x", sum, want)
	}
}

func TestStoredValuesComeBackOrAreRefused(t *testing.T) {
	key := saltKey("thread", 9)
	full := &salts{key: chain.NewKey(), explicit: make([]chain.Salt, chain.SpanLength)}
	full.explicit[77] = chain.Salt{7}
	for _, s := range []*salts{{key: chain.NewKey()}, full} {
		v := s.encode(key)
		if len(v) > maxSaltBytes {
			t.Fatalf("%d bytes", len(v))
		}
		got, err := decodeSalts(key, v)
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("%v %v", got, err)
		}
		if _, err := decodeSalts(saltKey("thread", 8), v); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("read under another key: %v", err)
		}
		for n := range len(v) {
			body := v[:n]
			if n < len(v)-32 && n != 33 {
				if _, err := decodeSalts(key, withChecksum(bucketKeys, key, bytes.Clone(body))); !errors.Is(err, eventlog.ErrDamaged) {
					t.Fatalf("cut to %d bytes: %v", n, err)
				}
			}
		}
	}
	if s, span, err := splitSaltKey(key); s != "thread" || span != 9 || err != nil {
		t.Fatal(s, span, err)
	}
	for _, bad := range [][]byte{nil, key[1:], key[:len(key)-1], append([]byte{9}, key[1:]...), make([]byte, 9)} {
		if _, _, err := splitSaltKey(bad); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("%x: %v", bad, err)
		}
	}
}
