package server

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

const (
	readBuffer  = 512
	writeBuffer = 1024

	// What may wait for one peer; one frame of any size always may.
	queueFrames = 4096
	queueBytes  = 4 << 20

	writeTimeout = 10 * time.Second
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
	room    sync.Cond // of mu: the queue has room, or is closed
	queue   [][]byte
	bytes   int
	writing bool
	closed  bool // nothing is queued any more
	code    int  // to close with when the queue is out
	stay    int  // counts the times it left a thread: what streams for an earlier stay ends

	rates    rates
	served   chan bool     // what became of the frame that a hand serves
	listed   atomic.Bool   // asked for the list once
	receipts atomic.Uint64 // given to it in line mode
	watch    stopwatch
	aware    bool // of who is in the thread; guarded by its room's mu

	// Owned by the reader, and by the hand for which it waits. While it is in a
	// room, mode and author stay as they are.
	in     *room
	text   bool
	author eventlog.AuthorID
}

func newPeer(s *Server, conn *websocket.Conn) *peer {
	p := &peer{s: s, conn: conn, id: eventlog.ClientID(ulid.Make()), rates: newRates(s.limits), served: make(chan bool, 1)}
	p.room.L = &p.mu
	p.alive()
	// A frame somewhat over the limit is read, and answered with an error before
	// the close; one that only claims to be huge is closed at its header.
	conn.SetReadLimit(16 * int64(s.limits.Frame))
	conn.SetPongHandler(func(string) error {
		p.alive()
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
	p.closed, p.queue, p.bytes = true, nil, 0
	p.room.Broadcast()
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
	p.mu.Lock()
	p.stay++
	p.room.Broadcast()
	p.mu.Unlock()
	p.in.authority.Leave(p)
	p.in.leave(p.s, p)
	p.s.pulse.list()
	p.s.hub.release(p.in)
	p.s.recorder.left(p, p.in.stream)
	p.in = nil
}

// send queues a frame; a nil frame is a ping. A peer that cannot keep up is
// closed: it resumes from where it was.
func (p *peer) send(frame []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if len(p.queue) > 0 && (len(p.queue) >= queueFrames || p.bytes+len(frame) > queueBytes) {
		clear(p.queue)
		p.queue, p.bytes = p.queue[:0], 0
		p.shut(websocket.CloseTryAgainLater)
		_ = p.conn.NetConn().SetWriteDeadline(time.Now().Add(time.Second)) // the writer is stuck
		return
	}
	p.push(frame)
}

// sendWait queues a frame when there is room for it. It reports false when the
// connection, or the peer's stay in the thread, has ended.
func (p *peer) sendWait(stay int, frame []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.closed && p.stay == stay && len(p.queue) > 0 && p.bytes+len(frame) > queueBytes/2 {
		p.room.Wait()
	}
	if p.closed || p.stay != stay {
		return false
	}
	p.push(frame)
	return true
}

// stays returns which stay in a thread this is.
func (p *peer) stays() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stay
}

func (p *peer) push(frame []byte) {
	p.queue = append(p.queue, frame)
	p.bytes += len(frame)
	p.wake()
}

func (p *peer) wake() {
	if !p.writing {
		p.writing = true
		go p.writeLoop()
	}
}

// close sends what is queued and then closes the connection.
func (p *peer) close(code int, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.shut(code)
	}
}

func (p *peer) shut(code int) {
	p.closed, p.code = true, code
	p.room.Broadcast()
	p.wake()
}

// fail answers a message with an error.
func (p *peer) fail(e *wire.Error) { p.send(e.AppendJSON(nil)) }

// writeLoop writes until the queue is empty.
func (p *peer) writeLoop() {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 {
			p.writing = false
			p.queue = nil // an idle connection keeps no memory for it
			code := p.code
			p.mu.Unlock()
			if code != 0 {
				p.finish(code)
			}
			return
		}
		queue := p.queue
		p.queue, p.bytes = nil, 0
		p.room.Broadcast()
		p.mu.Unlock()
		sent := 0
		for _, frame := range queue {
			if err := p.write(frame); err != nil {
				p.s.activity.sent.Add(uint64(sent))
				p.mu.Lock()
				p.closed, p.queue = true, nil
				p.room.Broadcast()
				p.mu.Unlock()
				_ = p.conn.Close() // the reader ends with it
				return
			}
			if frame != nil && !wire.IsActivity(frame) {
				sent++
			}
		}
		p.s.activity.sent.Add(uint64(sent))
	}
}

func (p *peer) write(frame []byte) error {
	deadline := time.Now().Add(writeTimeout)
	if frame == nil {
		return p.conn.WriteControl(websocket.PingMessage, nil, deadline)
	}
	if err := p.conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	return p.conn.WriteMessage(websocket.TextMessage, frame)
}

// finish sends the close frame; the reader ends when the peer answers it, or
// soon.
func (p *peer) finish(code int) {
	message := websocket.FormatCloseMessage(code, closeTexts[code])
	_ = p.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	_ = p.conn.SetReadDeadline(time.Now().Add(lingerAfter))
}

// closeTexts says what to do about a close.
var closeTexts = map[int]string{
	websocket.CloseGoingAway:      "the server is stopping: connect again",
	websocket.CloseTryAgainLater:  "too much was waiting: connect again and resume",
	wire.CloseUnsupported:         "send text frames",
	wire.CloseNotUTF8:             "send UTF-8",
	wire.ClosePolicy:              "too many messages: send fewer",
	wire.CloseTooLarge:            "send smaller frames",
	wire.CloseReplaced:            "the same client joined on another connection",
	websocket.CloseServiceRestart: "the server restarts: connect again",
}
