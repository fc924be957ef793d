package live

import (
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// writeLoop writes until the queue is empty.
func (p *peer) writeLoop() {
	for {
		p.mu.Lock()
		if p.queue.empty() {
			p.writing = false
			code, why, behind := p.code, p.why, p.behind
			p.behind = nil
			p.mu.Unlock()
			if behind != nil {
				go behind.authority.Drained() // it may have to wait for the disk
			}
			if code != 0 {
				p.finish(code, why)
			}
			return
		}
		taken := p.queue.take()
		p.mu.Unlock()
		err := p.write(&taken)
		p.mu.Lock()
		p.queue.flight = 0
		p.count(-taken.bytes)
		if err != nil {
			p.abandon()
		}
		p.wakeWaiting()
		p.mu.Unlock()
		if err != nil {
			_ = p.conn.Close() // which ends the reader
			return
		}
		p.l.stats.sent.Add(uint64(taken.counted()))
	}
}

// write writes a queue.
func (p *peer) write(q *queue) error {
	deadline := p.deadline(q.bytes)
	if err := p.conn.SetWriteDeadline(deadline); err != nil {
		return err
	}
	for _, c := range []control{q.answer, q.ask} {
		if c.op != 0 {
			if err := p.conn.WriteControl(c.op, []byte(c.data), deadline); err != nil {
				return err
			}
		}
	}
	for _, f := range q.frames {
		if f != nil { // nil: a newer one of its kind follows
			if err := p.writeFrame(f, deadline); err != nil {
				return err
			}
		}
	}
	return nil
}

// deadline returns the time by which the peer must have read that many bytes.
func (p *peer) deadline(bytes int) time.Time {
	return time.Now().Add(p.l.peers.writeTimeout + time.Duration(bytes/slowest)*time.Second)
}

// writeFrame writes a frame, in fragments (RFC 6455, 5.4) if it is long: a peer
// that reads nothing must not hold the frame for as long as all of it may take.
func (p *peer) writeFrame(f []byte, deadline time.Time) error {
	if len(f) <= pieceBytes {
		return p.conn.WriteMessage(websocket.TextMessage, f)
	}
	w, err := p.conn.NextWriter(websocket.TextMessage)
	if err != nil {
		return err
	}
	for piece := range slices.Chunk(f, pieceBytes) {
		by := p.deadline(len(piece))
		if by.After(deadline) {
			by = deadline
		}
		_ = p.conn.SetWriteDeadline(by) // it never fails
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	_ = p.conn.SetWriteDeadline(deadline)
	return w.Close()
}

// finish sends the close frame. The reader ends when the peer answers it, or after
// lingerAfter.
func (p *peer) finish(code int, why string) {
	message := websocket.FormatCloseMessage(code, why)
	_ = p.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	_ = p.conn.SetReadDeadline(time.Now().Add(lingerAfter))
}
