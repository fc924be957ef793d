package wire

import (
	"strconv"

	"parodywave/eventlog"
)

// StatusReply is the answer to Status.
type StatusReply struct {
	Connections int // open now
	Threads     int
}

// AppendJSON appends the frame `status`.
func (m *StatusReply) AppendJSON(dst []byte) []byte {
	dst = appendInt(dst, `{"type":"status","connections":`, m.Connections)
	dst = appendInt(dst, `,"threads":`, m.Threads)
	return append(dst, '}')
}

// ListReply is the answer to List.
type ListReply struct {
	Threads []ThreadRow // newest activity first
	Total   int         // of all threads
}

// ThreadsInList is the most rows that a ListReply has.
const ThreadsInList = 200

// A ThreadRow describes one thread.
type ThreadRow struct {
	ID          eventlog.Stream
	Title       string
	OpenedBy    string // a name
	OpenedAt    int64  // Unix milliseconds
	UpdatedAt   int64  // Unix milliseconds
	UpdatedBy   string // a name
	Lines       int
	Connections int // joined now
	Rev         eventlog.Revision
	Here        []string // names of people joined now, at most NamesInRow
	Typing      []string // names of people typing now, at most NamesInRow
	Last        string   // beginning of the line that changed last
	Damaged     string   // why the thread cannot be read; empty if it can
}

// NamesInRow is the most names that each list in a ThreadRow has.
const NamesInRow = 8

// AppendJSON appends the row as a list has it.
func (r *ThreadRow) AppendJSON(dst []byte) []byte {
	dst = appendText(dst, `{"id":`, string(r.ID))
	dst = appendText(dst, `,"title":`, r.Title)
	dst = appendText(dst, `,"opened_by":`, r.OpenedBy)
	dst = strconv.AppendInt(append(dst, `,"opened_at":`...), r.OpenedAt, 10)
	dst = strconv.AppendInt(append(dst, `,"updated_at":`...), r.UpdatedAt, 10)
	dst = appendText(dst, `,"updated_by":`, r.UpdatedBy)
	dst = appendInt(dst, `,"lines":`, r.Lines)
	dst = appendInt(dst, `,"connections":`, r.Connections)
	dst = appendRev(dst, `,"rev":`, r.Rev)
	dst = appendList(dst, `,"here":`, r.Here, appendName)
	dst = appendList(dst, `,"typing":`, r.Typing, appendName)
	dst = appendText(dst, `,"last":`, r.Last)
	if r.Damaged != "" {
		dst = appendText(dst, `,"damaged":`, r.Damaged)
	}
	return append(dst, '}')
}

func appendName(dst []byte, name *string) []byte { return appendString(dst, *name) }

// AppendJSON appends the frame `list`.
func (m *ListReply) AppendJSON(dst []byte) []byte {
	dst = appendList(dst, `{"type":"list","threads":`, m.Threads,
		func(dst []byte, r *ThreadRow) []byte { return r.AppendJSON(dst) })
	dst = appendInt(dst, `,"total":`, m.Total)
	return append(dst, '}')
}
