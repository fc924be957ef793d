package client

import (
	"bytes"
	"unicode/utf8"

	"parodywave/eventlog/strictjson"
)

// A scanner reads frames. It reads the frames that come by the thousand, a
// stream's updates, with strictjson, which takes a third of encoding/json's time,
// and leaves all others, and what it does not know, to encoding/json: so both
// read every frame alike.
type scanner struct {
	json    strictjson.Scanner
	names   map[string]string // strings that occur again and again
	entries []entry           // memory for the next frame's
}

// maxNames bounds the strings that are kept.
const maxNames = 256

var plainUpdate = []byte(`{"type":"update","id":`)

// frame reads data. The result is valid until the next call, and its bytes are
// those of data.
func (s *scanner) frame(data []byte) (*frame, error) {
	if bytes.HasPrefix(data, plainUpdate) && utf8.Valid(data) {
		if f, ok := s.update(data); ok {
			return f, nil
		}
	}
	return decode(data)
}

// update reads a frame of the stream. It returns false for what it leaves to
// encoding/json.
func (s *scanner) update(data []byte) (*frame, bool) {
	s.json = strictjson.New(data)
	f := &frame{}
	ok := s.json.Members(func(name []byte) bool {
		switch string(name) {
		case "type":
			return s.text(&f.Type)
		case "id":
			return s.json.String() != nil
		case "rev":
			return s.number(&f.Rev)
		case "chain":
			literal := s.json.String()
			f.Chain = string(bytes.Trim(literal, `"`))
			return literal != nil
		case "updates":
			return f.Updates == nil && s.list(&f.Updates)
		}
		return false
	})
	return f, ok && s.json.End() && s.json.Flaws&strictjson.Escaped == 0 && f.Updates != nil
}

func (s *scanner) list(to *[]entry) bool {
	s.entries = s.entries[:0]
	ok := s.json.Array(func() bool {
		s.entries = append(s.entries, entry{})
		return s.entry(&s.entries[len(s.entries)-1])
	})
	*to = s.entries
	return ok && len(s.entries) > 0
}

func (s *scanner) entry(e *entry) bool {
	return s.json.Members(func(name []byte) bool {
		switch string(name) {
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
			at, ok := s.json.Uint()
			e.At = int64(at)
			return ok
		case "changes":
			flaws := s.json.Flaws
			e.Changes = s.json.Value()
			s.json.Flaws = flaws // they are passed on as they are written
			return len(e.Changes) > 0 && e.Changes[0] == '['
		}
		return false
	})
}

// text reads a string that the stream repeats.
func (s *scanner) text(to *string) bool {
	literal := s.json.String()
	if literal == nil {
		return false
	}
	inner := literal[1 : len(literal)-1]
	known, have := s.names[string(inner)]
	if !have {
		if s.names == nil || len(s.names) >= maxNames {
			s.names = map[string]string{}
		}
		known = string(inner)
		s.names[known] = known
	}
	*to = known
	return true
}

func (s *scanner) number(to *uint64) (ok bool) {
	*to, ok = s.json.Uint()
	return ok
}
