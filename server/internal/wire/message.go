package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/ot"
)

// A Message is what a client sent: one of the types below, by value. The
// strings in it hold no lone surrogate and no NUL; those that are a line or a
// name hold no line break.
type Message interface{ message() }

// Heartbeat is the frame HB: it is not answered.
type Heartbeat struct{}

// Open begins a thread and joins it.
type Open struct {
	User  string // clean: see CleanUser
	Title string // clean: see CleanTitle
}

// Join joins a thread.
type Join struct {
	User string
	ID   eventlog.Stream // a ULID in upper case; there may be no such thread

	Text   bool              // text mode; the fields below are zero without it
	Client eventlog.ClientID // never zero in text mode
	Resume *Resume           // nil: give all
}

// Resume says what the client still has of the thread.
type Resume struct {
	Since eventlog.Revision // the last revision it saw
	Chain *chain.Digest     // the chain it saw there; nil: it cannot tell
}

// Leave leaves the joined thread.
type Leave struct{}

// Status asks for a StatusReply.
type Status struct{}

// List asks for a ListReply.
type List struct{}

// Activity asks for ActivityReply frames, or for no more of them.
type Activity struct{ On bool }

// New starts a line at the end, in line mode.
type New struct{ Value string }

// Update says what the current line now reads, in line mode.
type Update struct {
	Value string
	Line  *int               // that line, read at Rev, becomes current; nil: the one that is
	Rev   *eventlog.Revision // the value is based on this revision; never nil with Line
}

// Push is an update in text mode: changes, each based on the one before.
type Push struct {
	Client  eventlog.ClientID
	Seq     uint64            // numbers Changes[0]; at least 1
	Rev     eventlog.Revision // what Changes[0] is based on
	Changes []ot.Change       // at least one
}

// Submit is an Update, after which the line is finished and no line is current.
type Submit Update

// SubmitLines finishes lines in text mode.
type SubmitLines struct {
	Rev      eventlog.Revision // where the indexes are read
	From, To int               // 0-based, To included, From <= To
}

// Rename gives the joined thread another title.
type Rename struct{ Title string }

// NameVersion gives a revision a name, in text mode.
type NameVersion struct {
	Rev  eventlog.Revision
	Name string // clean: see CleanVersion
}

// Cursor says where the client's selections are: pairs of anchor and head in
// UTF-16 code units of the text at Rev. They may lie beyond its end.
type Cursor struct {
	Rev    eventlog.Revision
	Ranges [][2]int
}

// Diverged says that the client found its confirmed text at Rev to differ.
type Diverged struct{ Rev eventlog.Revision }

func (Heartbeat) message()   {}
func (Open) message()        {}
func (Join) message()        {}
func (Leave) message()       {}
func (Status) message()      {}
func (List) message()        {}
func (Activity) message()    {}
func (New) message()         {}
func (Update) message()      {}
func (Push) message()        {}
func (Submit) message()      {}
func (SubmitLines) message() {}
func (Rename) message()      {}
func (NameVersion) message() {}
func (Cursor) message()      {}
func (Diverged) message()    {}
