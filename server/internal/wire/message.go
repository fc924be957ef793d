package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/ot"
)

// A Message is what a client sent: one of the types below, by value. Its
// strings contain no lone surrogate and no NUL; lines and names contain no line
// break.
type Message interface{ message() }

// Heartbeat is the frame HB. It is not answered.
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
	Resume *Resume           // nil: send everything
}

// Resume says what the client still has of the thread.
type Resume struct {
	Since eventlog.Revision // the last revision it saw
	Chain *chain.Digest     // the chain it saw there; nil: it does not know
}

// Leave leaves the joined thread.
type Leave struct{}

// Status asks for a StatusReply.
type Status struct{}

// List asks for a ListReply.
type List struct{}

// Activity starts or stops ActivityReply frames.
type Activity struct{ On bool }

// New starts a line at the end, in line mode.
type New struct{ Value string }

// Update is what the current line now reads, in line mode.
type Update struct {
	Value string
	Line  *int               // the line at Rev that becomes the current one; nil: the current one
	Rev   *eventlog.Revision // the value is based on this revision; never nil with Line
}

// Push is an update in text mode: changes, each based on the one before.
type Push struct {
	Client  eventlog.ClientID
	Seq     uint64            // numbers Changes[0]; at least 1
	Rev     eventlog.Revision // what Changes[0] is based on
	Changes []ot.Change       // at least one
	Claims  []Claim           // each for another change
}

// Submit is an Update that also finishes the line; no line is current then.
type Submit Update

// SubmitLines finishes lines in text mode.
type SubmitLines struct {
	Rev      eventlog.Revision // the revision of the indexes
	From, To int               // 0-based, To included, From <= To
}

// Rename gives the joined thread another title.
type Rename struct{ Title string }

// NameVersion gives a revision a name, in text mode.
type NameVersion struct {
	Rev  eventlog.Revision
	Name string // clean: see CleanVersion
}

// Cursor is where the client's selections are: pairs of anchor and head in
// UTF-16 code units of the text at Rev. They may lie beyond its end.
type Cursor struct {
	Rev    eventlog.Revision
	Ranges [][2]int
}

// Diverged reports that the client's confirmed text differs from the one at
// Rev.
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
