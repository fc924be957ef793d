package wire

import "strconv"

// MaxNumber is the largest number that any field may carry: the largest
// integer up to which a JavaScript client counts exactly, 2^53-1.
const MaxNumber = 1<<53 - 1

// UpdateFrameBytes is the size up to which TextUpdate.Frames fills a frame.
const UpdateFrameBytes = 256 << 10

// Limits are the bounds that a server sets for its clients. Every join tells
// them. The server that holds them enforces Text and the rates; Decode the rest.
type Limits struct {
	Frame   int // bytes of one frame from a client
	Changes int // changes in one push
	Ranges  int // ranges in one cursor message
	Text    int // bytes of a thread's text as UTF-8
	Title   int // characters (code points) of a title
	User    int // characters (code points) of a user's name

	Frames      int // frames a second that one connection may keep up
	FramesBurst int // frames that it may send at once
	Bytes       int // bytes a second that one connection may keep up
	BytesBurst  int // bytes that it may send at once
	Presence    int // cursor messages a second; the server drops those above
}

// DefaultLimits returns the limits of a server that was told no others.
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

// AppendJSON appends l as it stands in a join's "limits".
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
