package wire

import "iter"

// A Code is an error in one word, for programs to act on. The text beside it is
// for people.
type Code string

// The codes, in the order of codeTable.
const (
	BadJSON     Code = "bad_json"
	BadMessage  Code = "bad_message"
	UnknownType Code = "unknown_type"
	BadValue    Code = "bad_value"
	BadChange   Code = "bad_change"
	NotJoined   Code = "not_joined"
	NotFound    Code = "not_found"
	Forbidden   Code = "forbidden"
	ReadOnly    Code = "read_only"
	TooLarge    Code = "too_large"
	TooMany     Code = "too_many"
	RateLimited Code = "rate_limited"
	Stale       Code = "stale"
	Unavailable Code = "unavailable"
)

type codeRow struct {
	code    Code
	status  int
	meaning string
}

// codeTable gives each code its meaning and HTTP status.
var codeTable = [...]codeRow{
	{BadJSON, 400, "not JSON"},
	{BadMessage, 400, "not an object, a field missing, or a field of the wrong JSON type"},
	{UnknownType, 400, "no message has this type"},
	{BadValue, 400, "right type, but the server refuses the content"},
	{BadChange, 400, "a change that is malformed or does not fit the text"},
	{NotJoined, 409, "this needs a joined thread"},
	{NotFound, 404, "no such thread, revision or version"},
	{Forbidden, 403, "you have no right to do this"},
	{ReadOnly, 403, "this thread or server accepts no edits now"},
	{TooLarge, 413, "over a limit in bytes"},
	{TooMany, 413, "over a limit in number"},
	{RateLimited, 429, "too fast: wait a moment"},
	{Stale, 412, "based on a revision that cannot be rebased: pull, then send again"},
	{Unavailable, 503, "the log accepts no appends now; nothing was lost: send again"},
}

// Codes yields every code with its meaning, in a fixed order.
func Codes() iter.Seq2[Code, string] {
	return func(yield func(Code, string) bool) {
		for _, row := range codeTable {
			if !yield(row.code, row.meaning) {
				return
			}
		}
	}
}

func (c Code) row() codeRow {
	for _, row := range codeTable {
		if row.code == c {
			return row
		}
	}
	return codeRow{c, 500, "an error without a known code"}
}

// Status returns the HTTP status that goes with c; 500 for a code that is
// none of the constants.
func (c Code) Status() int { return c.row().status }

// Close codes of RFC 6455, section 7.4, that the server uses, and one of its own.
const (
	CloseGoingAway   = 1001 // the server is shutting down
	CloseUnsupported = 1003 // a binary frame
	CloseNotUTF8     = 1007 // a text frame that is not UTF-8
	ClosePolicy      = 1008 // a flood
	CloseTooLarge    = 1009 // a frame over the limit
	CloseTryAgain    = 1013 // too much was waiting, or the thread cannot be read: connect again
	CloseReplaced    = 4001 // the same client joined over another socket
)
