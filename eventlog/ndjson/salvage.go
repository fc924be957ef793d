package ndjson

import (
	"io"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
)

// A Gap is a place where a thread is not proved, and the records behind it.
type Gap struct {
	From, To eventlog.Revision // that are missing; none if To is From-1
	Why      string
	Records  []eventlog.Record // each has a Proof; zero values in it are unknown
}

// Empty reports whether no revision is missing in the gap.
func (g *Gap) Empty() bool { return g.To < g.From }

// Salvage writes what is left of a thread. The first of runs is the beginning of the
// thread if it is an empty gap before revision 1 without a reason: its records become the part that can
// be imported, and must verify and fold.
func Salvage(to io.Writer, stream eventlog.Stream, runs []Gap, names Names) error {
	w := NewWriter(to, names)
	if len(runs) > 0 && runs[0].From == 1 && runs[0].Empty() && runs[0].Why == "" {
		for _, r := range runs[0].Records {
			if err := w.Write(r); err != nil {
				return err
			}
		}
		if _, err := w.End(); err != nil || len(runs) == 1 {
			return err
		}
		runs = runs[1:]
	}
	n := 0
	for i := range runs {
		w.buf = appendGap(w.buf[:0], stream, &runs[i])
		if _, err := w.w.Write(w.buf); err != nil {
			return err
		}
		for _, r := range runs[i].Records {
			w.head = eventlog.Head{Stream: r.Stream, Revision: r.Revision - 1}
			if err := w.Write(r); err != nil {
				return err
			}
			n++
		}
	}
	w.buf = strconv.AppendInt(append(w.buf[:0], `{"v":1,"salvaged":`...), int64(n), 10)
	w.buf = strconv.AppendInt(append(w.buf, `,"gaps":`...), int64(len(runs)), 10)
	w.buf = append(appendString(append(w.buf, `,"stream":`...), string(stream)), "}\n"...)
	_, err := w.w.Write(w.buf)
	return err
}

func appendGap(dst []byte, stream eventlog.Stream, g *Gap) []byte {
	dst = appendString(append(dst, `{"v":1,"gap":true,"stream":`...), string(stream))
	dst = strconv.AppendUint(append(dst, `,"from":`...), uint64(g.From), 10)
	dst = strconv.AppendUint(append(dst, `,"to":`...), uint64(g.To), 10)
	return append(appendString(append(dst, `,"why":`...), g.Why), "}\n"...)
}

// gap reads the line of a gap.
func (r *reader) gap(row *row) *Error {
	stream, g, err := row.gap()
	d := r.doc
	switch {
	case err != nil:
		return r.refuse(hintCopy, "%v", err)
	case r.named != nil:
		return r.refuse(hintCopy, "author %s is named, and no record follows", event.AuthorString(r.named.ID))
	case len(d.Records) > 0 && !r.ended:
		return r.refuse(hintCopy, "a gap is not behind the end line")
	case !event.IsThread(stream):
		return r.refuse(hintFormat, "stream %.80q is not a thread", stream)
	case d.Stream != "" && stream != d.Stream:
		return r.refuse(hintCopy, "stream is %.80q, but the earlier lines have %s", stream, d.Stream)
	case g.From != r.behind+1 || g.To < r.behind:
		return r.refuse(hintCopy, "the gap is from revision %d to %d, and revision %d is expected", g.From, g.To, r.behind+1)
	}
	d.Stream, r.behind, r.unproved = stream, g.To, chain.Digest{}
	d.Gaps = append(d.Gaps, g)
	return nil
}

// salvaged reads a record behind a gap.
func (r *reader) salvaged(row *row) *Error {
	rec, err := row.record(true)
	refuse := func(hint, format string, args ...any) *Error {
		e := r.refuse(hint, format, args...)
		e.Revision = rec.Revision
		return e
	}
	p := rec.Proof
	switch {
	case err != nil:
		return refuse(hintCopy, "%v", err)
	case rec.Stream != r.doc.Stream:
		return refuse(hintCopy, "stream is %.80q, but the earlier lines have %s", rec.Stream, r.doc.Stream)
	case rec.Revision != r.behind+1:
		return refuse(hintCopy, "revision %d is expected", r.behind+1)
	case r.named != nil && r.named.ID != rec.Author:
		return refuse(hintCopy, "author %s is named, and another author's record follows", event.AuthorString(r.named.ID))
	}
	if _, err := event.Decode(rec); err != nil {
		return refuse(hintForged, "%v", err)
	}
	if zero := (chain.Digest{}); p.Chain != zero && r.unproved != zero {
		if !p.Redacted {
			p.Commitment = r.hasher.Commit(p.Salt, rec.Text)
		}
		v := rec.Values(p.Commitment)
		if c := r.hasher.Next(r.unproved, &v); c != p.Chain {
			return refuse(hintForged, "the chain does not verify: \"chain\" is %s, and the record gives %s", p.Chain, c)
		}
	}
	if r.named != nil {
		r.named = nil // the name of an author of records that no import takes
	}
	r.known[rec.Author] = true
	r.behind, r.unproved = rec.Revision, p.Chain
	g := &r.doc.Gaps[len(r.doc.Gaps)-1]
	g.Records = append(g.Records, rec)
	return nil
}

// salvagedEnd reads the last line of a salvaged export.
func (r *reader) salvagedEnd(row *row) *Error {
	stream, n, gaps, err := row.salvaged()
	have := 0
	for i := range r.doc.Gaps {
		have += len(r.doc.Gaps[i].Records)
	}
	switch {
	case err != nil:
		return r.refuse(hintCopy, "%v", err)
	case stream != r.doc.Stream || n != uint64(have) || gaps != uint64(len(r.doc.Gaps)):
		return r.refuse(hintCopy, "the last line says %d records behind %d gaps of %.80q, and there are %d behind %d of %s", n, gaps, stream, have, len(r.doc.Gaps), r.doc.Stream)
	case r.named != nil:
		return r.refuse(hintCopy, "author %s is named, and no record follows", event.AuthorString(r.named.ID))
	}
	r.over = true
	return nil
}

// complete returns why the file ends too early, nil if it does not.
func (r *reader) complete() *Error {
	r.line++
	switch {
	case len(r.doc.Gaps) > 0 && !r.over:
		return r.refuse(hintCopy, "the file ends without its last line")
	case len(r.doc.Gaps) > 0 && !r.ended:
		r.line = 1
		return r.refuse(hintNothing, "revision 1 of thread %s is missing, so no text can be made of the rest", r.doc.Stream)
	case !r.ended:
		return r.refuse(hintCopy, "the file ends without an end line")
	}
	return nil
}
