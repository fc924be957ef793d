package server

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

const (
	readBuffer  = 256 // holds a keystroke and a control frame; what is longer is read past it
	writeBuffer = 1024
	// kernelBuffer is what the kernel may hold of what was written to a peer, in
	// bytes; left alone it takes megabytes of single frames for a slow one before
	// anybody knows. Linux doubles it.
	kernelBuffer = 128 << 10

	// A peer that takes nothing for writeTimeout, and at most twice that, is
	// closed. Of what is written at once it must take slowest bytes a second.
	// What is longer than a piece is written in pieces, to see that it takes them.
	writeTimeout = 5 * time.Second
	slowest      = 64 << 10
	pieceBytes   = 256 << 10
	lingerAfter  = 2 * time.Second // for the peer to answer a close
)

// writeBuffers are shared by all connections: one is in use only while a frame
// is being written.
var writeBuffers sync.Pool

// A peer is one WebSocket connection. Its reader is a goroutine for its life,
// which gives what comes to a hand; a writer runs while there is something to
// write. So an idle connection costs one small stack.
type peer struct {
	s    *Server
	conn *websocket.Conn
	id   eventlog.ClientID // of the connection, in the log
	seen atomic.Int64      // Unix milliseconds of the last sign of life

	mu      sync.Mutex
	written chan struct{} // closed when the queue was written, or is closed; nil while nobody waits
	queue   queue
	writing bool
	closed  bool   // nothing is queued any more
	code    int    // to close with when the queue is out; 0: not at all
	why     string // text of the close
	stay    int    // counts the times it left a thread: what streams for an earlier stay ends
	behind  *room  // that is to know when the queue was written

	rates   rates
	serving sync.WaitGroup // a hand, a message
	served  bool           // what became of it: whether to go on
	listed  atomic.Bool    // asked for the list once
	watch   stopwatch
	aware   bool // of who is in the thread; guarded by its room's mu

	// Owned by the reader, and by the hand for which it waits. While it is in a
	// room, mode and author stay as they are.
	in       *room
	text     bool
	author   eventlog.AuthorID
	receipts uint64 // sent to it in line mode before it joined the thread that it is in
}

func newPeer(s *Server, conn *websocket.Conn) *peer {
	p := &peer{s: s, conn: conn, id: eventlog.ClientID(ulid.Make())}
	p.alive()
	// A frame somewhat over the limit is read, and answered with an error before
	// the close; one that only claims to be huge is closed at its header.
	conn.SetReadLimit(16 * int64(s.limits.Frame))
	if c, ok := conn.NetConn().(*net.TCPConn); ok {
		_ = c.SetWriteBuffer(kernelBuffer) // where that cannot be set it costs memory, no more
	}
	conn.SetPongHandler(func(string) error {
		p.alive()
		return nil
	})
	conn.SetPingHandler(func(data string) error { // gorilla's would write beside the queue
		p.control(control{websocket.PongMessage, data})
		return nil
	})
	return p
}

// readLoop serves the connection until it ends. It waits in here most of its
// life, so it and what it calls must fit the smallest stack there is: hands
// do the rest.
func (p *peer) readLoop() {
	for {
		kind, r, err := p.conn.NextReader()
		if err != nil || !p.s.hands.serve(work{p, kind, r}) {
			break
		}
	}
	p.end()
}

// read reads a message to its end and serves it. It reports false when the
// connection is to end.
func (p *peer) read(kind int, r io.Reader) bool {
	p.alive()
	frame, err := io.ReadAll(io.LimitReader(r, int64(p.s.limits.Frame)+1))
	if err != nil {
		return false
	}
	if !p.take(kind, frame) {
		p.linger()
		return false
	}
	return true
}

func (p *peer) alive() { p.seen.Store(now()) }

// linger reads on for a moment after a close was sent, so that the close is
// not lost to a reset for unread data.
func (p *peer) linger() {
	conn := p.conn.NetConn()
	_ = conn.SetReadDeadline(time.Now().Add(lingerAfter))
	_, _ = io.Copy(io.Discard, conn)
}

func (p *peer) end() {
	p.leave()
	p.s.activity.watch(p, false)
	p.mu.Lock()
	p.abandon()
	p.mu.Unlock()
	_ = p.conn.Close()
	p.s.peers.remove(p)
	p.s.recorder.disconnected(p)
	p.s.pulse.status()
}

