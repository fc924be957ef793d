package authority

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A Message is what Room.Frame encodes. What it points to is valid only during
// that call.
type Message interface{ message() }

type (
	// Entries are entries of the log for peers in text mode; Chain is the last
	// one's.
	Entries struct {
		List  []Entry
		Chain chain.Digest
	}
	// TextJoined is the whole thread for a peer that joined in text mode.
	TextJoined struct {
		Thread *projection.Thread
		Chain  chain.Digest
		Reset  bool // what the peer saw is not in the log
	}
	// Resumed tells a peer that came back where the thread ends; the entries
	// after Since follow.
	Resumed struct {
		Thread *projection.Thread
		Since  eventlog.Revision
	}

	// LineJoined is the whole thread for a peer in line mode.
	LineJoined struct {
		Thread   *projection.Thread
		Resync   bool
		Current  int    // index of the peer's current line, -1 for none; with Resync
		Received uint64 // receipts given on this connection so far; with Resync
	}
	// LineUpdate says what a line now reads.
	LineUpdate struct {
		Line      int // -1: the line is gone (only with Mine)
		Last      int // the thread's last line, which the rest is about where Line is -1
		Value     string
		Author    eventlog.AuthorID
		Revision  eventlog.Revision
		Submitted bool
		Mine      bool
	}

	// Cursor is another client's presence.
	Cursor struct {
		Client   eventlog.ClientID
		Author   eventlog.AuthorID
		Revision eventlog.Revision
		Ranges   [][2]int
	}
	// Beacon lets clients compare their text.
	Beacon struct {
		Revision eventlog.Revision
		Length   int
		SHA256   [32]byte
		Chain    chain.Digest
	}
	// Failed says that a peer's message had no effect.
	Failed struct {
		Err *wire.Error
		Re  string // the type of the message
	}
)

// An Entry is an event as text mode streams it.
type Entry struct {
	event.Event
	Length int // of the text after it, in UTF-16 units
	Rows   []wire.Splice
}

// CatchUp tells the server to stream a peer the entries after From through To
// from the log and then to call Attach.
type CatchUp struct {
	From, To eventlog.Revision

	of *textPeer // the join that it belongs to
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
