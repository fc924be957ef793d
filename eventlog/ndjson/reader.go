package ndjson

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// MaxLineBytes bounds one line of an export.
const MaxLineBytes = 128 << 20

// A Document is an export that has been verified.
type Document struct {
	Stream  eventlog.Stream
	Records []eventlog.Record // ready for Append: each has its Proof
	Events  []event.Event     // of the records
	Authors []Author          // those with names, in order of appearance
	Head    eventlog.Head
	Digest  chain.Digest // SHA-256 of the file

	// Gaps are what follows the end line of a salvaged export. No import takes the
	// records in them.
	Gaps []Gap
}

// Read reads an export to its end and checks all of it. If it does not verify, the
// error is an *Error, which matches ErrRefused; other errors come from the source.
func Read(from io.Reader) (*Document, error) {
	sum := sha256.New()
	in := bufio.NewReaderSize(io.TeeReader(from, sum), 64<<10)
	r := reader{doc: new(Document), known: map[eventlog.AuthorID]bool{}}
	for {
		line, err := readLine(in)
		if len(line) > 0 {
			r.line++
			if refused := r.next(line); refused != nil {
				return nil, refused
			}
		}
		if err == io.EOF {
			break
		}
		if err == errLong {
			return nil, r.refuse(hintFormat, "the line is longer than %d bytes", MaxLineBytes)
		}
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
	}
	if refused := r.complete(); refused != nil {
		return nil, refused
	}
	if err := r.redactions(); err != nil {
		return nil, err
	}
	r.doc.Digest = chain.Digest(sum.Sum(nil))
	return r.doc, nil
}

var errLong = errors.New("line is too long")

// readLine returns a line with its line break.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > MaxLineBytes {
			return nil, errLong
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

type reader struct {
	doc    *Document
	line   int // of the file, from 1
	lines  []int
	known  map[eventlog.AuthorID]bool // has had a record
	named  *Author                    // its first record must follow
	hasher chain.Hasher
	ended  bool

	// Behind the end line of a salvaged export:
	behind   eventlog.Revision // of the last record or gap
	unproved chain.Digest      // C there, zero if unknown
	over     bool
}

func (r *reader) refuse(hint, format string, args ...any) *Error {
	return &Error{r.line, 0, fmt.Sprintf(format, args...), hint}
}

// next reads one line.
func (r *reader) next(line []byte) *Error {
	if r.over {
		return r.refuse(hintCopy, "a line follows the last line")
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return r.refuse(hintCopy, "the line is empty")
	}
	row, err := parseRow(line)
	if err != nil {
		hint := hintCopy
		if errors.Is(err, errNewer) {
			hint = hintVersion
		} else if r.line == 1 {
			hint = hintFormat
		}
		return r.refuse(hint, "%v", err)
	}
	switch {
	case row.has("gap"):
		return r.gap(row)
	case r.ended && len(r.doc.Gaps) == 0:
		return r.refuse(hintCopy, "a line follows the end line")
	case row.has("salvaged") && len(r.doc.Gaps) > 0:
		return r.salvagedEnd(row)
	case row.has("revision") && len(r.doc.Gaps) > 0:
		return r.salvaged(row)
	case row.has("end"):
		return r.end(row)
	case row.has("revision"):
		return r.record(row)
	}
	return r.author(row)
}

func (r *reader) author(row *row) *Error {
	a, err := row.author()
	switch {
	case err != nil:
		return r.refuse(hintCopy, "%v", err)
	case r.named != nil:
		return r.refuse(hintCopy, "author %s is named, and another author's line follows", event.AuthorString(r.named.ID))
	case r.known[a.ID]:
		return r.refuse(hintCopy, "author %s is named here, after a record of that author", event.AuthorString(a.ID))
	}
	r.named = &a
	return nil
}

// record reads a record and extends the chain by it.
func (r *reader) record(row *row) *Error {
	rec, err := row.record(false)
	d := r.doc
	if err != nil {
		e := r.refuse(hintCopy, "%v", err)
		e.Revision = rec.Revision
		return e
	}
	if len(d.Records) == 0 {
		d.Stream = rec.Stream
		d.Head = eventlog.Head{Stream: rec.Stream, Chain: chain.Start(string(rec.Stream))}
	}
	e := r.follows(&rec)
	if e == nil {
		e = r.chain(&rec)
	}
	if e != nil {
		e.Revision = rec.Revision
		return e
	}
	ev, err := event.Decode(rec)
	if err != nil {
		e := r.refuse(hintForged, "%v", err)
		e.Revision = rec.Revision
		return e
	}
	d.Records, d.Events, r.lines = append(d.Records, rec), append(d.Events, ev), append(r.lines, r.line)
	d.Head = eventlog.Head{Stream: rec.Stream, Revision: rec.Revision, Time: rec.Time, Chain: rec.Proof.Chain}
	return nil
}

// follows checks that rec may follow the earlier lines.
func (r *reader) follows(rec *eventlog.Record) *Error {
	d := r.doc
	switch {
	case !event.IsThread(rec.Stream):
		return r.refuse(hintFormat, "stream %.80q is not a thread", rec.Stream)
	case rec.Stream != d.Stream:
		return r.refuse(hintCopy, "stream is %.80q, but the earlier lines have %s", rec.Stream, d.Stream)
	case rec.Revision != d.Head.Revision+1:
		return r.refuse(hintCopy, "revision %d is expected", d.Head.Revision+1)
	case r.named != nil && r.named.ID != rec.Author:
		return r.refuse(hintCopy, "author %s is named, and another author's record follows", event.AuthorString(r.named.ID))
	}
	if err := rec.Check(d.Stream, d.Head); err != nil {
		return r.refuse(hintForged, "%v", err)
	}
	if r.named != nil {
		d.Authors, r.named = append(d.Authors, *r.named), nil
	}
	r.known[rec.Author] = true
	return nil
}

func (r *reader) chain(rec *eventlog.Record) *Error {
	p := rec.Proof
	if !p.Redacted {
		p.Commitment = r.hasher.Commit(p.Salt, rec.Text)
	}
	v := rec.Values(p.Commitment)
	if c := r.hasher.Next(r.doc.Head.Chain, &v); c != p.Chain {
		return r.refuse(hintForged, "the chain does not verify: \"chain\" is %s, and the record gives %s", p.Chain, c)
	}
	return nil
}

func (r *reader) end(row *row) *Error {
	h, err := row.last()
	d := r.doc
	switch {
	case err != nil:
		return r.refuse(hintCopy, "%v", err)
	case r.named != nil:
		return r.refuse(hintCopy, "author %s is named, and no record follows", event.AuthorString(r.named.ID))
	case len(d.Records) == 0:
		return r.refuse(hintCopy, "there is no record")
	case h.Stream != d.Stream:
		return r.refuse(hintCopy, "the end line is of stream %.80q, the earlier lines are of %s", h.Stream, d.Stream)
	case h.Revision != d.Head.Revision:
		return r.refuse(hintCopy, "the end line says %d revisions, and there are %d", h.Revision, d.Head.Revision)
	case h.Chain != d.Head.Chain:
		return r.refuse(hintForged, "the end line's head %s is not the last record's chain %s", h.Chain, d.Head.Chain)
	}
	r.ended, r.behind = true, d.Head.Revision
	return nil
}
