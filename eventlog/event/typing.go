package event

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// maxTyped bounds the text, in bytes with lengths, that typed reads: with
// numbers of eight digits, no length can then be over ot.MaxLen.
const maxTyped = 1 << 20

// A replacement is a change of one section that is not a keep.
type replacement struct {
	before, old, after int // units kept, replaced, kept
	insert             []uint16
}

// typed reads the shape and text of a change with one section that is not a keep, as
// nearly all have. It appends the insertion to buf. It returns false for all other
// changes and for errors: ot.FromShape, an order of magnitude slower, reads those and
// names the error.
func typed(shape, text []byte, buf []uint16) (r replacement, ok bool) {
	// After the end of the shape byteAt returns 0, which is valid nowhere.
	if len(text) > maxTyped || byteAt(shape, 0) != '[' {
		return r, false
	}
	at := 1
	if byteAt(shape, at) != '[' {
		if r.before, at = number(shape, at); r.before <= 0 || byteAt(shape, at) != ',' || byteAt(shape, at+1) != '[' {
			return r, false
		}
		at++
	}
	r.old, at = number(shape, at+1)
	r.insert = buf
	lines := 0
	for ; byteAt(shape, at) == ','; lines++ {
		if lines > 0 {
			r.insert = append(r.insert, '\n')
		}
		var n int
		if n, at = number(shape, at+1); len(text) < 4 {
			return r, false
		}
		size := uint64(binary.BigEndian.Uint32(text))
		if text = text[4:]; size > uint64(len(text)) {
			return r, false
		}
		was := len(r.insert)
		if r.insert, ok = appendLine(r.insert, text[:size]); !ok || len(r.insert)-was != n {
			return r, false
		}
		text = text[size:]
	}
	nothing := len(r.insert) == len(buf) && (lines > 0 || r.old == 0)
	if r.old < 0 || nothing || len(text) > 0 || byteAt(shape, at) != ']' {
		return r, false
	}
	if at++; byteAt(shape, at) == ',' {
		if r.after, at = number(shape, at+1); r.after <= 0 {
			return r, false
		}
	}
	return r, at == len(shape)-1 && shape[at] == ']'
}

// appendLine appends UTF-8 to dst as UTF-16, and reports whether it is one line
// of valid text.
func appendLine(dst []uint16, line []byte) ([]uint16, bool) {
	for i := 0; i < len(line); {
		c := line[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(line[i:])
			if r == utf8.RuneError && n == 1 {
				return dst, false
			}
			dst = utf16.AppendRune(dst, r)
			i += n
			continue
		}
		if c == '\n' || c == '\r' || c == 0 {
			return dst, false
		}
		dst = append(dst, uint16(c))
		i++
	}
	return dst, true
}

func byteAt(b []byte, i int) byte {
	if uint(i) < uint(len(b)) {
		return b[i]
	}
	return 0
}

// number reads a number of up to eight digits, and returns it and its end. It returns
// -1 if there is none, or one with a leading zero.
func number(b []byte, at int) (n, end int) {
	end = at
	for uint(end) < uint(len(b)) && b[end]-'0' < 10 {
		n = n*10 + int(b[end]-'0')
		end++
	}
	if size := end - at; size-1 > 7 || size < 1 || size > 1 && b[at] == '0' {
		return -1, end
	}
	return n, end
}
