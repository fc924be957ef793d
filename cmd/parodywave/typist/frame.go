package typist

import (
	"encoding/json"
	"fmt"
	"strconv"

	"parodywave/eventlog/ot"
)

// A frame is any message of the server's; which fields it has, its type says.
type frame struct {
	Type string `json:"type"`

	Thread string  `json:"thread"`
	Title  string  `json:"title"`
	Rev    uint64  `json:"rev"`
	Head   *uint64 `json:"head"`
	Chain  string  `json:"chain"`
	Text   *string `json:"text"` // of a join, and of an error
	Reset  bool    `json:"reset"`

	Updates []entry `json:"updates"`
	Length  int     `json:"length"`
	SHA256  string  `json:"sha256"`

	Code string `json:"code"`
	Re   string `json:"re"`

	Data      []Line `json:"data"`
	Current   *int   `json:"current"`
	Line      int    `json:"line"`
	Value     string `json:"value"`
	User      string `json:"user"`
	Submitted bool   `json:"submitted"`
	Mine      bool   `json:"mine"`
}

// An entry is one element of a stream's updates.
type entry struct {
	Rev     uint64          `json:"rev"`
	User    string          `json:"user"`
	Author  string          `json:"author"`
	Client  string          `json:"client"`
	Seq     uint64          `json:"seq"`
	At      int64           `json:"at"`
	Kind    string          `json:"kind"`
	Length  int             `json:"length"`
	Changes json.RawMessage `json:"changes"`
}

func decode(data []byte) (*frame, error) {
	f := new(frame)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("frame of %d bytes: %w", len(data), err)
	}
	return f, nil
}

func (f *frame) message() string {
	if f.Text == nil {
		return ""
	}
	return *f.Text
}

// A Refusal is an error frame that ended what was asked for.
type Refusal struct{ Code, Text, Re string }

func (r *Refusal) Error() string { return fmt.Sprintf("%s refused: %s: %s", r.Re, r.Code, r.Text) }

func (f *frame) refusal() *Refusal { return &Refusal{f.Code, f.message(), f.Re} }

// appendPush appends an update of text mode, with as many of changes as most
// bytes hold, but at least one. It returns how many those are.
func appendPush(dst []byte, client string, seq, rev uint64, changes []ot.Change, most int) ([]byte, int) {
	dst = append(append(dst, `{"type":"update","client":"`...), client...)
	dst = strconv.AppendUint(append(dst, `","seq":`...), seq, 10)
	dst = strconv.AppendUint(append(dst, `,"rev":`...), rev, 10)
	dst = append(dst, `,"changes":[`...)
	n := 0
	for ; n < len(changes) && (n == 0 || len(dst) < most); n++ {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = changes[n].AppendJSON(dst)
	}
	return append(dst, "]}"...), n
}

// text returns s as JSON.
func text(s string) string {
	b, _ := json.Marshal(s) // a string always can be
	return string(b)
}
