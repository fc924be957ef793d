package chain

import (
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
)

// The values here were computed from the package comment by another program in
// another language. They never change.
const (
	wantSalt       = "cb273430eb895f06ddf1e4c67e90a589"
	wantCommitment = "1f47e47d7d2ca2acd41aa7b640f3249c33e7bff2f4bf3d89201b04f611d5f937"
	wantCanon      = "011a30314a4430303030303030303030303030303030303030303030" + "0000000000000401" + "0000019354d0f2fb" +
		"000102030405060708090a0b0c0d0e0f" + "101112131415161718191a1b1c1d1e1f" + "0000000000000007" +
		"076368616e676564" + "00000001" + "0000000b5b352c5b302c325d2c355d" + wantCommitment
	wantStart    = "ba39b31b8ece4ed5e00816571db6b7265179db08546ccd3bd062a600640c4452"
	wantNext     = "fee758bbf67d9ec3a0b08b4d29341de2eb672e2c8355c806af03544891231ab7"
	wantLogStart = "cc8315c3d65f19860785f4409306545884d1523a67908a1b220bab4fcd23c39f"
	wantLogNext  = "b1e7f49dc4e1b35da9fac0c977634ce7e6e08544806f2c88bec957372bea09cb"

	stream = "01JD0000000000000000000000"
	text   = "\x00\x00\x00\x02hi"
)

func sample() Values {
	v := Values{Stream: stream, Revision: 1025, Time: 1732294800123, Seq: 7, Kind: "changed", Schema: 1, Shape: []byte("[5,[0,2],5]")}
	for i := range 16 {
		v.Author[i], v.Client[i] = byte(i), byte(16+i)
	}
	return v
}

func TestValuesStayAsTheyWereReleased(t *testing.T) {
	var k Key
	for i := range k {
		k[i] = byte(i)
	}
	var h Hasher
	is := func(what, have, want string) {
		t.Helper()
		if have != want {
			t.Errorf("%s is %s, was %s", what, have, want)
		}
	}
	salt := k.Derive(1025)
	is("salt", hex.EncodeToString(salt[:]), wantSalt)
	v := sample()
	v.Commitment = h.Commit(salt, []byte(text))
	is("commitment", v.Commitment.String(), wantCommitment)
	is("canon", hex.EncodeToString(v.AppendCanon(nil)), wantCanon)
	is("start", Start(stream).String(), wantStart)
	c := h.Next(Start(stream), &v)
	is("next", c.String(), wantNext)
	is("log start", LogStart().String(), wantLogStart)
	is("log next", h.LogNext(LogStart(), stream, 1025, c).String(), wantLogNext)
}

// Every field of a record, and where one ends and the next begins, is covered.
func TestEveryFieldIsCovered(t *testing.T) {
	var h Hasher
	seen := map[Digest]string{}
	add := func(name string, v Values, prev Digest) {
		t.Helper()
		d := h.Next(prev, &v)
		if other, ok := seen[d]; ok {
			t.Errorf("changing %s is the same as %s", name, other)
		}
		seen[d] = name
	}
	prev := Start(stream)
	add("nothing", sample(), prev)
	add("the value before", sample(), Start("other"))
	fields := reflect.TypeOf(Values{})
	for i := range fields.NumField() {
		v := sample()
		switch f := reflect.ValueOf(&v).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "x")
		case reflect.Uint64, reflect.Uint32:
			f.SetUint(f.Uint() + 1)
		case reflect.Int64:
			f.SetInt(f.Int() + 1)
		case reflect.Array:
			f.Index(f.Len() - 1).SetUint(99)
		case reflect.Slice:
			f.SetBytes(append(f.Bytes(), 'x'))
		default:
			t.Fatalf("field %s is not tried", fields.Field(i).Name)
		}
		add(fields.Field(i).Name, v, prev)
	}
	v := sample()
	v.Kind, v.Stream = "changedx", stream[:25]
	add("a byte moved from stream to kind", v, prev)
	if len(seen) != fields.NumField()+3 {
		t.Errorf("%d values for %d changes", len(seen), fields.NumField()+3)
	}
}

func TestNoTextIsNotAnEmptyText(t *testing.T) {
	var h Hasher
	salt := Salt{1}
	if h.Commit(salt, nil) != (Digest{}) || h.Commit(salt, []byte{}) != (Digest{}) {
		t.Error("no text has a commitment")
	}
	empty := h.Commit(salt, []byte{0, 0, 0, 0})
	if empty == (Digest{}) || empty == h.Commit(Salt{2}, []byte{0, 0, 0, 0}) {
		t.Error("an empty string is not committed to, or not blinded")
	}
}

func TestLogChainLeavesConnectionsOut(t *testing.T) {
	var h Hasher
	l := h.LogNext(LogStart(), "t", 1, Digest{1})
	if h.LogNext(l, Unchained, 1, Digest{2}) != l {
		t.Error("connections are in the log chain")
	}
	for _, other := range []Digest{h.LogNext(l, "t", 2, Digest{1}), h.LogNext(l, "u", 1, Digest{1}), h.LogNext(l, "t", 1, Digest{2}),
		h.LogNext(LogStart(), "t", 2, Digest{1})} {
		if other == l {
			t.Error("the log chain does not cover all it should")
		}
	}
}

func TestHasherKeepsNothingBetweenCalls(t *testing.T) {
	var used, fresh Hasher
	long := sample()
	long.Shape = []byte(strings.Repeat("x", 1000))
	used.Next(Digest{1}, &long)
	used.Commit(Salt{3}, long.Shape)
	v := sample()
	if used.Next(Digest{}, &v) != fresh.Next(Digest{}, &v) || used.Commit(Salt{}, []byte("a")) != new(Hasher).Commit(Salt{}, []byte("a")) {
		t.Error("a hasher that was used computes something else")
	}
	if n := testing.AllocsPerRun(100, func() { used.Next(Digest{}, &v); used.Commit(Salt{}, v.Shape) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}

func TestSpansHave1024Revisions(t *testing.T) {
	for _, c := range []struct {
		revision, span uint64
		index          int
	}{{1, 0, 0}, {1024, 0, 1023}, {1025, 1, 0}, {2048, 1, 1023}, {2049, 2, 0}} {
		if span, index := Span(c.revision); span != c.span || index != c.index {
			t.Errorf("revision %d lies in span %d at %d, want %d at %d", c.revision, span, index, c.span, c.index)
		}
	}
}

func TestSaltsAndKeysDiffer(t *testing.T) {
	k, seen := NewKey(), map[Salt]bool{{}: true}
	if k == NewKey() || k == (Key{}) {
		t.Fatal("two keys are equal, or zero")
	}
	for r := range uint64(2000) {
		if s := k.Derive(r); seen[s] {
			t.Fatalf("salt of revision %d came before", r)
		} else {
			seen[s] = true
		}
	}
}

func TestParseDigestReadsWhatStringWrites(t *testing.T) {
	d := Start("x")
	if got, err := ParseDigest(d.String()); err != nil || got != d {
		t.Fatal(got, err)
	}
	for _, bad := range []string{"", d.String()[1:], d.String() + "0", "g" + d.String()[1:]} {
		if got, err := ParseDigest(bad); err == nil || got != (Digest{}) {
			t.Errorf("%q was read as %v", bad, got)
		}
	}
}
