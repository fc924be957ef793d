package authority

import (
	"parodywave/eventlog"
	"parodywave/projection"
)

// A Room surrounds an authority. Its methods are called by whoever uses the
// authority, never by two at a time. They must not block, and must not call the authority.
type Room interface {
	// Announce is called once for each batch of records that became durable, in
	// the order of the log, before any of it is sent to a peer. A batch whose
	// append returned an error is announced as soon as the log shows that the
	// batch is there; so are records of another writer that the log shows then.
	Announce(Batch)
	// Refused is called with the error of an append that failed. A batch that was
	// appended all the same is announced after it.
	Refused(error)
	// Behind is called for each record that gets the time of the one before it
	// because the clock is behind that, by more than a second and this many
	// milliseconds.
	Behind(ms int64)
	// RateLimit returns how often a thread with this many peers may send them
	// new entries.
	RateLimit(peers int) RateLimit
	// Frame encodes m once for all peers that it is sent to.
	Frame(m Message) []byte
	// Flush reports whether new entries may be sent to this many peers at once
	// although the rate limit would delay them.
	Flush(peers int) bool
}

// A Batch is what one append made durable. It is valid only during the call of
// Announce.
type Batch struct {
	After   eventlog.Revision // the revision before the first record
	Records []eventlog.Record // without their revisions
	Summary projection.Summary
}

// A Peer is one connection to a thread. Its methods are called by whoever uses the
// authority (see Authority) until Leave returns, except that a request which
// arrives after the authority has stopped is refused in the sender's goroutine.
// They must not block, and must not call the authority. Peers are compared with
// ==.
type Peer interface {
	// Send queues a frame that Room.Frame returned.
	Send(frame []byte)
	// Ready reports whether the peer has room for other clients' edits. While it
	// returns false the peer is skipped; Drained must be called once there is room
	// again.
	Ready() bool
	// Stream has the server send the entries of c from the log and then call
	// Attach.
	Stream(c CatchUp)
	// Settled is called once for each message with edits, in the order in which
	// they arrived. logged is true if the edits are on disk; they have not been
	// sent to any peer then. It is false if the message was refused. re is the
	// message's type.
	Settled(re string, logged bool)
	// Unsettled reports whether Settled is still to be called for a message of the
	// peer.
	Unsettled() bool
	// Close sends what is queued and then closes the connection with a close
	// code of package wire and a text for people.
	Close(code int, text string)
	// Connection returns the connection's id. A newer connection has a greater
	// id: of two connections of one client the older was abandoned, in
	// whichever order their joins arrive.
	Connection() eventlog.ClientID
}

// send sends m to one peer.
func (a *Authority) send(p Peer, m Message) { p.Send(a.cfg.Room.Frame(m)) }

// broadcast sends m to peers.
func (a *Authority) broadcast(to []Peer, m Message) {
	frame := a.cfg.Room.Frame(m)
	for _, p := range to {
		p.Send(frame)
	}
}
