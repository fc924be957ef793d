package authority

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"parodywave/server/internal/wire"
)

// cursors returns the cursors among what c was sent.
func cursors(c *conn) (out []Cursor) {
	for _, m := range c.down {
		if m, ok := m.(Cursor); ok {
			out = append(out, m)
		}
	}
	c.down = nil
	return out
}

func TestCursorsArePassedOnAndNeverLogged(t *testing.T) {
	s := newScene(t, "milk")
	a, b, l := s.text("ada", ada), s.text("ben", ben), s.line("cleo", ben)
	s.auth.Cursor(a.conn, 2, [][2]int{{1, 3}})
	s.serve(1)
	want := Cursor{Client: a.id, Author: ada, Revision: 2, Ranges: [][2]int{{1, 3}}}
	if got := cursors(b.conn); len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(want) {
		t.Errorf("ben was sent %v, want %v", got, want)
	}
	if len(a.conn.down)+len(l.conn.down) > 0 {
		t.Error("its own client, or line mode, was sent it")
	}
	s.head(2)

	c := s.conn("new")
	s.do(func() { s.auth.joinText(c, ben, b.id, nil, s.auth.state()) }) // ben joins again and is sent ada's cursor
	if got := cursors(c); len(got) != 1 || got[0].Client != a.id {
		t.Errorf("the peer that joined was sent %v", got)
	}
	s.leave(a.conn)
	if got := cursors(c); len(got) != 1 || got[0].Ranges == nil || len(got[0].Ranges) != 0 {
		t.Errorf("after ada left ben was sent %v, want empty ranges", got)
	}
	s.auth.Cursor(a.conn, 2, nil)
	s.auth.Cursor(c, 3, nil)
	a.conn.left = false
	s.serve(2)
	if f := refusals(a.conn); len(f) != 1 || f[0].Code != wire.NotJoined {
		t.Errorf("a cursor without a join was answered %v", f)
	}
	if f := refusals(c); len(f) != 1 || f[0].Code != wire.Stale {
		t.Errorf("a cursor above the head was answered %v", f)
	}
}

func TestCursorDoesNotForceAnAppend(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	appends := 0
	s.log.appended = func() { appends++ }
	for _, c := range []*textClient{a, b} {
		c.edit(changes(t, `[4,[0,"!"]]`)[0])
		c.push(1)
		s.up()
		s.auth.Cursor(c.conn, 2, [][2]int{{5, 5}})
	}
	s.serve(4)
	s.down()
	s.reads("milk!!")
	s.equal("appends", appends, 1)
}

// beacons returns the beacons among what c was sent.
func beacons(c *conn) (out []Beacon) {
	for _, m := range c.down {
		if m, ok := m.(Beacon); ok {
			out = append(out, m)
		}
	}
	c.down = nil
	return out
}

func TestBeaconsComeEveryThousandRevisionsOrTenSecondsOfActivity(t *testing.T) {
	s := newScene(t, "milk")
	c := s.text("ada", ada)
	first := s.auth.beacon.revision
	for range int(first) + beaconRevisions - 1 - int(s.auth.thread.Revision) {
		s.elsewhere(0, 0, "😀")
	}
	if got := beacons(c.conn); len(got) != 0 {
		t.Fatalf("%d beacons in %d revisions", len(got), s.auth.thread.Revision-first)
	}
	s.elsewhere(0, 0, "x")
	got := beacons(c.conn)
	th := s.auth.thread
	if len(got) != 1 || got[0].Revision != first+beaconRevisions || got[0].Length != th.Len() ||
		got[0].SHA256 != sha256.Sum256([]byte(th.Text())) || got[0].Chain != s.auth.chain {
		t.Fatalf("got %v at revision %d", got, th.Revision)
	}
	s.pass(beaconPause)
	if got := beacons(c.conn); len(got) != 0 {
		t.Error("a beacon without activity")
	}
	s.elsewhere(0, 0, "y")
	s.elsewhere(0, 0, "z")
	s.equal("beacons after 10 s", len(beacons(c.conn)), 1)
}
