package wire

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Frame is what the server sends: every type that is not a Message is one.
// Frames are compact JSON in UTF-8; strings escape only what JSON requires.
type Frame interface {
	// AppendJSON appends the frame to dst and returns the extended slice.
	AppendJSON(dst []byte) []byte
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD, so that a frame is always valid.
func appendString(dst []byte, s string) []byte {
	dst = append(slices.Grow(dst, len(s)+2), '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		dst = appendEscape(append(dst, s[start:i]...), c)
		i += size
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if c >= utf8.RuneSelf {
		return append(dst, "\ufffd"...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// The functions below append a key, as JSON has it with its comma and colon,
// and then the value.

func appendText(dst []byte, key, s string) []byte {
	return appendString(append(dst, key...), s)
}

func appendInt(dst []byte, key string, n int) []byte {
	return strconv.AppendInt(append(dst, key...), int64(n), 10)
}

func appendRev(dst []byte, key string, r eventlog.Revision) []byte {
	return strconv.AppendUint(append(dst, key...), uint64(r), 10)
}

func appendBool(dst []byte, key string, b bool) []byte {
	return strconv.AppendBool(append(dst, key...), b)
}

func appendID(dst []byte, key string, id [16]byte) []byte {
	var text [ulid.EncodedSize]byte
	_ = ulid.ULID(id).MarshalTextTo(text[:]) // fails only for a short buffer
	dst = append(append(dst, key...), '"')
	return append(append(dst, text[:]...), '"')
}

func appendDigest(dst []byte, key string, d chain.Digest) []byte {
	dst = append(append(dst, key...), '"')
	for _, b := range d {
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return append(dst, '"')
}

// appendTuple appends an array of numbers.
func appendTuple(dst []byte, numbers ...int64) []byte {
	dst = append(dst, '[')
	for i, n := range numbers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, n, 10)
	}
	return append(dst, ']')
}

// appendList appends an array whose elements each appends.
func appendList[T any](dst []byte, key string, list []T, each func([]byte, *T) []byte) []byte {
	dst = append(append(dst, key...), '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = each(dst, &list[i])
	}
	return append(dst, ']')
}
