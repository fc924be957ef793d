package client

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"strconv"

	"parodywave/eventlog/ot"
)

// A frame is any message of the server; the type tells which fields are set.
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

// digests is the seed of all digests of this process.
var digests = maphash.MakeSeed()

// digest returns a hash of all that an entry says. It is comparable within one
// process; two different entries share it with a chance of one in 2^64.
func (e *entry) digest() uint64 {
	var h maphash.Hash
	h.SetSeed(digests)
	var b [96]byte
	n := binary.BigEndian.AppendUint64(b[:0], e.Rev)
	n = binary.BigEndian.AppendUint64(n, e.Seq)
	n = binary.BigEndian.AppendUint64(n, uint64(e.At))
	n = binary.BigEndian.AppendUint64(n, uint64(e.Length))
	for _, s := range []string{e.Client, e.Author, e.Kind} {
		n = append(append(n, s...), 0)
	}
	_, _ = h.Write(n)
	_, _ = h.Write(e.Changes)
	return h.Sum64()
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

// A Refusal is an error frame in answer to a request.
type Refusal struct{ Code, Text, Re string }

func (r *Refusal) Error() string { return fmt.Sprintf("%s refused: %s: %s", r.Re, r.Code, r.Text) }

func (f *frame) refusal() *Refusal { return &Refusal{f.Code, f.message(), f.Re} }

// appendPush appends a push with the first of changes: at least one, and no more
// once the push has most bytes. It returns how many changes it appended.
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

// joinFrame returns a request to join a thread in text mode or, if chain is not
// empty, to resume it after a revision.
func joinFrame(user, thread, client string, since uint64, chain string) []byte {
	join := fmt.Sprintf(`{"type":"join","user":%s,"id":"%s","mode":"text","client":"%s"`, text(user), thread, client)
	if chain != "" {
		join += fmt.Sprintf(`,"since":%d,"chain":"%s"`, since, chain)
	}
	return []byte(join + "}")
}

// text returns s as JSON.
func text(s string) string {
	b, _ := json.Marshal(s) // cannot fail for a string
	return string(b)
}
