package wire

import (
	"strconv"

	"parodywave/eventlog"
)

// A Splice is an element of an entry's "rows": the Removed rows from index Line
// on are replaced by Rows. Splices ascend and apply one after the other, so
// Line counts lines of the text after the entry.
type Splice struct {
	Line, Removed int
	Rows          []RowRun // never empty
}

// A Row is the last change of a line.
type Row struct {
	Revision  eventlog.Revision
	Author    eventlog.AuthorID
	At        int64 // Unix milliseconds
	Submitted bool
}

// A RowRun is Count equal rows of successive lines, as a paste leaves them. The
// frame has each of them.
type RowRun struct {
	Row
	Count int
}

// Add adds a row at the end.
func (s *Splice) Add(r Row) {
	if n := len(s.Rows); n > 0 && s.Rows[n-1].Row == r {
		s.Rows[n-1].Count++
		return
	}
	s.Rows = append(s.Rows, RowRun{r, 1})
}

// RowsIn returns how many rows splices insert.
func RowsIn(splices []Splice) int {
	n := 0
	for i := range splices {
		for _, r := range splices[i].Rows {
			n += r.Count
		}
	}
	return n
}

func (s *Splice) appendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), int64(s.Line), 10)
	dst = strconv.AppendInt(append(dst, ','), int64(s.Removed), 10)
	dst = append(dst, ',', '[')
	for _, r := range s.Rows {
		start := len(dst)
		dst = appendID(appendRev(dst, `[`, r.Revision), `,`, r.Author)
		dst = strconv.AppendInt(append(dst, ','), r.At, 10)
		dst = append(appendBool(dst, `,`, r.Submitted), ']', ',')
		one := dst[start:]
		for range r.Count - 1 {
			dst = append(dst, one...)
		}
	}
	return append(dst[:len(dst)-1], ']', ']')
}