// leave leaves the joined thread, if there is one.
func (p *peer) leave() {
	if p.in == nil {
		return
	}
	if received := p.in.authority.Leave(p); !p.text {
		p.receipts = received
	}
	p.mu.Lock()
	p.stay++ // now that no more streams of the old one begin
	p.behind = nil
	p.tellWaiting()
	p.mu.Unlock()
	p.in.leave(p.s, p)
	p.s.pulse.list()
	p.s.hub.release(p.in)
	p.s.recorder.left(p, p.in.stream)
	p.in = nil
}

// Send queues a frame. A peer for which more waits than may is closed: it
// resumes from where it was. What others do is not sent to one that is behind,
// see ready; so that is for answers to one who asks and does not listen.
func (p *peer) Send(frame []byte) { p.offer(lasting, frame) }

// offer is send for frames of a kind of which the newest counts.
func (p *peer) offer(k kind, frame []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
	case k == lasting && p.queue.over(frame):
		p.count(-p.queue.bytes)
		p.queue.drop()
		p.shut(wire.CloseTryAgain, "too much was waiting: connect again and resume")
		_ = p.conn.NetConn().SetWriteDeadline(time.Now().Add(time.Second)) // the writer is stuck
	default:
		p.push(k, frame)
	}
}

// Ready implements authority.Peer.
func (p *peer) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	waits := p.queue.waits()
	if p.behind == nil && waits <= fullBytes && (waits == 0 || p.s.peers.queued.Load() <= queuedMax) {
		return true
	}
	p.behind = p.in
	return false
}

// Settled implements authority.Peer.
func (p *peer) Settled(re string, logged bool) {
	switch re {
	case "new", "update", "submit":
		if !logged {
			p.watch.refused()
		} else if came, ok := p.watch.logged(); ok {
			p.s.activity.durable(came, p.s.clock())
		}
	}
}

// Connection implements authority.Peer.
func (p *peer) Connection() eventlog.ClientID { return p.id }

// idle reports whether nothing waits for p.
func (p *peer) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.waits() == 0
}

// drained waits until everything queued was written. It reports false when the
// connection, or the peer's stay in the thread, has ended.
func (p *peer) drained(stay int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed && p.stay == stay && p.queue.waits() > 0 {
		if p.written == nil {
			p.written = make(chan struct{})
		}
		written := p.written
		p.mu.Unlock()
		<-written
		p.mu.Lock()
	}
	return !p.closed && p.stay == stay
}

// tellWaiting wakes who waits in drained; the caller holds mu.
func (p *peer) tellWaiting() {
	if p.written != nil {
		close(p.written)
		p.written = nil
	}
}

// stream queues a frame of a stay, and returns how much then waits; -1 when
// the stay has ended.
func (p *peer) stream(stay int, frame []byte) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.stay != stay {
		return -1
	}
	p.push(lasting, frame)
	return p.queue.waits()
}

// stays returns which stay in a thread this is.
func (p *peer) stays() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stay
}

// control queues a control frame. Of those that wait the newest counts.
func (p *peer) control(c control) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return
	case c.op == websocket.PongMessage:
		p.queue.answer = c
	default:
		p.queue.ask = c
	}
	p.wake()
}

func (p *peer) push(k kind, frame []byte) {
	before := p.queue.bytes
	p.queue.push(k, frame)
	p.count(p.queue.bytes - before)
	p.wake()
}

// count keeps the sum of what waits for all peers.
func (p *peer) count(bytes int) { p.s.peers.queued.Add(int64(bytes)) }

// abandon forgets what is queued: it will not be written.
func (p *peer) abandon() {
	p.count(-p.queue.bytes)
	p.queue.drop()
	p.closed, p.behind = true, nil
	p.tellWaiting()
}

func (p *peer) wake() {
	if !p.writing {
		p.writing = true
		go p.writeLoop()
	}
}

// Close sends what is queued and then closes the connection with a code and a
// text of at most 123 bytes.
func (p *peer) Close(code int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.shut(code, text)
	}
}

func (p *peer) shut(code int, why string) {
	p.closed, p.code, p.why = true, code, why
	p.tellWaiting()
	p.wake()
}

// fail answers a message with an error.
func (p *peer) fail(e *wire.Error) { p.Send(framed(e)) }
