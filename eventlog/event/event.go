package event

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// KeyedSeq is the lowest sequence number of a record that a request with a key made: a
// digest of the request, not a count. No editor counts as far.
const KeyedSeq = 1 << 52

// An Event is one record's header and payload.
type Event struct {
	Stream   eventlog.Stream
	Revision eventlog.Revision
	Position eventlog.Position
	Time     int64 // Unix milliseconds
	Author   eventlog.AuthorID
	Client   eventlog.ClientID
	Seq      uint64
	Payload  Payload
}

// A Payload says what happened: one of the types below, by value.
type Payload interface {
	kind() string

	// Valid returns an error unless a new record may say this: see Event.Valid.
	Valid() error
}

// Payloads of a thread.
type (
	// Opened began the thread.
	Opened struct{ Title string }
	// Changed edited the text. The change may be empty. It states origins and lines
	// of text that came back; both are empty for other text.
	Changed struct {
		Change  ot.Change
		Origins []Origin     // of the inserted units, in order; the rest is new
		Lines   []StatedLine // by ascending piece
	}
	// Submitted finished the lines From to To, both included, of the previous revision.
	Submitted struct{ From, To int }
	// Renamed gave the thread another title.
	Renamed struct{ Title string }
	// Version gave a revision a name.
	Version struct {
		Revision eventlog.Revision
		Name     string
	}
	// Redacted replaced texts in place.
	Redacted struct {
		Commitments []Commitment
		Ranges      [][2]int // UTF-16 units that are still in the text before
		Change      ot.Change
		Reason      string
	}
	// Imported follows records that came from an export.
	Imported struct {
		Revisions eventlog.Revision
		Head      chain.Digest
		Digest    chain.Digest // SHA-256 of the file
	}
)

// A Commitment is the new commitment of a redacted revision.
type Commitment struct {
	Revision eventlog.Revision
	Digest   chain.Digest
}

// Named gave the record's author a name.
type Named struct {
	Name string
	Kind AuthorKind
}

// An AuthorKind says where an author comes from.
type AuthorKind string

// The kinds of authors.
const (
	Person       AuthorKind = "person"
	Cli          AuthorKind = "cli"
	ImportedKind AuthorKind = "imported"
	Server       AuthorKind = "server"
)

// A Place is where something happened to a connection: in a run of the server (a
// ULID for each start) on a node.
type Place struct {
	Run  ulid.ULID
	Node string
}

// Payloads of connections; the record's client is the connection.
type (
	// Started began a run and closed the connections of the node's earlier runs.
	Started struct{ Place }
	// Connected opened a connection.
	Connected struct{ Place }
	// Joined is an author's entry into a thread.
	Joined struct {
		Place
		Thread eventlog.Stream
	}
	// Left is the end of what Joined began.
	Left struct {
		Place
		Thread eventlog.Stream
	}
	// Disconnected closed a connection and left its thread.
	Disconnected struct{ Place }
	// Pruned says through which revision records were removed, and has the chain
	// value there.
	Pruned struct {
		Through eventlog.Revision
		Head    chain.Digest
	}
)

func (Opened) kind() string       { return "opened" }
func (Changed) kind() string      { return "changed" }
func (Submitted) kind() string    { return "submitted" }
func (Renamed) kind() string      { return "renamed" }
func (Version) kind() string      { return "version" }
func (Redacted) kind() string     { return "redacted" }
func (Imported) kind() string     { return "imported" }
func (Named) kind() string        { return "named" }
func (Started) kind() string      { return "started" }
func (Connected) kind() string    { return "connected" }
func (Joined) kind() string       { return "joined" }
func (Left) kind() string         { return "left" }
func (Disconnected) kind() string { return "disconnected" }
func (Pruned) kind() string       { return "pruned" }

// Kind returns the kind of f's records.
func Kind(f Payload) string { return f.kind() }
