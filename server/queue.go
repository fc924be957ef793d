package server

import (
	"encoding/binary"
	"net"

	"github.com/gorilla/websocket"
)

// What waits for a peer is WebSocket frames as they go over the wire: one that
// goes to many is made once and shared, and all that wait are written with one
// call. A server's frames are not masked and nothing is compressed, so a frame
// is the same for everybody (RFC 6455, section 5).

const (
	// From fullBytes on a peer is told nothing more of what others do: it is
	// behind, and gets it in one when it has taken what waits.
	fullBytes = 8 << 10
	// queuedMax is how much may wait for all peers together before one for which
	// anything waits counts as behind, in bytes; shared frames count for each.
	queuedMax = 64 << 20

	// What may wait for one peer of that which cannot be merged, as answers; one
	// frame of any size always may.
	queueFrames = 4096
	queueBytes  = 4 << 20
)

// A kind is of frames of which the newest counts: one that still waits is
// dropped for it.
type kind int8

const (
	lasting kind = iota // is never dropped
	statusKind
	listKind
	peopleKind
	activityKind
	controlKind // a ping or the answer to one
	kindCount
)

// A queue is what waits for a peer. Its peer's mu guards it.
type queue struct {
	frames [][]byte
	newest [kindCount]int32 // where in frames one of a kind is, plus one
	bytes  int              // of frames
	flight int              // bytes being written
	others int              // of frames: those that do not count as sent
}

func (q *queue) push(k kind, frame []byte) {
	if i := q.newest[k]; k == controlKind && i > 0 { // its place does not matter
		q.bytes += len(frame) - len(q.frames[i-1])
		q.frames[i-1] = frame
		return
	} else if k != lasting && i > 0 {
		q.bytes -= len(q.frames[i-1])
		q.frames[i-1] = nil
		q.others++
	}
	q.frames = append(q.frames, frame)
	q.bytes += len(frame)
	if k >= activityKind {
		q.others++
	}
	if k != lasting {
		q.newest[k] = int32(len(q.frames))
	}
}

// take empties the queue for writing. It returns how many of the frames count
// as sent.
func (q *queue) take() (frames net.Buffers, counted int) {
	frames, counted = q.frames, len(q.frames)-q.others
	q.flight = q.bytes
	q.drop()
	return frames, counted
}

// drop forgets what is queued.
func (q *queue) drop() {
	q.frames, q.bytes, q.others, q.newest = nil, 0, 0, [kindCount]int32{}
}

// waits returns how many bytes were not written yet.
func (q *queue) waits() int { return q.bytes + q.flight }

// over reports whether nothing more may be queued.
func (q *queue) over(frame []byte) bool {
	return len(q.frames) > 0 && (len(q.frames) >= queueFrames || q.bytes+len(frame) > queueBytes)
}

// headRoom is the longest head that a frame has.
const headRoom = 10

// framed returns a message as the text frame that it is sent in.
func framed(m interface{ AppendJSON([]byte) []byte }) []byte {
	return frameOf(m.AppendJSON(make([]byte, headRoom, 512)))
}

// frameOf makes a frame of a payload that stands after headRoom bytes, in place.
func frameOf(b []byte) []byte {
	const final = 0x80
	n := len(b) - headRoom
	at := headRoom - 2
	switch {
	case n < 126:
		b[at+1] = byte(n)
	case n < 1<<16:
		at -= 2
		b[at+1] = 126
		binary.BigEndian.PutUint16(b[at+2:], uint16(n))
	default:
		at -= 8
		b[at+1] = 127
		binary.BigEndian.PutUint64(b[at+2:], uint64(n))
	}
	b[at] = final | websocket.TextMessage
	return b[at:]
}

var pingFrame = []byte{0x80 | websocket.PingMessage, 0}

// pongFrame is the answer to a ping.
func pongFrame(data string) []byte {
	return append([]byte{0x80 | websocket.PongMessage, byte(len(data))}, data...)
}
