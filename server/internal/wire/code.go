package wire

import "cmp"

// A Code is an error in one word, for programs to act on. The text beside it is
// for people.
type Code string

const (
	BadJSON      Code = "bad_json"      // not JSON
	BadMessage   Code = "bad_message"   // not an object, a field missing, or a field of the wrong JSON type
	UnknownType  Code = "unknown_type"  // no message has this type
	BadValue     Code = "bad_value"     // right type, but the server refuses the content
	BadChange    Code = "bad_change"    // a change that is malformed or does not fit the text
	NotJoined    Code = "not_joined"    // this needs a joined thread
	NotFound     Code = "not_found"     // no such thread, revision or version
	Forbidden    Code = "forbidden"     // you have no right to do this
	ReadOnly     Code = "read_only"     // this thread or server accepts no edits now
	TooLarge     Code = "too_large"     // over a limit in bytes
	TooMany      Code = "too_many"      // over a limit in number
	RateLimited  Code = "rate_limited"  // too fast: wait a moment
	Stale        Code = "stale"         // based on a revision that cannot be rebased: pull, then send again
	BaseRequired Code = "base_required" // a whole text without the revision that it was made from
	Unknown      Code = "unknown"       // the change may be in the log: ask again with the same key
	Unavailable  Code = "unavailable"   // the log accepts no appends now; nothing was lost: send again
)

// Statuses has the HTTP status that goes with each code.
var Statuses = map[Code]int{
	BadJSON: 400, BadMessage: 400, UnknownType: 400, BadValue: 400, BadChange: 400,
	NotJoined: 409, NotFound: 404, Forbidden: 403, ReadOnly: 403,
	TooLarge: 413, TooMany: 413, RateLimited: 429, Stale: 412, BaseRequired: 428, Unknown: 503, Unavailable: 503,
}

// Status returns the HTTP status that goes with c; 500 for a code that is
// none of the constants.
func (c Code) Status() int { return cmp.Or(Statuses[c], 500) }

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
