package ndjson

import (
	"encoding/base64"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// An Author is an export's description of an author.
type Author struct {
	ID   eventlog.AuthorID
	Name string
	Kind event.AuthorKind
}

// AppendAuthor appends the line of an author and a line break.
func AppendAuthor(dst []byte, a Author) []byte {
	dst = append(dst, `{"v":1,"author":"`...)
	dst = append(dst, event.AuthorString(a.ID)...)
	dst = appendString(append(dst, `","name":`...), a.Name)
	dst = appendString(append(dst, `,"kind":`...), string(a.Kind))
	return append(dst, "}\n"...)
}

// AppendRecord appends the line of a record and a line break. The record must have a
// Proof. The error wraps eventlog.ErrDamaged if the text is not a list of strings or
// the shape is not JSON without white space.
func AppendRecord(dst []byte, r *eventlog.Record) ([]byte, error) {
	texts, err := event.Strings(r.Text)
	if err == nil {
		err = compactJSON(r.Shape)
	}
	if err != nil {
		return dst, recordError(r, err)
	}
	dst = appendString(append(dst, `{"v":1,"stream":`...), string(r.Stream))
	dst = strconv.AppendUint(append(dst, `,"revision":`...), uint64(r.Revision), 10)
	dst = strconv.AppendInt(append(dst, `,"time":`...), r.Time, 10)
	dst = append(append(dst, `,"author":"`...), event.AuthorString(r.Author)...)
	dst = append(append(dst, `","client":"`...), event.ClientString(r.Client)...)
	dst = strconv.AppendUint(append(dst, `","seq":`...), r.Seq, 10)
	dst = appendString(append(dst, `,"kind":`...), r.Kind)
	dst = strconv.AppendUint(append(dst, `,"schema":`...), uint64(r.Schema), 10)
	dst = append(append(dst, `,"shape":`...), r.Shape...)
	dst = append(dst, `,"text":[`...)
	for i, s := range texts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	dst = append(dst, `],"salt":"`...)
	unknown := r.Proof.Chain == chain.Digest{} // only behind a gap
	if len(r.Text) > 0 && !(unknown && r.Proof.Salt == chain.Salt{}) {
		dst = base64.StdEncoding.AppendEncode(dst, r.Proof.Salt[:])
	}
	if r.Proof.Redacted {
		dst = append(append(dst, `","commitment":"`...), r.Proof.Commitment.String()...)
	}
	dst = append(dst, `","chain":"`...)
	if !unknown {
		dst = append(dst, r.Proof.Chain.String()...)
	}
	return append(dst, "\"}\n"...), nil
}

// AppendEnd appends the last line of an export.
func AppendEnd(dst []byte, stream eventlog.Stream, revisions eventlog.Revision, head chain.Digest) []byte {
	dst = appendString(append(dst, `{"v":1,"end":true,"stream":`...), string(stream))
	dst = strconv.AppendUint(append(dst, `,"revisions":`...), uint64(revisions), 10)
	dst = append(append(dst, `,"head":"`...), head.String()...)
	return append(dst, "\"}\n"...)
}

// appendString appends s as JSON. It escapes what JSON demands, and U+007F, which
// should not reach a terminal.
func appendString(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ' || c == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
