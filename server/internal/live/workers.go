package live

import (
	"io"
	"time"
)

// workers is a pool of goroutines that read and serve messages. Serving needs a
// deep stack, and waiting for the next message hardly any: if one goroutine did
// both, every idle connection would keep the stack that its last message needed.
// So readers only wait, and there are as many workers as messages being served.
type workers struct{ messages chan work }

// A work is a message to read and serve.
type work struct {
	p    *peer
	kind int // of the WebSocket message
	r    io.Reader
}

// workerRest is how long a worker waits for more work before it ends.
const workerRest = 2 * time.Second

func newWorkers() workers { return workers{make(chan work)} }

// serve has a worker serve a message, and returns when it is done: the messages
// of a peer are served one after the other. It reports false when the connection
// is to end.
func (h workers) serve(w work) bool {
	w.p.serving.Add(1)
	select {
	case h.messages <- w:
	default:
		go h.loop(w)
	}
	w.p.serving.Wait()
	return w.p.served
}

func (h workers) loop(w work) {
	rest := time.NewTimer(workerRest)
	defer rest.Stop()
	for {
		w.p.served = w.p.read(w.kind, w.r)
		w.p.serving.Done()
		w = work{} // let the garbage collector have it
		rest.Reset(workerRest)
		select {
		case w = <-h.messages:
		case <-rest.C:
			return
		}
	}
}
