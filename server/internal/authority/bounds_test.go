package authority

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// TestLinesAreBounded: nothing makes a thread longer than MaxLines, and one that is longer
// already may only become shorter.
func TestLinesAreBounded(t *testing.T) {
	s := newScene(t, "a\nb\nc")
	s.auth.cfg.MaxLines = 4
	n := s.auth.thread.Len()
	for _, c := range []struct {
		changes []ot.Change
		refused bool
	}{
		{[]ot.Change{ot.Replace(n, n, n, units("\nd"))}, false},
		{[]ot.Change{ot.Replace(n, n, n, units("\nd\ne"))}, true},
		{[]ot.Change{ot.Replace(n, 0, 2, units("x\ny\n"))}, false},
		{[]ot.Change{ot.Replace(n, n, n, units("\nd")), ot.Replace(n+2, 0, 0, units("\n"))}, true},
		{[]ot.Change{ot.Replace(n, n, n, units("\nd")), ot.Replace(n+2, 1, 2, units("\n\n")), ot.Replace(n+3, 1, 2, nil)}, false},
	} {
		f := s.auth.validate(c.changes)
		if (f != nil) != c.refused || f != nil && f.Code != wire.TooLarge {
			t.Errorf("%v: %v", c.changes, f)
		}
	}
	s.auth.cfg.MaxLines = 2
	for text, refused := range map[string]bool{"x": false, "x\ny\nz": false, "x\ny\nz\n": true} {
		if f := s.auth.validate([]ot.Change{ot.Replace(n, 0, n, units(text))}); (f != nil) != refused {
			t.Errorf("a text of three lines, two are allowed, becomes %q: %v", text, f)
		}
	}
	l := s.line("line", ben)
	l.begin("one more")
	s.up()
	s.serve(testInbox)
	if got := s.auth.thread.LineCount(); got != 3 {
		t.Errorf("line mode has made %d lines", got)
	}
}

// TestViewsOfALongLineAreFewAndShared: what peers in line mode were sent of their current
// line is kept once for all of them, and of a long line only the last is kept.
func TestViewsOfALongLineAreFewAndShared(t *testing.T) {
	long := strings.Repeat("x", deliveredUnits)
	s := newScene(t, long)
	a, b := s.line("a", ada), s.line("b", ben)
	for _, c := range []*lineClient{a, b} {
		c.updateAt(0, s.auth.thread.Revision, long+"!")
		s.up()
		s.flow()
	}
	for range 40 {
		s.change(0, 0, "y")
		s.pass(1000)
		s.flow()
	}
	var last []*uint16
	for _, l := range s.auth.lines {
		units := 0
		for _, v := range l.delivered {
			units += len(v.text)
		}
		if n := len(l.delivered); n == 0 || units > deliveredUnits && n > 1 {
			t.Fatalf("%d views with %d units are kept", n, units)
		}
		last = append(last, &l.delivered[len(l.delivered)-1].text[0])
	}
	if len(last) != 2 || last[0] != last[1] {
		t.Errorf("the line is kept %d times", len(last))
	}
	// A short line has as many views as ever.
	l := &linePeer{}
	for range deliveredMax + 5 {
		l.deliver(&view{text: units("short")})
	}
	if len(l.delivered) != deliveredMax {
		t.Errorf("%d views of a short line are kept", len(l.delivered))
	}
}

// TestACrowdsCursorsAreBounded: whoever joins a crowd is sent some cursors, and no
// broadcast sends more than its bound.
func TestACrowdsCursorsAreBounded(t *testing.T) {
	const crowd = cursorsShown + 50
	s := newScene(t, "a text")
	for i := range crowd {
		c := s.conn("member")
		tp := &textPeer{author: ada, client: eventlog.ClientID{2, byte(i), byte(i >> 8)}, sent: s.auth.thread.Revision}
		tp.cursor = &Cursor{Client: tp.client, Author: ada, Revision: 2, Ranges: [][2]int{{1, 2}}}
		s.auth.texts[c] = tp
	}
	sent := 0
	s.sent = func(*conn, any) { sent++ }
	joiner := s.conn("joiner")
	s.do(func() { s.auth.joinText(joiner, ben, eventlog.ClientID{3}, nil, s.auth.state()) })
	if n := len(cursors(joiner)); n != cursorsShown || sent != 1+n {
		t.Errorf("the joiner is sent %d cursors of %d, want %d", n, crowd, cursorsShown)
	}
	for p, tp := range s.auth.texts { // all move at once
		if p != Peer(joiner) {
			tp.moved = true
			s.auth.fanout.moved = append(s.auth.fanout.moved, p)
		}
	}
	for len(s.auth.fanout.moved) > 0 {
		sent = 0
		s.auth.sendCursors()
		if sent > cursorSends {
			t.Fatalf("one broadcast sends %d cursors", sent)
		}
	}
}
