package authority

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog/ot"
)

func (h *history) ctx() context.Context { return context.Background() }

var alphabet = strings.Split("a b c d é 한 글 😀 🎈", " ")

// text draws up to n characters, with line breaks if lineBreaks is set.
func (h *history) text(n int, lineBreaks bool) []uint16 {
	var u []uint16
	for range h.draw(n + 1) {
		if lineBreaks && h.draw(4) == 0 {
			u = append(u, '\n')
			continue
		}
		u = append(u, units(alphabet[h.draw(len(alphabet))])...)
	}
	return u
}

// change draws a change of doc that cuts no surrogate pair.
func (h *history) change(doc []uint16) ot.Change {
	if h.draw(8) == 0 {
		if c, ok := h.moveLine(doc); ok {
			return c
		}
	}
	cut := func(pos int) int {
		for !ot.Boundary(doc, pos) {
			pos++
		}
		return pos
	}
	var b ot.Builder
	pos := 0
	for range 1 + h.draw(3) {
		to := cut(pos + h.draw(len(doc)-pos+1))
		b.Keep(to - pos)
		end := cut(min(to+h.draw(4), len(doc)))
		insert := h.text(3, true)
		switch n := h.draw(4); {
		case n == 0 || len(doc) > 12 && n > 1:
			b.Replace(end-to, nil)
		case n == 1:
			b.Replace(0, insert)
			end = to
		default:
			b.Replace(end-to, insert)
		}
		pos = end
	}
	b.Keep(len(doc) - pos)
	return b.Change()
}

// moveLine is Alt-Up: the line above is deleted and inserted below.
func (h *history) moveLine(doc []uint16) (ot.Change, bool) {
	breaks := []int{-1}
	for i, u := range doc {
		if u == '\n' {
			breaks = append(breaks, i)
		}
	}
	if len(breaks) < 2 {
		return ot.Change{}, false
	}
	i := h.draw(len(breaks) - 1)
	from, to := breaks[i]+1, breaks[i+1] // the line above
	end := len(doc)
	if i+2 < len(breaks) {
		end = breaks[i+2]
	}
	var b ot.Builder
	b.Keep(from)
	b.Replace(to+1-from, nil)
	b.Keep(end - to - 1)
	b.Replace(0, append([]uint16{'\n'}, doc[from:to]...))
	b.Keep(len(doc) - end)
	return b.Change(), true
}

func (h *history) typeText(c *textClient) {
	if !c.joined {
		if c.conn == nil {
			c.connect(h.open(), false)
			h.note("%s connects: %s", c.name, c.conn.name)
		}
		return
	}
	if c.conn != nil && h.draw(12) == 0 {
		h.present(c)
		return
	}
	ch := h.change(c.doc)
	c.edit(ch)
	h.note("%s types %s: %q", c.name, jsonOf(ch), ot.String(c.doc))
}

// present shows a cursor, submits lines or renames.
func (h *history) present(c *textClient) {
	conn, w, rev := c.conn, c.w, c.rev
	switch h.draw(3) {
	case 0:
		conn.up = append(conn.up, frame{f: func() { w.auth.Cursor(conn, rev, [][2]int{{0, 0}}) }})
	case 1:
		title := fmt.Sprintf("title by %s at %d", c.name, rev)
		conn.up = append(conn.up, frame{f: func() { w.auth.Rename(conn, c.author, title) }})
	default:
		n := 1
		for _, u := range c.confirmed {
			if u == '\n' {
				n++
			}
		}
		from := h.draw(n)
		to := from + h.draw(n-from)
		h.note("%s submits %d to %d at %d", c.name, from, to, rev)
		conn.up = append(conn.up, frame{f: func() { w.auth.Submit(conn, rev, from, to) }})
	}
}

func (h *history) pushSome(c *textClient) {
	n := 1 + h.draw(4)
	if c.push(n) {
		h.note("%s pushes seq %d at %d: %d changes", c.name, c.flight.Seq, c.flight.Rev, len(c.flight.Changes))
	}
}

func (h *history) typeLine(c *lineClient) {
	switch {
	case c.conn == nil:
		c.connect(h.open())
		h.note("%s connects: %s", c.name, c.conn.name)
		return
	case !c.joined:
		return
	}
	base := c.last
	if c.current >= 0 && h.draw(3) > 0 {
		base = c.data[c.current].value
	}
	value := h.retype(base)
	switch n := h.draw(10); {
	case n < 2:
		h.note("%s: new %q", c.name, value)
		c.begin(value)
	case n < 3:
		h.note("%s: submit %q", c.name, value)
		c.submit(value)
	case n < 5:
		line := h.draw(len(c.data) + 1)
		if line < len(c.data) {
			value = h.retype(c.data[line].value)
		}
		rev := c.rev
		if h.draw(8) == 0 {
			rev -= min(rev, 3)
		}
		h.note("%s: update %q, line %d rev %d", c.name, value, line, rev)
		c.updateAt(line, rev, value)
	default:
		h.note("%s: update %q", c.name, value)
		c.update(value)
	}
}

// retype edits one line.
func (h *history) retype(s string) string {
	r := []rune(s)
	from := h.draw(len(r) + 1)
	to := min(from+h.draw(3), len(r))
	if h.draw(2) == 0 || len(r) > 12 {
		return string(slices.Delete(r, from, to))
	}
	return string(slices.Replace(r, from, to, []rune(ot.String(h.text(2, false)))...))
}
