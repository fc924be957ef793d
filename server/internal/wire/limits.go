package wire

import "strconv"

// MaxNumber is the largest number that a field may carry: up to 2^53-1 a
// JavaScript client counts exactly.
const MaxNumber = 1<<53 - 1

// UpdateFrameBytes is the size up to which UpdateFrames fills a frame.
const UpdateFrameBytes = 256 << 10

// Limits are a server's limits for its clients. Every join has them. The server
// enforces Text and the rates, Decode the others.
type Limits struct {
	Frame   int // bytes of one frame from a client
	Changes int // changes in one push
	Ranges  int // ranges in one cursor message
	Text    int // bytes of a thread's text as UTF-8
	Title   int // characters (code points) of a title
	User    int // characters (code points) of a user's name

	Frames      int // frames a second that a connection may sustain
	FramesBurst int // frames that it may send at once
	Bytes       int // bytes a second that a connection may sustain
	BytesBurst  int // bytes that it may send at once
	Presence    int // cursor messages a second; the server refuses more
}

// DefaultLimits returns the limits of a server without settings of its own.
func DefaultLimits() Limits {
	return Limits{
		Frame:   1 << 20,
		Changes: 1000,
		Ranges:  1000,
		Text:    4 << 20,
		Title:   200,
		User:    64,

		Frames:      1000,
		FramesBurst: 2000,
		Bytes:       8 << 20,
		BytesBurst:  16 << 20,
		Presence:    20,
	}
}

// AppendJSON appends l as a join has it in "limits".
func (l *Limits) AppendJSON(dst []byte) []byte {
	for _, f := range [...]struct {
		key   string
		value int
	}{
		{`{"frame":`, l.Frame},
		{`,"changes":`, l.Changes},
		{`,"ranges":`, l.Ranges},
		{`,"text":`, l.Text},
		{`,"title":`, l.Title},
		{`,"user":`, l.User},
		{`,"number":`, MaxNumber},
		{`,"frames":`, l.Frames},
		{`,"frames_burst":`, l.FramesBurst},
		{`,"bytes":`, l.Bytes},
		{`,"bytes_burst":`, l.BytesBurst},
		{`,"presence":`, l.Presence},
	} {
		dst = strconv.AppendInt(append(dst, f.key...), int64(f.value), 10)
	}
	return append(dst, '}')
}
