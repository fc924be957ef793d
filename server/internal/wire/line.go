package wire

import (
	"iter"
	"strconv"

	"parodywave/eventlog"
)

// LineJoin is the answer to Open and to Join in line mode, and the resync after
// lines were inserted, removed or moved above the end.
type LineJoin struct {
	Thread eventlog.Stream
	Title  string
	Data   LineData // the line of index i is the ith
	Rev    eventlog.Revision
	Limits Limits

	// Received is not nil in a resync: it counts this connection's New, Update
	// and Submit messages that Data includes. Current is the index of the
	// client's current line then, nil if it has none.
	Current  *int
	Received *uint64
}

// LineData is the lines of a thread, encoded once for all joins that have them. It may be
// used concurrently.
type LineData struct{ json []byte }

// NewLineData encodes rows.
func NewLineData(rows iter.Seq[LineRow]) LineData {
	var json []byte
	for r := range rows {
		if len(json) > 0 {
			json = append(json, ',')
		}
		json = r.appendJSON(json)
	}
	return LineData{json}
}

// A LineRow is one line of a thread.
type LineRow struct {
	Line      int // its index, from 0
	Value     string
	User      string // who changed it last
	Submitted bool   // finished, and not changed since
}

func (r *LineRow) appendJSON(dst []byte) []byte {
	dst = appendInt(dst, `{"line":`, r.Line)
	dst = appendText(dst, `,"value":`, r.Value)
	dst = appendText(dst, `,"user":`, r.User)
	dst = appendBool(dst, `,"submitted":`, r.Submitted)
	return append(dst, '}')
}

// AppendJSON appends the frame `join` of line mode.
func (m *LineJoin) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"join","thread":`, string(m.Thread))
	dst = appendText(dst, `,"title":`, m.Title)
	dst = append(append(dst, `,"data":[`...), m.Data.json...)
	dst = append(dst, ']')
	dst = appendRev(dst, `,"rev":`, m.Rev)
	if m.Received != nil {
		if m.Current != nil {
			dst = appendInt(dst, `,"current":`, *m.Current)
		} else {
			dst = append(dst, `,"current":null`...)
		}
		dst = strconv.AppendUint(append(dst, `,"received":`...), *m.Received, 10)
	}
	dst = m.Limits.AppendJSON(append(dst, `,"limits":`...))
	return append(dst, '}')
}

// LineUpdate is what a line now reads, for clients in line mode.
type LineUpdate struct {
	ID        eventlog.Stream
	Line      int // index, from 0
	Value     string
	User      string // who changed the line last
	Rev       eventlog.Revision
	Submitted bool
	Mine      bool // the receipt, to the connection that sent it
	Gone      bool // with Mine: the line is gone; Line and the rest describe the last line
}

// AppendJSON appends the frame `update` of line mode.
func (m *LineUpdate) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"type":"update","id":`, string(m.ID))
	dst = appendInt(dst, `,"line":`, m.Line)
	dst = appendText(dst, `,"value":`, m.Value)
	dst = appendText(dst, `,"user":`, m.User)
	dst = appendRev(dst, `,"rev":`, m.Rev)
	dst = appendBool(dst, `,"submitted":`, m.Submitted)
	if m.Mine {
		dst = append(dst, `,"mine":true`...)
	}
	if m.Gone {
		dst = append(dst, `,"gone":true`...)
	}
	return append(dst, '}')
}
