package wire

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"syscall"

	"parodywave/eventlog"
)

// An Error says why a message or a request was refused. It is both a Go error
// and the frame `error`.
type Error struct {
	Code Code
	Text string            // what is wrong and what to do, lower case, for people
	Re   string            // the type of the message that it answers; "" if unknown
	Head eventlog.Revision // the thread's head, with Stale; 0 is not sent
}

// Errorf returns an Error with a formatted text and no Re.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// Answering returns a copy of e that answers a message of type re.
func (e *Error) Answering(re string) *Error {
	answer := *e
	answer.Re = re
	return &answer
}

// ErrorFor returns err as the answer to a message of type re. It is the one
// place that maps errors to codes.
func ErrorFor(err error, re string) *Error {
	var e *Error
	var damage *eventlog.DamageError
	switch {
	case errors.As(err, &e):
		if e.Re != "" {
			return e
		}
	case errors.Is(err, eventlog.ErrNotFound):
		e = Errorf(NotFound, "there is no such thread or revision")
	case errors.Is(err, eventlog.ErrUnknown), errors.Is(err, context.Canceled):
		e = OutcomeUnknown()
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrClosed), errors.Is(err, eventlog.ErrConflict):
		e = Refusal(err)
	case errors.As(err, &damage) && damage.Stream != "":
		e = Errorf(Unavailable, "thread %s cannot be read, because the log is damaged from revision %d of it on; nothing in it was changed; the operator can save it: parodywave doctor says how", damage.Stream, damage.Revision)
	default:
		e = Errorf(Unavailable, "%v", err)
	}
	return e.Answering(re)
}

// OutcomeUnknown returns the error for a change that may be in the log or not. To
// send it again without a key could double it.
func OutcomeUnknown() *Error {
	return Errorf(Unknown, "it is not known whether the change was saved: send the request again with the same Idempotency-Key; without one, look before you send it again")
}

// Refusal returns err, with which the log refused an append, as an Error. Its text
// names the state of the server's disk if that is the cause.
func Refusal(err error) *Error {
	cause := "the log cannot accept writes now"
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		cause = "the server's disk is full"
	case errors.Is(err, syscall.EROFS):
		cause = "the server's disk is read-only"
	case errors.Is(err, syscall.EFBIG):
		cause = "the server's log may not grow any more"
	}
	return Errorf(Unavailable, "%s; nothing was lost: send again", cause)
}

// Error returns the code and the text.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Text }

// Is reports whether target is an Error with the same code, so that
// errors.Is(err, &wire.Error{Code: wire.Stale}) holds for every stale.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// AppendJSON appends the frame `error`.
func (e *Error) AppendJSON(dst []byte) []byte {
	dst = appendString(append(dst, `{"type":"error","code":`...), string(e.Code))
	dst = appendString(append(dst, `,"text":`...), e.Text)
	if e.Re != "" {
		dst = appendString(append(dst, `,"re":`...), e.Re)
	}
	if e.Head != 0 {
		dst = strconv.AppendUint(append(dst, `,"head":`...), uint64(e.Head), 10)
	}
	return append(dst, '}')
}
