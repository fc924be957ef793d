package ndjson

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"

	"github.com/oklog/ulid/v2"
)

// A row holds the fields of one line that were not asked for yet, and the
// first thing that is not as it should be.
type row struct {
	fields []field
	err    error
}

// errNewer: the line is of a format that came later.
var errNewer = errors.New("format is newer than this program reads")

func parseRow(line []byte) (*row, error) {
	fields, err := object(line)
	if err != nil {
		return nil, err
	}
	r := &row{fields: fields}
	if v := r.num("v"); r.err == nil && v != 1 {
		r.err = fmt.Errorf("\"v\" is %d and this program reads 1: %w", v, errNewer)
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

// raw takes a field out. It returns nil, and there is an error, without it.
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
	s := scanner{in: raw}
	n, err := s.num()
	if err != nil || s.pos != len(raw) {
		r.fail("field %q is no whole number", key)
	}
	return n
}

func (r *row) str(key string) string {
	raw := r.raw(key)
	if r.err != nil {
		return ""
	}
	s := scanner{in: raw}
	v, err := s.str()
	if err != nil {
		r.fail("field %q is no string", key)
	}
	return v
}

func (r *row) strs(key string) []string {
	raw := r.raw(key)
	if r.err != nil {
		return nil
	}
	s := scanner{in: raw}
	var out []string
	err := s.take('[')
	if err == nil {
		err = s.members(']', func() error {
			v, err := s.str()
			out = append(out, v)
			return err
		})
	}
	if err != nil {
		r.fail("field %q is no list of strings", key)
	}
	return out
}

func (r *row) id(key string) [16]byte {
	v := r.str(key)
	id, err := ulid.ParseStrict(v)
	if err != nil || id.String() != v {
		r.fail("field %q is no ULID: %.40q", key, v)
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

func (r *row) salt(key string, text bool) (salt chain.Salt) {
	v := r.str(key)
	if !text {
		if v != "" {
			r.fail("field %q is not empty and there is no text", key)
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

// end returns the first error; a field that nobody asked for is one.
func (r *row) end() error {
	if r.err == nil && len(r.fields) > 0 {
		r.fail("field %q is not known", r.fields[0].key)
	}
	return r.err
}

func (r *row) author() (Author, error) {
	a := Author{ID: r.id("author"), Name: r.str("name"), Kind: event.AuthorKind(r.str("kind"))}
	if !event.IsWord(string(a.Kind)) {
		r.fail("field %q is %.40q", "kind", a.Kind)
	}
	return a, r.end()
}

func (r *row) record() (eventlog.Record, error) {
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
	rec.Shape = compact(r.raw("shape"))
	rec.Text = event.AppendStrings(nil, r.strs("text")...)
	p := &eventlog.Proof{Salt: r.salt("salt", len(rec.Text) > 0), Redacted: r.has("commitment")}
	if p.Redacted {
		p.Commitment = r.digest("commitment")
		if len(rec.Text) == 0 {
			r.fail("field %q stands there without a text", "commitment")
		}
	}
	p.Chain = r.digest("chain")
	rec.Proof = p
	return rec, r.end()
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
