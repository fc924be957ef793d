package ndjson

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/strictjson"

	"github.com/oklog/ulid/v2"
)

// A field is one member of a line: its raw value has no white space around it.
type field struct {
	key string
	raw []byte
}

// A row holds the fields of one line that nobody has asked for yet, and the first
// error.
type row struct {
	fields []field
	flaws  strictjson.Flaws // of all strings of the line
	err    error
}

// errNewer: the line has a format of a later release.
var errNewer = errors.New("format is newer than this program reads")

func parseRow(line []byte) (*row, error) {
	if !utf8.Valid(line) {
		return nil, errors.New("this is not UTF-8")
	}
	r := &row{fields: make([]field, 0, 14)}
	s := strictjson.New(line)
	ok := s.Members(func(name []byte) bool {
		if r.has(string(name)) {
			r.fail("field %q is there twice", name)
		}
		raw := s.Value()
		r.fields = append(r.fields, field{string(name), raw})
		return raw != nil
	})
	r.flaws = s.Flaws
	switch {
	case !ok || !s.End():
		return nil, fmt.Errorf("byte %d: this is not JSON: each line must be one object", s.Offset()+1)
	case r.flaws&strictjson.Lone != 0:
		return nil, errors.New("a string contains a lone surrogate")
	}
	if v := r.num("v"); r.err == nil && v != 1 {
		r.err = fmt.Errorf("\"v\" is %d, and this program reads 1: %w", v, errNewer)
	}
	return r, r.err
}

func (r *row) has(key string) bool {
	for i := range r.fields {
		if r.fields[i].key == key {
			return true
		}
	}
	return false
}

// is reports whether a field has a raw value.
func (r *row) is(key, raw string) bool {
	for i := range r.fields {
		if r.fields[i].key == key {
			return string(r.fields[i].raw) == raw
		}
	}
	return false
}

// raw removes a field and returns its value. If it is missing, raw returns nil and
// sets the error.
func (r *row) raw(key string) []byte {
	for i, f := range r.fields {
		if f.key == key {
			r.fields = append(r.fields[:i], r.fields[i+1:]...)
			return f.raw
		}
	}
	r.fail("field %q is missing", key)
	return nil
}

func (r *row) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *row) num(key string) uint64 {
	raw := r.raw(key)
	if r.err != nil {
		return 0
	}
	n, rest, ok := strictjson.CutUint(raw)
	if !ok || len(rest) > 0 {
		r.fail("field %q is not a whole number", key)
	}
	return n
}

func (r *row) str(key string) string {
	raw := r.raw(key)
	if r.err != nil {
		return ""
	}
	if raw[0] != '"' {
		r.fail("field %q is not a string", key)
		return ""
	}
	return strictjson.Unquote(raw, r.flaws)
}

func (r *row) strs(key string) []string {
	raw := r.raw(key)
	if r.err != nil {
		return nil
	}
	var out []string
	s := strictjson.New(raw)
	ok := s.Array(func() bool {
		literal := s.String()
		if literal != nil {
			out = append(out, strictjson.Unquote(literal, r.flaws))
		}
		return literal != nil
	})
	if !ok {
		r.fail("field %q is not a list of strings", key)
	}
	return out
}

func (r *row) id(key string) [16]byte {
	v := r.str(key)
	id, err := ulid.ParseStrict(v)
	if err != nil || id.String() != v {
		r.fail("field %q is not a ULID: %.40q", key, v)
	}
	return id
}

func (r *row) digest(key string) chain.Digest {
	v := r.str(key)
	d, err := chain.ParseDigest(v)
	if err != nil || d.String() != v {
		r.fail("field %q is not 64 lower-case hexadecimal digits: %.80q", key, v)
	}
	return d
}

// salt reads a salt. Behind a gap it may be lost.
func (r *row) salt(key string, text, gap bool) (salt chain.Salt) {
	v := r.str(key)
	if gap && v == "" {
		return salt
	}
	if !text {
		if v != "" {
			r.fail("field %q is not empty, but there is no text", key)
		}
		return salt
	}
	b, err := base64.StdEncoding.Strict().DecodeString(v)
	if err != nil || len(b) != len(salt) || len(v) != base64.StdEncoding.EncodedLen(len(salt)) {
		r.fail("field %q is not base64 of %d bytes: %.40q", key, len(salt), v)
		return salt
	}
	return chain.Salt(b)
}

// end returns the first error. A field that nobody has asked for is an error.
func (r *row) end() error {
	if r.err == nil && len(r.fields) > 0 {
		r.fail("field %q is not known", r.fields[0].key)
	}
	return r.err
}

func (r *row) shape() []byte {
	raw := r.raw("shape")
	if r.err == nil && !isShape(raw) {
		r.fail("field %q has a value that no shape has", "shape")
	}
	if r.err != nil {
		return nil
	}
	return compact(raw)
}

func (r *row) author() (Author, error) {
	a := Author{ID: r.id("author"), Name: r.str("name"), Kind: event.AuthorKind(r.str("kind"))}
	if !event.IsWord(string(a.Kind)) {
		r.fail("field %q is %.40q", "kind", a.Kind)
	}
	return a, r.end()
}

// record reads a record, or one behind a gap.
func (r *row) record(gap bool) (eventlog.Record, error) {
	rec := eventlog.Record{
		Stream:   eventlog.Stream(r.str("stream")),
		Revision: eventlog.Revision(r.num("revision")),
		Time:     int64(r.num("time")),
		Author:   r.id("author"),
		Client:   r.id("client"),
		Seq:      r.num("seq"),
		Kind:     r.str("kind"),
	}
	if n := r.num("schema"); n > 1<<32-1 {
		r.fail("field %q is %d", "schema", n)
	} else {
		rec.Schema = uint32(n)
	}
	rec.Shape = r.shape()
	rec.Text = event.AppendStrings(nil, r.strs("text")...)
	p := &eventlog.Proof{Salt: r.salt("salt", len(rec.Text) > 0, gap), Redacted: r.has("commitment")}
	if p.Redacted {
		p.Commitment = r.digest("commitment")
		if len(rec.Text) == 0 {
			r.fail("field %q is there without a text", "commitment")
		}
	}
	if gap && r.is("chain", `""`) {
		r.raw("chain") // unknown
	} else {
		p.Chain = r.digest("chain")
	}
	rec.Proof = p
	return rec, r.end()
}

func (r *row) gap() (eventlog.Stream, Gap, error) {
	if raw := r.raw("gap"); !bytes.Equal(raw, []byte("true")) {
		r.fail("field %q is not true", "gap")
	}
	stream := eventlog.Stream(r.str("stream"))
	g := Gap{From: eventlog.Revision(r.num("from")), To: eventlog.Revision(r.num("to")), Why: r.str("why")}
	return stream, g, r.end()
}

func (r *row) salvaged() (stream eventlog.Stream, records, gaps uint64, err error) {
	records, gaps = r.num("salvaged"), r.num("gaps")
	stream = eventlog.Stream(r.str("stream"))
	return stream, records, gaps, r.end()
}

func (r *row) last() (eventlog.Head, error) {
	if raw := r.raw("end"); !bytes.Equal(raw, []byte("true")) {
		r.fail("field %q is not true", "end")
	}
	h := eventlog.Head{
		Stream:   eventlog.Stream(r.str("stream")),
		Revision: eventlog.Revision(r.num("revisions")),
		Chain:    r.digest("head"),
	}
	return h, r.end()
}
