package live

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

const (
	readBuffer  = 256 // fits a keystroke or a control frame; longer frames are read past it
	writeBuffer = 1024
	// kernelBuffer is how many bytes written to a peer the kernel may hold. By
	// default it accepts megabytes of single frames for a slow peer before the
	// server can tell that it is slow. Linux doubles the number.
	kernelBuffer = 128 << 10

	// A peer that reads nothing for writeTimeout, or at most for twice that, is
	// disconnected. Of what is written at once it must read slowest bytes a second.
	// A frame longer than pieceBytes is written in pieces, to see that it does.
	writeTimeout = 5 * time.Second
	slowest      = 64 << 10
	pieceBytes   = 256 << 10
	lingerAfter  = 2 * time.Second // how long the peer has to answer a close
)

// writeBuffers are shared by all connections: one is in use only while a frame
// is being written.
var writeBuffers sync.Pool

// A peer is one WebSocket connection. Its reader is a goroutine that lives as
// long as the connection and hands messages to a worker; a writer runs while there
// is something to write. So an idle connection costs one small stack.
type peer struct {
	l    *Live
	conn *websocket.Conn
	raw  net.Conn          // what conn is made of
	id   eventlog.ClientID // of the connection, in the log
	seen atomic.Int64      // when the last sign of life came, on stats.clock

	mu      sync.Mutex
	written chan struct{} // closed when the queue is written, or the peer closed; nil while nothing waits for that
	queue   queue
	writing bool
	closed  bool   // nothing more may be queued
	code    int    // of the close to send once the queue is written; 0: none
	why     string // text of the close
	stay    int    // how many times it has left a thread: streams of an earlier stay end
	behind  *room  // the room to notify when the queue is written

	toll      *toll
	rates     rates
	quota     *quota.Quota
	release   func()         // ends the socket's part of the quota
	size      int            // bytes of the message being served
	reading   atomic.Int64   // when the message being read began, on stats.clock; 0: none
	serving   sync.WaitGroup // a worker serves a message
	served    bool           // result of serving: the connection goes on
	listed    atomic.Bool    // has asked for the list
	watch     stopwatch
	unsettled atomic.Int32 // edits that the authority has not settled
	aware     bool         // has a people frame of the thread; guarded by its room's mu

	// Owned by the reader, and by the worker for which it waits. While the peer is
	// in a room, mode and author do not change.
	in       *room
	text     bool
	author   eventlog.AuthorID
	named    bool   // the log has the author's name
	receipts uint64 // sent in line mode, before it joined the thread that it is in
}

func newPeer(l *Live, conn *websocket.Conn, m *metering, id eventlog.ClientID) *peer {
	p := &peer{l: l, conn: conn, raw: m.raw, toll: m.toll, id: id}
	p.toll.allow = func(bytes int) bool { return l.allowHeaders(p, bytes) }
	p.alive()
	// A frame somewhat over the limit is read, and answered with an error before
	// the close; a frame that claims to be huge closes the connection at its header.
	conn.SetReadLimit(16 * int64(l.limits.Frame))
	if c, ok := p.raw.(*net.TCPConn); ok {
		_ = c.SetWriteBuffer(kernelBuffer) // a failure costs memory, no more
	}
	conn.SetPongHandler(func(string) error {
		p.alive()
		return nil
	})
	conn.SetPingHandler(func(data string) error { // gorilla's own writes past the queue
		p.control(control{websocket.PongMessage, data})
		return nil
	})
	return p
}

// readLoop serves the connection until it ends. A connection spends most of its
// life waiting here, so readLoop and what it calls must fit the smallest stack:
// workers do the rest.
func (p *peer) readLoop() {
	for {
		kind, r, err := p.conn.NextReader()
		if err != nil {
			p.failed(err)
			break
		}
		if !p.l.workers.serve(work{p, kind, r}) {
			break
		}
	}
	p.end()
}

