package client

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// A scanner reads frames. Those that come by the thousand, a stream's updates,
// it reads by hand if they are written plainly: keys that it knows, strings in
// ASCII without escapes. All others, and whatever it cannot make sense of, it
// leaves to encoding/json, so that both say the same of every frame.
type scanner struct {
	data    []byte
	pos     int
	names   map[string]string // strings that come again and again
	entries []entry           // memory for the next frame's
}

// maxNames bounds the strings that are kept.
const maxNames = 256

var plainUpdate = []byte(`{"type":"update","id":`)

// frame returns what data says. It is good until the next call, and its bytes
// are those of data.
func (s *scanner) frame(data []byte) (*frame, error) {
	if bytes.HasPrefix(data, plainUpdate) {
		s.data, s.pos = data, 0
		if f, ok := s.update(); ok {
			return f, nil
		}
	}
	return decode(data)
}

// update reads a frame of the stream; false: it is not written plainly.
func (s *scanner) update() (*frame, bool) {
	f := &frame{}
	ok := s.object(func(key []byte) bool {
		switch string(key) {
		case "type":
			return s.text(&f.Type)
		case "id":
			var id string
			return s.text(&id)
		case "rev":
			return s.number(&f.Rev)
		case "chain":
			chain, ok := s.quoted()
			f.Chain = string(chain)
			return ok
		case "updates":
			return s.list(&f.Updates)
		}
		return false
	})
	return f, ok && s.pos == len(s.data) && f.Updates != nil
}

func (s *scanner) list(to *[]entry) bool {
	if !s.take('[') {
		return false
	}
	s.entries = s.entries[:0]
	for more := !s.take(']'); more; more = s.take(',') {
		s.entries = append(s.entries, entry{})
		if !s.entry(&s.entries[len(s.entries)-1]) {
			return false
		}
	}
	*to = s.entries
	return len(s.entries) > 0 && s.take(']')
}

func (s *scanner) entry(e *entry) bool {
	return s.object(func(key []byte) bool {
		switch string(key) {
		case "rev":
			return s.number(&e.Rev)
		case "user":
			return s.text(&e.User)
		case "author":
			return s.text(&e.Author)
		case "client":
			return s.text(&e.Client)
		case "seq":
			return s.number(&e.Seq)
		case "at":
			var at uint64
			ok := s.number(&at)
			e.At = int64(at)
			return ok && e.At >= 0
		case "changes":
			from := s.pos
			ok := s.value()
			e.Changes = s.data[from:s.pos]
			return ok
		}
		return false
	})
}

// object reads an object; f reads the value of each key.
func (s *scanner) object(f func(key []byte) bool) bool {
	if !s.take('{') {
		return false
	}
	for {
		key, ok := s.quoted()
		if !ok || !s.take(':') || !f(key) {
			return false
		}
		if !s.take(',') {
			return s.take('}')
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.pos >= len(s.data) || s.data[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// quoted reads a string without escapes, in ASCII.
func (s *scanner) quoted() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	for from := s.pos; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[from : s.pos-1], true
		case c < ' ' || c == '\\' || c >= 0x80:
			return nil, false
		}
	}
	return nil, false
}

// text reads a string of which the stream has many alike.
func (s *scanner) text(to *string) bool {
	b, ok := s.quoted()
	if !ok {
		return false
	}
	known, have := s.names[string(b)]
	if !have {
		if s.names == nil || len(s.names) >= maxNames {
			s.names = map[string]string{}
		}
		known = string(b)
		s.names[known] = known
	}
	*to = known
	return true
}

func (s *scanner) number(to *uint64) bool {
	from := s.pos
	for s.pos < len(s.data) && s.data[s.pos]-'0' <= 9 {
		s.pos++
	}
	digits := s.data[from:s.pos]
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' || len(digits) > 18 {
		return false
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	*to = n
	return err == nil
}

// value reads over a list of lists, strings and numbers.
func (s *scanner) value() bool {
	from, depth := s.pos, 0
	for ; s.pos < len(s.data); s.pos++ {
		switch s.data[s.pos] {
		case '[':
			depth++
		case ']':
			depth--
		case '"':
			s.inside()
		}
		if depth <= 0 {
			break
		}
	}
	if s.pos == len(s.data) || s.data[s.pos] != ']' {
		return false
	}
	s.pos++
	return s.data[from] == '[' && json.Valid(s.data[from:s.pos])
}

// inside goes to the end of the string that begins at pos.
func (s *scanner) inside() {
	for s.pos++; s.pos < len(s.data) && s.data[s.pos] != '"'; s.pos++ {
		if s.data[s.pos] == '\\' {
			s.pos++
		}
	}
	s.pos = min(s.pos, len(s.data)-1)
}
