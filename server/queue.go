package server

// What waits for a peer is messages: one that goes to many is encoded once and
// shared. Their frames are gorilla's; a server's are not masked, and nothing is
// compressed, so that a frame costs no more than its head.

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
	kindCount
)

// A queue is what waits for a peer. Its peer's mu guards it.
type queue struct {
	frames [][]byte
	ask    control // the newest of each
	answer control
	newest [kindCount]int32 // where in frames one of a kind is, plus one
	bytes  int              // of frames
	flight int              // bytes being written
	others int              // of frames: those that do not count as sent
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

// drop forgets what is queued.
func (q *queue) drop() { *q = queue{flight: q.flight} }

// waits returns how many bytes were not written yet.
func (q *queue) waits() int { return q.bytes + q.flight }

// over reports whether nothing more may be queued.
func (q *queue) over(frame []byte) bool {
	return len(q.frames) > 0 && (len(q.frames) >= queueFrames || q.bytes+len(frame) > queueBytes)
}

// framed returns a message as it is sent.
func framed(m interface{ AppendJSON([]byte) []byte }) []byte {
	return m.AppendJSON(make([]byte, 0, 512))
}

// A control is a control frame that waits.
type control struct {
	op   int // websocket.PingMessage or PongMessage; 0 if there is none
	data string
}
