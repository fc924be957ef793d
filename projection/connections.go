package projection

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// Connections is the fold of the stream connections: who was connected, to which
// thread. The stream is written moments later and loses events when a process is
// killed, so live counts come from the sockets; this is what is known after a
// restart, and of the past.
type Connections struct {
	Revision eventlog.Revision
	Through  eventlog.Revision // records up to this one were pruned
	Runs     int               // starts of a server
	Visits   int               // connections ever opened
	Peak     int               // most connections open at one time

	open map[eventlog.ClientID]Connection
}

// A Connection is one that is open.
type Connection struct {
	ID     eventlog.ClientID
	Place  event.Place
	Since  int64             // Unix milliseconds
	Author eventlog.AuthorID // zero before the client joined
	Thread eventlog.Stream   // the joined thread; empty for none
}

// NewConnections returns the state at revision 0: there was no connection.
func NewConnections() *Connections {
	return &Connections{open: map[eventlog.ClientID]Connection{}}
}

// Apply folds the next event of the stream. The first one may follow pruned
// records.
func (c *Connections) Apply(e event.Event) error {
	if e.Revision != c.Revision+1 && c.Revision != 0 {
		return fmt.Errorf("%s revision %d: revision %d was expected: %w", e.Stream, e.Revision, c.Revision+1, eventlog.ErrDamaged)
	}
	if c.Revision == 0 {
		c.Through = e.Revision - 1
	}
	c.Revision = e.Revision
	switch f := e.Payload.(type) {
	case event.Started:
		c.start(f)
	case event.Connected:
		c.open[e.Client] = Connection{ID: e.Client, Place: f.Place, Since: e.Time}
		c.Visits++
		c.Peak = max(c.Peak, len(c.open))
	case event.Joined:
		o, ok := c.open[e.Client]
		if !ok { // its Connected may have been pruned
			o.Since = e.Time
		}
		o.ID, o.Place, o.Author, o.Thread = e.Client, f.Place, e.Author, f.Thread
		c.open[e.Client] = o
		c.Peak = max(c.Peak, len(c.open))
	case event.Left:
		if o, ok := c.open[e.Client]; ok {
			o.Thread = ""
			c.open[e.Client] = o
		}
	case event.Disconnected:
		delete(c.open, e.Client)
	case event.Pruned:
	default:
		return fmt.Errorf("%s revision %d: not a fact of connections: %w", e.Stream, e.Revision, eventlog.ErrDamaged)
	}
	return nil
}

// start closes the connections that earlier runs of the same node left open: a
// killed server does not record their end.
func (c *Connections) start(f event.Started) {
	c.Runs++
	for id, o := range c.open {
		if o.Place.Node == f.Node && o.Place.Run != f.Run {
			delete(c.open, id)
		}
	}
}

// Open returns the number of open connections: all of them or, if thread is not
// empty, those to it.
func (c *Connections) Open(thread eventlog.Stream) int {
	if thread == "" {
		return len(c.open)
	}
	n := 0
	for _, o := range c.open {
		if o.Thread == thread {
			n++
		}
	}
	return n
}
