package crowd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/ot"
)

// A Recorder gets all that the clients of a crowd receive. Journal is one.
type Recorder interface {
	Opened(thread string)                        // the receipt for a new thread
	Saw(thread string, u client.Update)          // an entry of text mode
	Read(thread string, rev uint64, s LineSight) // an update of line mode
	Broken(err error)                            // a client ended with an error
}

// A Console is a Recorder that writes lines, for a journal that is not on this machine:
// see Journal.Hear. Each call is one write, so that a line is complete or not there.
type Console struct {
	mu sync.Mutex
	w  io.Writer
}

// NewConsole returns a console that writes to w.
func NewConsole(w io.Writer) *Console { return &Console{w: w} }

// consoleMark begins each line, between lines that others write.
const consoleMark = "J "

// A spoken is one line. Its fields are those of the methods of Recorder.
type spoken struct {
	Thread string          `json:"thread,omitempty"`
	Rev    uint64          `json:"rev,omitempty"` // 0: the thread was opened
	Author string          `json:"author,omitempty"`
	Client string          `json:"client,omitempty"`
	Seq    uint64          `json:"seq,omitempty"`
	Kind   string          `json:"kind,omitempty"`
	Change json.RawMessage `json:"change,omitempty"`
	Own    bool            `json:"own,omitempty"`
	Line   *LineSight      `json:"line,omitempty"`
	Broken string          `json:"broken,omitempty"`
}

func (c *Console) say(s spoken) {
	line, err := json.Marshal(s)
	if err != nil {
		line, _ = json.Marshal(spoken{Broken: err.Error()})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.w.Write([]byte(consoleMark + string(line) + "\n"))
}

func (c *Console) Opened(thread string) { c.say(spoken{Thread: thread}) }
func (c *Console) Broken(err error)     { c.say(spoken{Broken: err.Error()}) }

func (c *Console) Saw(thread string, u client.Update) {
	s := spoken{Thread: thread, Rev: u.Rev, Author: u.Author, Client: u.Client, Seq: u.Seq, Kind: u.Kind, Own: u.Own}
	if u.Kind == "" {
		s.Change = u.Change.AppendJSON(nil)
	}
	c.say(s)
}

func (c *Console) Read(thread string, rev uint64, l LineSight) {
	c.say(spoken{Thread: thread, Rev: rev, Line: &l})
}

// Hear takes a line of a Console into the journal. It reports whether it is one.
func (j *Journal) Hear(line string) bool {
	text, ok := strings.CutPrefix(line, consoleMark)
	var s spoken
	if !ok || json.Unmarshal([]byte(text), &s) != nil {
		return false
	}
	switch {
	case s.Broken != "":
		j.Broken(errors.New(s.Broken))
	case s.Line != nil:
		j.Read(s.Thread, s.Rev, *s.Line)
	case s.Rev == 0:
		j.Opened(s.Thread)
	default:
		u := client.Update{Rev: s.Rev, Author: s.Author, Client: s.Client, Seq: s.Seq, Kind: s.Kind, Own: s.Own}
		if s.Kind == "" {
			var err error
			if u.Change, err = ot.Parse(s.Change); err != nil {
				j.Broken(fmt.Errorf("a change of the console: %w", err))
				return true
			}
		}
		j.Saw(s.Thread, u)
	}
	return true
}
