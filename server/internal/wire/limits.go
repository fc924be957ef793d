package wire

import (
	"encoding/json"

	"parodywave/eventlog/names"
)

// MaxNumber is the largest number that a field may carry: up to 2^53-1 a
// JavaScript client counts exactly.
const MaxNumber = 1<<53 - 1

// UpdateFrameBytes is the size up to which UpdateFrames fills a frame.
const UpdateFrameBytes = 256 << 10

// Limits are a server's limits for its clients. Every join has them. The server
// enforces Text, Lines and the rates, Decode the others.
type Limits struct {
	Frame   int `json:"frame"`   // bytes of one frame from a client
	Changes int `json:"changes"` // changes in one push
	Edits   int `json:"edits"`   // places that the changes of one push edit
	Ranges  int `json:"ranges"`  // ranges in one cursor message
	Text    int `json:"text"`    // bytes of a thread's text as UTF-8
	Lines   int `json:"lines"`   // lines of a thread
	Title   int `json:"title"`   // characters (code points) of a title
	User    int `json:"user"`    // characters (code points) of a user's name
	Number  int `json:"number"`  // MaxNumber

	Frames      int `json:"frames"`       // frames a second that a connection may sustain
	FramesBurst int `json:"frames_burst"` // frames that it may send at once
	Bytes       int `json:"bytes"`        // bytes a second that a connection may sustain
	BytesBurst  int `json:"bytes_burst"`  // bytes that it may send at once
	Presence    int `json:"presence"`     // cursor messages a second; the server refuses more
}

// DefaultLimits returns the limits of a server without settings of its own.
func DefaultLimits() Limits {
	return Limits{
		Frame:   1 << 20,
		Changes: 1000,
		Edits:   10_000,
		Ranges:  1000,
		Text:    4 << 20,
		Lines:   200_000,
		Title:   names.TitleMost,
		User:    names.AuthorMost,
		Number:  MaxNumber,

		Frames:      1000,
		FramesBurst: 2000,
		Bytes:       8 << 20,
		BytesBurst:  16 << 20,
		Presence:    20,
	}
}

// AppendJSON appends l as a join has it in "limits".
func (l *Limits) AppendJSON(dst []byte) []byte {
	b, _ := json.Marshal(l) // never fails for numbers
	return append(dst, b...)
}
