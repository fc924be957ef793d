package event

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// AppendStrings appends strings to dst as a record's text: for each its length in
// bytes as a big-endian u32, then its UTF-8.
func AppendStrings(dst []byte, strings ...string) []byte {
	for _, s := range strings {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
	}
	return dst
}

// Strings is the inverse of AppendStrings, and refuses all other texts.
func Strings(text []byte) ([]string, error) {
	if len(text) == 0 {
		return nil, nil
	}
	out := make([]string, 0, 1)
	for at := 0; at < len(text); {
		if len(text)-at < 4 {
			return nil, fmt.Errorf("text: %d bytes instead of a length, at byte %d", len(text)-at, at)
		}
		n := binary.BigEndian.Uint32(text[at:])
		at += 4
		if uint64(n) > uint64(len(text)-at) {
			return nil, fmt.Errorf("text: string of %d bytes, but %d are left, at byte %d", n, len(text)-at, at)
		}
		s := text[at : at+int(n)]
		if !utf8.Valid(s) {
			return nil, fmt.Errorf("text: string at byte %d is not valid UTF-8", at)
		}
		out = append(out, string(s))
		at += int(n)
	}
	return out, nil
}
