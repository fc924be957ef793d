package authority

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A Message is what Room.Frame encodes. Its pointers are valid only during
// that call.
type Message interface{ message() }

type (
	// Entries are entries of the log for peers in text mode. Chain is the chain
	// value after the last.
	Entries struct {
		List  []Entry
		Chain chain.Digest
	}
	// TextJoined answers a join in text mode with the whole thread.
	TextJoined struct {
		Thread *projection.Thread
		Chain  chain.Digest
		Reset  bool // the log does not have what the client saw
	}
	// Resumed answers a join that resumes. The entries after Since follow.
	Resumed struct {
		Thread *projection.Thread
		Since  eventlog.Revision
	}

	// LineJoined answers a join in line mode with the whole thread, and is the
	// resync later.
	LineJoined struct {
		Thread   *projection.Thread
		Resync   bool
		Current  int    // with Resync: index of the peer's current line, -1 for none
		Received uint64 // with Resync: how many receipts the data includes, counted on this connection
	}
	// LineUpdate is what a line now reads.
	LineUpdate struct {
		Line      int // -1 (only with Mine): the line is gone
		Last      int // where Line is -1: the thread's last line, which the other fields describe
		Value     string
		Author    eventlog.AuthorID
		Revision  eventlog.Revision
		Submitted bool
		Mine      bool
	}

	// Cursor is where another client is in the text.
	Cursor struct {
		Client   eventlog.ClientID
		Author   eventlog.AuthorID
		Revision eventlog.Revision
		Ranges   [][2]int
	}
	// Beacon lets a client compare its text.
	Beacon struct {
		Revision eventlog.Revision
		Length   int
		SHA256   [32]byte
		Chain    chain.Digest
	}
	// Failed says that a message of the peer had no effect.
	Failed struct {
		Err *wire.Error
		Re  string // the type of the message
	}
)

// An Entry is an event as text mode streams it.
type Entry struct {
	event.Event
	Length  int // of the text after it, in UTF-16 units
	Rows    []wire.Splice
	Origins []wire.Origin
}

// A CatchUp asks the server to stream a peer the entries after From through To
// from the log, and then to call Attach.
type CatchUp struct {
	From, To eventlog.Revision

	of *textPeer // the join that the stream belongs to
}

func (Entries) message()    {}
func (TextJoined) message() {}
func (Resumed) message()    {}
func (LineJoined) message() {}
func (LineUpdate) message() {}
func (Cursor) message()     {}
func (Beacon) message()     {}
func (Failed) message()     {}

func (a *Authority) stale(format string, args ...any) *wire.Error {
	f := wire.Errorf(wire.Stale, format, args...)
	f.Head = a.thread.Revision
	return f
}