// read reads a message to its end and serves it. It reports false when the
// connection is to end.
func (p *peer) read(kind int, r io.Reader) bool {
	p.alive()
	p.reading.Store(p.l.stats.clock())
	frame, err := io.ReadAll(io.LimitReader(payload{r, p.toll}, int64(p.l.limits.Frame)+1))
	p.reading.Store(0)
	if err != nil {
		p.failed(err)
		return false
	}
	if !p.take(kind, frame) {
		p.linger()
		return false
	}
	return true
}

func (p *peer) alive() { p.seen.Store(p.l.stats.clock()) }

// linger reads on for a moment after a close was sent: closing the connection with
// unread data would reset it, and the peer might not see the close.
func (p *peer) linger() {
	_ = p.raw.SetReadDeadline(time.Now().Add(lingerAfter))
	_, _ = io.Copy(io.Discard, p.raw)
}

// refuse closes a connection that was never served.
func (p *peer) refuse(code int, text string) {
	p.Close(code, text)
	p.linger()
	_ = p.conn.Close()
	p.release()
}

func (p *peer) end() {
	p.leave()
	p.l.feed.watch(p, false)
	p.mu.Lock()
	p.abandon()
	p.mu.Unlock()
	_ = p.conn.Close()
	p.release()
	p.l.peers.remove(p)
	p.l.connections.disconnected(p)
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
	p.stay++ // now that no stream of this stay can begin
	p.behind = nil
	p.wakeWaiting()
	p.mu.Unlock()
	p.in.leave(p)
	p.l.hub.listChanged()
	p.l.hub.release(p.in)
	p.l.connections.left(p, p.in.stream)
	p.in = nil
}

// Send queues a frame. A peer whose queue exceeds its limit is disconnected; it
// can resume. Broadcasts never cause this, because lagging peers are skipped (see
// Ready): only a client that keeps asking without reading can.
func (p *peer) Send(frame []byte) { p.offer(lasting, frame) }

// offer is Send for kinds of frames where only the newest matters.
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
	if p.behind == nil && waits <= fullBytes && (waits == 0 || p.l.peers.queued.Load() <= queuedMax) {
		return true
	}
	p.behind = p.in
	return false
}

// Settled implements authority.Peer.
func (p *peer) Settled(re string, logged bool) {
	p.unsettled.Add(-1)
	switch re {
	case "new", "update", "submit":
		if !logged {
			p.watch.refused()
		} else if arrived, ok := p.watch.logged(); ok {
			p.l.stats.durable(arrived)
		}
	}
}

// Unsettled implements authority.Peer.
func (p *peer) Unsettled() bool { return p.unsettled.Load() > 0 }

// Connection implements authority.Peer.
func (p *peer) Connection() eventlog.ClientID { return p.id }

// idle reports whether no frame waits for p.
func (p *peer) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue.waits() == 0
}

// drained waits until everything queued is written. It reports false when the
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

// wakeWaiting ends the waiting in drained; the caller holds mu.
func (p *peer) wakeWaiting() {
	if p.written != nil {
		close(p.written)
		p.written = nil
	}
}

// sendIn queues a frame of a stay, and returns how many bytes then wait; -1 when
// the stay has ended.
func (p *peer) sendIn(stay int, frame []byte) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.stay != stay {
		return -1
	}
	p.push(lasting, frame)
	return p.queue.waits()
}

// stays returns the number of the current stay in a thread.
func (p *peer) stays() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stay
}

// control queues a control frame, in place of one of its kind that waits.
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

// count keeps the sum of the bytes that wait for all peers.
func (p *peer) count(bytes int) { p.l.peers.queued.Add(int64(bytes)) }

// abandon drops the queue; the caller holds mu.
func (p *peer) abandon() {
	p.count(-p.queue.bytes)
	p.queue.drop()
	p.closed, p.behind = true, nil
	p.wakeWaiting()
}

func (p *peer) wake() {
	if !p.writing {
		p.writing = true
		go p.writeLoop()
	}
}

// Close sends the queue and then closes the connection with a code and a
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
	p.wakeWaiting()
	p.wake()
}

// fail answers a message with an error.
func (p *peer) fail(e *wire.Error) { p.Send(encoded(e)) }
