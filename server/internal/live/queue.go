package live

// Messages wait for a peer encoded, and a message for many is shared. gorilla
// frames them: a server's frames are not masked, and none is compressed, so that
// a frame costs only its header.

const (
	// A peer for which more than fullBytes wait is behind: it gets no more edits of
	// others until they are written, and then gets all of them in one frame.
	fullBytes = 8 << 10
	// queuedMax is how many bytes may wait for all peers together before every peer
	// for which anything waits counts as behind. Shared frames count for each.
	queuedMax = 64 << 20

	// queueBytes is how much may wait for one peer of what cannot be merged, such as
	// answers, each with frameBytes for what a frame costs besides. A single frame of any
	// size always may.
	queueBytes = 4 << 20
	frameBytes = 64
)

// A kind is a kind of frames where only the newest matters: it replaces one that
// still waits.
type kind int8

const (
	lasting kind = iota // is never replaced
	statusKind
	listKind
	peopleKind
	activityKind
	kindCount
)

// A queue is the frames that wait for a peer, guarded by the peer's mu.
type queue struct {
	frames [][]byte
	ask    control // the newest of each
	answer control
	newest [kindCount]int32 // index in frames of the one of a kind, plus one
	bytes  int              // of frames
	flight int              // bytes being written
	others int              // how many of frames do not count as sent
}

func (q *queue) push(k kind, frame []byte) {
	if i := q.newest[k]; k != lasting && i > 0 {
		q.bytes -= len(q.frames[i-1])
		q.frames[i-1] = nil
		q.others++
	}
	q.frames = append(q.frames, frame)
	q.bytes += len(frame)
	if k == activityKind {
		q.others++
	}
	if k != lasting {
		q.newest[k] = int32(len(q.frames))
	}
}

// take empties the queue for writing.
func (q *queue) take() queue {
	taken := *q
	q.flight = q.bytes
	q.drop()
	return taken
}

// counted returns how many of the frames count as sent.
func (q *queue) counted() int { return len(q.frames) - q.others }

func (q *queue) empty() bool { return len(q.frames) == 0 && q.ask.op == 0 && q.answer.op == 0 }

// drop empties the queue.
func (q *queue) drop() { *q = queue{flight: q.flight} }

// waits returns how many bytes are not written yet.
func (q *queue) waits() int { return q.bytes + q.flight }

// over reports whether nothing more may be queued.
func (q *queue) over(frame []byte) bool {
	return len(q.frames) > 0 && q.bytes+len(frame)+frameBytes*len(q.frames) > queueBytes
}

// A message is one of package wire that a server sends.
type message interface{ AppendJSON([]byte) []byte }

// encoded returns a message as it is sent.
func encoded(m message) []byte {
	return m.AppendJSON(make([]byte, 0, 512))
}

// A control is a control frame that waits.
type control struct {
	op   int // websocket.PingMessage or PongMessage; 0: none
	data string
}
