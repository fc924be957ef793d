package server

import (
	"io"
	"time"
)

// Hands read and serve messages. That needs a deep stack, waiting for the next
// message hardly any: were one goroutine to do both, every idle connection
// would keep the stack that its last message took. So readers only wait, and
// there are as many hands as messages being served.
type hands struct{ messages chan work }

// A work is a message to read and serve.
type work struct {
	p    *peer
	kind int // of the WebSocket message
	r    io.Reader
}

// handRest is how long a hand waits for more before it goes.
const handRest = 2 * time.Second

func newHands() hands { return hands{make(chan work)} }

// serve has a hand serve a message, and returns when it has: a peer's messages
// are served one after the other. False means that the connection is to end.
func (h hands) serve(w work) bool {
	w.p.serving.Add(1)
	select {
	case h.messages <- w:
	default:
		go h.loop(w)
	}
	w.p.serving.Wait()
	return w.p.served
}

func (h hands) loop(w work) {
	rest := time.NewTimer(handRest)
	defer rest.Stop()
	for {
		w.p.served = w.p.read(w.kind, w.r)
		w.p.serving.Done()
		w = work{} // keep nothing of it
		rest.Reset(handRest)
		select {
		case w = <-h.messages:
		case <-rest.C:
			return
		}
	}
}
