package server

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
				go behind.authority.Drained() // which may have to wait for the disk
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
		p.tellWaiting()
		p.mu.Unlock()
		if err != nil {
			_ = p.conn.Close() // the reader ends with it
			return
		}
		p.s.activity.sent.Add(uint64(taken.counted()))
	}
}

// write writes what was taken from the queue.
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
		if f != nil { // else a newer one of its kind follows
			if err := p.writeFrame(f, deadline); err != nil {
				return err
			}
		}
	}
	return nil
}

// deadline returns when so many bytes must have been taken.
func (p *peer) deadline(bytes int) time.Time {
	return time.Now().Add(p.s.peers.writeTimeout + time.Duration(bytes/slowest)*time.Second)
}

// writeFrame writes a frame, in fragments (RFC 6455, 5.4) where it is long: one
// who takes nothing must not keep it for the time that all of it may take.
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
		_ = p.conn.SetWriteDeadline(by) // which never fails
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	_ = p.conn.SetWriteDeadline(deadline)
	return w.Close()
}

// finish sends the close frame; the reader ends when the peer answers it, or
// soon.
func (p *peer) finish(code int, why string) {
	message := websocket.FormatCloseMessage(code, why)
	_ = p.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	_ = p.conn.SetReadDeadline(time.Now().Add(lingerAfter))
}
