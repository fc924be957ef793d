package authority

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// A scene is a world in which everything arrives at once and nothing fails
// unless the test says so.
type scene struct {
	*world
	t     *testing.T
	texts []*textClient
	lines []*lineClient
}

var (
	ada = eventlog.AuthorID{0xa}
	ben = eventlog.AuthorID{0xb}
)

// newScene opens a thread at revision 1. It has the given text at revision 2,
// if that is not empty.
func newScene(t *testing.T, text string) *scene {
	t.Helper()
	s := &scene{world: newWorld(nil), t: t}
	t.Cleanup(func() {
		for _, f := range s.flaws {
			t.Error(f)
		}
	})
	s.edit(func() { s.auth.record(event.Opened{Title: "a thread"}, ada, s.newClient(), 0) })
	if text != "" {
		u := units(text)
		s.edit(func() { s.auth.record(event.Changed{Change: ot.Replace(0, 0, 0, u)}, ada, s.newClient(), 0) })
	}
	return s
}

// edit has the authority record something, as the server does.
func (s *scene) edit(f func()) {
	s.auth.handle(request{edit: func() *wire.Error { f(); return nil }})
	s.auth.commit()
}

// change has another author replace the units from..to of the text, and
// delivers it to all clients.
func (s *scene) change(from, to int, insert string) {
	s.elsewhere(from, to, insert)
	s.down()
}

func (s *scene) elsewhere(from, to int, insert string) {
	s.serve(testInbox)
	n := s.auth.thread.Len()
	s.edit(func() {
		s.auth.record(event.Changed{Change: ot.Replace(n, from, to, units(insert))}, ben, s.newClient(), 0)
	})
}

func (s *scene) line(name string, author eventlog.AuthorID) *lineClient {
	c := &lineClient{w: s.world, name: name, author: author}
	s.lines = append(s.lines, c)
	c.connect(s.conn(name))
	s.flow()
	return c
}

func (s *scene) text(name string, author eventlog.AuthorID) *textClient {
	c := &textClient{w: s.world, name: name, author: author, id: eventlog.ClientID{1, byte(len(s.texts) + 1)}}
	s.texts = append(s.texts, c)
	c.connect(s.conn(name), false)
	s.flow()
	return c
}

func (s *scene) conn(name string) *conn {
	return &conn{w: s.world, name: name, page: func(n int) int { return n - 1 }}
}

// up delivers to the authority's inbox everything that clients have sent.
func (s *scene) up() {
	for _, c := range s.conns() {
		for len(c.up) > 0 {
			f := c.up[0]
			c.up = c.up[1:]
			f.f()
		}
	}
}

// down delivers to the clients everything that the authority has sent.
func (s *scene) down() {
	s.work()
	for _, c := range s.texts {
		for c.conn != nil && len(c.conn.down) > 0 {
			m := c.conn.down[0]
			c.conn.down = c.conn.down[1:]
			s.drained(c.conn)
			c.receive(m)
		}
		s.check(c.problem)
	}
	for _, c := range s.lines {
		for c.conn != nil && len(c.conn.down) > 0 {
			m := c.conn.down[0]
			c.conn.down = c.conn.down[1:]
			s.drained(c.conn)
			c.receive(m)
		}
		s.check(c.problem)
	}
}

func (s *scene) check(problem string) {
	s.t.Helper()
	if problem != "" {
		s.t.Fatal(problem)
	}
}

func (s *scene) conns() []*conn {
	var all []*conn
	for _, c := range s.texts {
		all = append(all, c.conn)
	}
	for _, c := range s.lines {
		all = append(all, c.conn)
	}
	return slices.DeleteFunc(all, func(c *conn) bool { return c == nil })
}

func (s *scene) flow() {
	s.up()
	s.serve(testInbox)
	s.down()
}

// wait passes the time until a resync that is due is sent.
func (s *scene) wait() {
	s.pass(resyncPause)
	s.flow()
}

func (s *scene) reads(want string) {
	s.t.Helper()
	if got := s.auth.thread.Text(); got != want {
		s.t.Errorf("the text reads %q, want %q", got, want)
	}
}

func (s *scene) head(want eventlog.Revision) {
	s.t.Helper()
	if got := s.auth.thread.Revision; got != want {
		s.t.Errorf("the thread is at revision %d, want %d", got, want)
	}
}

// shows checks what a client in line mode shows.
func (s *scene) shows(c *lineClient, want ...string) {
	s.t.Helper()
	var got []string
	for _, r := range c.data {
		got = append(got, r.value)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%s shows %q, want %q", c.name, got, want)
	}
}

// receipt checks the last receipt of a client.
func (s *scene) receipt(c *lineClient, line int, value string, rev eventlog.Revision) {
	s.t.Helper()
	i := len(c.heard) - 1
	for i >= 0 && !c.heard[i].Mine {
		i--
	}
	if i < 0 {
		s.t.Fatalf("%s had no receipt", c.name)
	}
	if u := c.heard[i]; u.Line != line || u.Value != value || u.Revision != rev {
		s.t.Errorf("%s: receipt for line %d %q revision %d, want %d %q %d", c.name, u.Line, u.Value, u.Revision, line, value, rev)
	}
}

// fails checks that a client's last request was refused, and with which code.
func (s *scene) fails(c *lineClient, code wire.Code) {
	s.t.Helper()
	if len(c.failed) == 0 {
		s.t.Fatalf("%s: no error, want %s", c.name, code)
	}
	if f := c.failed[len(c.failed)-1]; f.Err.Code != code {
		s.t.Errorf("%s: error %s (%v), want %s", c.name, f.Err.Code, f.Err, code)
	}
}

// kinds returns the kinds of the records after a revision.
func (s *scene) kinds(after eventlog.Revision) string {
	var all []string
	for e := range s.events(after) {
		all = append(all, event.Kind(e.Payload))
	}
	return strings.Join(all, " ")
}

func (s *scene) equal(what string, got, want any) {
	s.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("%s: %v, want %v", what, got, want)
	}
}
