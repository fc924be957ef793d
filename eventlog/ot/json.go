package ot

import (
	"bytes"
	"slices"
	"strconv"
)

const lineBreak = '\n'

// AppendJSON appends the change as CodeMirror's JSON.stringify writes it: no spaces,
// and nothing escaped that JSON does not require. Line breaks separate strings; lone
// surrogates, which Parse refuses, become \uXXXX.
func (c Change) AppendJSON(dst []byte) []byte {
	return c.appendSections(dst, func(dst []byte, line []uint16) []byte {
		dst = append(dst, '"')
		dst = appendEscaped(dst, line)
		return append(dst, '"')
	})
}

// String returns the change as JSON: see AppendJSON.
func (c Change) String() string { return string(c.AppendJSON(nil)) }

// AppendShape appends the change's shape: its JSON with the length of every line, in
// UTF-16 code units, instead of the line.
func (c Change) AppendShape(dst []byte) []byte {
	return c.appendSections(dst, func(dst []byte, line []uint16) []byte {
		return strconv.AppendInt(dst, int64(len(line)), 10)
	})
}

// AppendLines appends the inserted lines that AppendShape leaves out, in their
// order: as many strings as AppendJSON writes.
func (c Change) AppendLines(dst []string) []string {
	for e := range c.Edits() {
		if len(e.Insert) == 0 {
			continue
		}
		eachLine(e.Insert, func(line []uint16) { dst = append(dst, String(line)) })
	}
	return dst
}

func (c Change) appendSections(dst []byte, item func(dst []byte, line []uint16) []byte) []byte {
	dst = append(dst, '[')
	text := c.text
	for i, s := range c.sections {
		if i > 0 {
			dst = append(dst, ',')
		}
		if s.ins == keep {
			dst = strconv.AppendInt(dst, int64(s.old), 10)
			continue
		}
		dst = append(dst, '[')
		dst = strconv.AppendInt(dst, int64(s.old), 10)
		if s.ins > 0 {
			eachLine(text[:s.ins], func(line []uint16) { dst = item(append(dst, ','), line) })
			text = text[s.ins:]
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// eachLine calls f for each line of u, once more than u has line breaks.
func eachLine(u []uint16, f func(line []uint16)) {
	for {
		i := slices.Index(u, lineBreak)
		if i < 0 {
			f(u)
			return
		}
		f(u[:i])
		u = u[i+1:]
	}
}

// shortEscapes has control characters at even indexes, each followed by its letter.
var shortEscapes = []byte("\bb\tt\nn\ff\rr")

func appendEscaped(dst []byte, u []uint16) []byte {
	for i := 0; i < len(u); {
		n := 1
		switch c := u[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', byte(c))
		case c < ' ':
			dst = appendControl(dst, byte(c))
		case c < 0x80:
			dst = append(dst, byte(c))
		default:
			if _, n = runeAt(u, i); n == 1 && (isHigh(c) || isLow(c)) {
				dst = appendHex(dst, c)
			} else {
				dst = AppendUTF8(dst, u[i:i+n])
			}
		}
		i += n
	}
	return dst
}

func appendControl(dst []byte, c byte) []byte {
	for i := 0; i < len(shortEscapes); i += 2 {
		if shortEscapes[i] == c {
			return append(dst, '\\', shortEscapes[i+1])
		}
	}
	return appendHex(dst, uint16(c))
}

func appendHex(dst []byte, u uint16) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[u>>12], digits[u>>8&15], digits[u>>4&15], digits[u&15])
}

// FromShape is the inverse of AppendShape and AppendLines. It accepts only what they
// write: the one spelling of the shortest form, and lines of the lengths in the
// shape. Anything else is an error that wraps ErrBadChange.
func FromShape(shape []byte, lines []string) (Change, error) {
	s := scanner{data: shape, shaped: true, lines: lines}
	c, err := s.change()
	if err != nil {
		return Change{}, err
	}
	if len(s.lines) > 0 {
		return Change{}, s.errorf(len(shape), "%d of %d lines are left over", len(s.lines), len(lines))
	}
	if canon := c.AppendShape(make([]byte, 0, len(shape))); !bytes.Equal(canon, shape) {
		return Change{}, s.errorf(0, "shape is not in its shortest form, %.200s", canon)
	}
	return c, nil
}
