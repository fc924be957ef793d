package authority

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// changes parses CodeMirror's JSON.
func changes(t *testing.T, all ...string) []ot.Change {
	t.Helper()
	out := make([]ot.Change, len(all))
	for i, s := range all {
		c, err := ot.Parse([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = c
	}
	return out
}

// refusals returns the errors that a connection was sent, and empties it.
func refusals(c *conn) []*wire.Error {
	var out []*wire.Error
	for _, m := range c.down {
		if f, ok := m.(Failed); ok {
			out = append(out, f.Err)
		}
	}
	c.down = nil
	return out
}

// TestPush begins each time with "milk😀" at revision 2, the client's own
// entries 1 and 2 at revisions 3 and 5, and another client's at 4: "ab", "x".
// The text at 5 is "xbamilk😀".
func TestPush(t *testing.T) {
	for _, test := range []struct {
		name    string
		seq     uint64
		rev     eventlog.Revision
		changes string // separated by spaces
		client  byte
		code    wire.Code // of the refusal
		head    eventlog.Revision
		adds    string // JSON of what is logged, likewise separated
	}{
		{name: "on the head", seq: 3, rev: 5, changes: `[9,[0,"!"]]`, adds: `[9,[0,"!"]]`},
		{name: "several, each on the one before", seq: 3, rev: 5, changes: `[9,[0,"!"]] [10,[0,"?"]]`, adds: `[9,[0,"!"]] [10,[0,"?"]]`},
		{name: "a gap in seq", seq: 4, rev: 5, changes: `[9,[0,"!"]]`, code: wire.Stale, head: 5},
		{name: "seq 0", seq: 0, rev: 5, changes: `[9,[0,"!"]]`, code: wire.BadValue},
		{name: "own entry below N logged above R", seq: 3, rev: 4, changes: `[8,[0,"!"]]`, code: wire.Stale, head: 5},
		{name: "a logged entry at or below R", seq: 2, rev: 5, changes: `[9,[0,"!"]]`, code: wire.Stale, head: 5},
		{name: "a logged entry at R and one above", seq: 1, rev: 3, changes: `[7,[0,"!"]] [8]`, code: wire.Stale, head: 5},
		{name: "R above the head", seq: 3, rev: 6, changes: `[9,[0,"!"]]`, code: wire.Stale, head: 5},
		{name: "all are logged", seq: 1, rev: 2, changes: `[[0,"a"],6] [[0,"b"],7]`},
		{name: "the last is logged", seq: 2, rev: 3, changes: `[[0,"b"],7]`},
		{name: "partly logged", seq: 1, rev: 2, changes: `[[0,"a"],6] [[0,"b"],7] [8,[0,"!"]]`, adds: `[9,[0,"!"]]`},
		{name: "partly logged, based between", seq: 2, rev: 3, changes: `[[0,"b"],7] [1,[1],6]`, adds: `[2,[1],6]`},
		{name: "another client than joined", seq: 1, rev: 5, changes: `[9,[0,"!"]]`, client: 9, code: wire.Forbidden},
		{name: "for a text of another length", seq: 3, rev: 5, changes: `[8,[0,"!"]]`, code: wire.BadChange},
		{name: "the second for another length", seq: 3, rev: 5, changes: `[9,[0,"!"]] [9,[0,"?"]]`, code: wire.BadChange},
		{name: "for the head's length on an older revision", seq: 1, rev: 2, changes: `[9]`, code: wire.BadChange},
		{name: "inserting into a pair", seq: 3, rev: 5, changes: `[8,[0,"!"],1]`, code: wire.BadChange},
		{name: "deleting half a pair", seq: 3, rev: 5, changes: `[8,[1]]`, code: wire.BadChange},
		{name: "replacing from half a pair", seq: 3, rev: 5, changes: `[6,[2,"x"],1]`, code: wire.BadChange},
		{name: "the second cuts a pair the first brought", seq: 3, rev: 5, changes: `[9,[0,"🎈"]] [10,[1]]`, code: wire.BadChange},
		{name: "the second cuts a pair the first shifted", seq: 3, rev: 5, changes: `[[0,"aé"],9] [10,[1]]`, code: wire.BadChange},
		{name: "replacing a whole pair", seq: 3, rev: 5, changes: `[7,[2,"x"]]`, adds: `[7,[2,"x"]]`},
		{name: "all or nothing", seq: 3, rev: 5, changes: `[9,[0,"!"]] [8,[1],1]`, code: wire.BadChange},
		{name: "too large", seq: 3, rev: 5, changes: `[9,[0,"` + strings.Repeat("é", 20) + `"]]`, code: wire.TooLarge},
		{name: "too large in sum", seq: 3, rev: 5, changes: `[9,[0,"` + strings.Repeat("é", 8) + `"]] [17,[0,"` + strings.Repeat("é", 8) + `"]]`, code: wire.TooLarge},
		{name: "large, and as much is deleted", seq: 3, rev: 5, changes: `[[9],[0,"` + strings.Repeat("é", 18) + `"]]`, adds: `[[9],[0,"` + strings.Repeat("é", 18) + `"]]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, "milk😀")
			s.auth.cfg.MaxText = 37
			c := s.text("ada", ada)
			push := func(seq uint64, rev eventlog.Revision, all string) {
				p := wire.Push{Client: c.id, Seq: seq, Rev: rev, Changes: changes(t, strings.Fields(all)...)}
				if test.client != 0 && rev == test.rev && seq == test.seq {
					p.Client = eventlog.ClientID{test.client}
				}
				s.auth.Push(c.conn, p)
				s.serve(testInbox)
			}
			push(1, 2, `[[0,"a"],6]`)
			s.elsewhere(0, 0, "x")
			push(2, 3, `[[0,"b"],7]`)
			s.reads("xbamilk😀")
			refusals(c.conn)
			push(test.seq, test.rev, test.changes)
			faults := refusals(c.conn)
			switch {
			case test.code == "" && len(faults) > 0:
				t.Errorf("refused: %s: %v", faults[0].Code, faults[0])
			case test.code != "" && (len(faults) != 1 || faults[0].Code != test.code || faults[0].Head != test.head):
				t.Errorf("answered %+v, want %s with head %d", faults, test.code, test.head)
			}
			var adds []string
			seq := uint64(3)
			for e := range s.events(5) {
				ch, _ := change(e)
				adds = append(adds, jsonOf(ch))
				if e.Seq != seq || e.Author != ada || e.Client != c.id {
					t.Errorf("revision %d is seq %d of %v", e.Revision, e.Seq, e.Author)
				}
				seq++
			}
			if got := strings.Join(adds, " "); got != test.adds {
				t.Errorf("logged %s, want %s", got, test.adds)
			}
		})
	}
}

func TestStaleBaseThatCutsAPairIsRefused(t *testing.T) {
	s := newScene(t, "milk😀")
	c := s.text("ada", ada)
	s.change(0, 0, "oat ")
	s.auth.Push(c.conn, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: changes(t, `[5,[1]]`)})
	s.serve(1)
	if f := refusals(c.conn); len(f) != 1 || f[0].Code != wire.BadChange {
		t.Errorf("answered %+v, want bad_change", f)
	}
	s.head(3)
}

func TestPairThatAPushItselfBringsIsNotCut(t *testing.T) {
	s := newScene(t, "milk") // without any
	c := s.text("ada", ada)
	s.auth.Push(c.conn, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: changes(t, `[4,[0,"🎈"]]`, `[5,[1]]`)})
	s.serve(1)
	if f := refusals(c.conn); len(f) != 1 || f[0].Code != wire.BadChange {
		t.Errorf("answered %+v, want bad_change", f)
	}
	s.reads("milk")
}

func TestEmptyAfterRebaseIsStillARecord(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	a.edit(changes(t, `[[4]]`)[0])
	b.edit(changes(t, `[1,[2],1]`)[0])
	a.push(9)
	b.push(9)
	s.flow()
	s.head(4)
	s.reads("")
	s.equal("acknowledged", a.acked+b.acked, 2)
	for e := range s.events(3) {
		if ch, _ := change(e); !ch.IsEmpty() || ch.Len() != 0 {
			t.Errorf("logged %s, want an empty change", jsonOf(ch))
		}
	}
}

func TestTooCostlyPushIsStale(t *testing.T) {
	s := newScene(t, "milk")
	c := s.text("ada", ada)
	s.auth.costMax = 3 // and 24 steps beside: an entry takes the push's sections, and 2 a change
	s.elsewhere(0, 0, "a")
	s.elsewhere(0, 0, "b")
	all := changes(t, `[4,[0,"1"]]`, `[5,[0,"2"]]`, `[6,[0,"3"]]`, `[7,[0,"4"]]`)
	c.conn.down = nil
	s.auth.Push(c.conn, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: all})
	s.serve(1)
	if f := refusals(c.conn); len(f) != 1 || f[0].Code != wire.Stale || f[0].Head != 4 {
		t.Errorf("answered %+v, want stale with head 4", f)
	}
	s.auth.Push(c.conn, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: all[:3]})
	s.serve(1)
	s.reads("bamilk123")
}

func TestStaleHasAHeadThatIsOnDisk(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	s.log.next = refused
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 1, Rev: 2, Changes: changes(t, `[4,[0,"!"]]`)})
	s.auth.Push(b.conn, wire.Push{Client: b.id, Seq: 2, Rev: 2, Changes: changes(t, `[4,[0,"!"]]`)})
	s.serve(2)
	if f := refusals(b.conn); len(f) != 1 || f[0].Code != wire.Stale || f[0].Head != 2 {
		t.Errorf("answered %+v, want stale with head 2", f)
	}
}

func TestClientOfAnotherAuthorIsForbidden(t *testing.T) {
	s := newScene(t, "milk")
	c := s.text("ada", ada)
	q := s.conn("ben's")
	forbidden := func() {
		t.Helper()
		for _, f := range []*wire.Error{s.auth.mayJoin(q, ben, c.id), s.auth.joinText(q, ben, c.id, nil, s.auth.state())} {
			if f == nil || f.Code != wire.Forbidden {
				t.Errorf("answered %v, want forbidden", f)
			}
		}
	}
	forbidden() // in use
	c.edit(changes(t, `[4,[0,"!"]]`)[0])
	c.push(1)
	s.flow()
	s.leave(c.conn)
	forbidden() // used
	s.restart()
	forbidden() // as the log says
	if f := s.auth.joinText(q, ada, c.id, nil, s.auth.state()); f != nil {
		t.Errorf("its own author was refused: %v", f)
	}
}

func TestSecondJoinSupersedesTheFirst(t *testing.T) {
	s := newScene(t, "milk")
	c := s.text("ada", ada)
	s.auth.Cursor(c.conn, 2, [][2]int{{1, 2}})
	old := c.conn
	c.joined = false
	c.connect(s.conn("new"), false)
	s.flow()
	if len(old.down) != 1 || old.down[0] != any(closed{wire.CloseReplaced}) {
		t.Errorf("the first connection was sent %v, want a close", old.down)
	}
	s.auth.Push(old, wire.Push{Client: c.id, Seq: 1, Rev: 2, Changes: changes(t, `[4,[0,"!"]]`)})
	s.serve(1)
	if f := refusals(old); len(f) != 1 || f[0].Code != wire.NotJoined {
		t.Errorf("its push was answered %+v, want not_joined", f)
	}
	c.edit(changes(t, `[4,[0,"?"]]`)[0])
	c.push(1)
	s.flow()
	s.reads("milk?")
	if len(old.down) > 0 {
		t.Errorf("the first connection still hears %v", old.down)
	}
}

func TestResume(t *testing.T) {
	for _, test := range []struct {
		name    string
		since   eventlog.Revision
		chain   func(c chain.Digest) *chain.Digest
		window  int
		catchUp int
		reset   bool
		frames  string // revisions
	}{
		{name: "known", since: 3, window: 9, catchUp: 9, frames: "4-6"},
		{name: "at the head", since: 6, window: 9, catchUp: 9},
		{name: "from the beginning", since: 0, window: 9, catchUp: 9, frames: "1-6"},
		{name: "behind the window", since: 3, window: 1, catchUp: 9, frames: "4-6"},
		{name: "too much for one frame", since: 3, window: 9, catchUp: 2, frames: "4-6"},
		{name: "no chain", since: 3, chain: func(chain.Digest) *chain.Digest { return nil }, window: 9, catchUp: 9, reset: true},
		{name: "another chain", since: 3, chain: func(c chain.Digest) *chain.Digest { c[0]++; return &c }, window: 9, catchUp: 9, reset: true},
		{name: "another chain at the head", since: 6, chain: func(c chain.Digest) *chain.Digest { c[0]++; return &c }, window: 9, catchUp: 9, reset: true},
		{name: "above the head", since: 7, window: 9, catchUp: 9, reset: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, "milk")
			s.auth.recent.max, s.auth.catchUpMax = test.window, test.catchUp
			for _, x := range []string{"a", "b", "c", "d"} {
				s.elsewhere(0, 0, x)
			}
			sum, err := s.log.ChainAt(t.Context(), stream, min(test.since, 6))
			if err != nil {
				t.Fatal(err)
			}
			r := &wire.Resume{Since: test.since, Chain: &sum}
			if test.chain != nil {
				r.Chain = test.chain(sum)
			}
			c := s.conn("c")
			if f := s.resume(c, eventlog.ClientID{7}, r); f != nil {
				t.Fatal(f)
			}
			if len(s.tasks) > 0 {
				s.elsewhere(0, 0, "e") // meanwhile: it must come after the rest
				s.down()
			}
			if test.reset {
				j, ok := c.down[0].(textJoin)
				if !ok || !j.reset || j.rev != 6 || len(c.down) != 1 {
					t.Errorf("answered %v, want a reset", c.down)
				}
				return
			}
			if j, ok := c.down[0].(resumed); !ok || j.since != test.since || j.head != 6 {
				t.Errorf("answered %v, want a resume", c.down[0])
			}
			var frames []string
			next := test.since + 1
			for _, m := range c.down[1:] {
				e := m.(Entries)
				frames = append(frames, fmt.Sprintf("%d-%d", e.List[0].Revision, e.List[len(e.List)-1].Revision))
				for _, ev := range e.List {
					if ev.Revision != next || ev.Length != replayAt(t, s.world, next).Len() {
						t.Errorf("entry %d of length %d, want %d of %d", ev.Revision, ev.Length, next, replayAt(t, s.world, next).Len())
					}
					next++
				}
				if want, err := s.log.ChainAt(t.Context(), stream, next-1); err != nil || e.Chain != want {
					t.Errorf("chain of frame to %d is not the log's", next-1)
				}
			}
			want := test.frames
			if s.auth.thread.Revision == 7 {
				want += " 7-7"
			}
			s.equal("frames", strings.Join(frames, " "), want)
		})
	}
}

// A chainless log cannot look up chain values.
type chainless struct{ *brokenLog }

func (chainless) ChainAt(ctx context.Context, s eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	return chain.Digest{}, eventlog.ErrUnavailable
}

func TestResumeThatCannotBeLookedUpIsNoReset(t *testing.T) {
	s := newScene(t, "milk")
	s.elsewhere(0, 0, "a")
	s.auth.cfg.Log = projection.Plain(chainless{s.log})
	c := s.conn("c")
	f := s.resume(c, eventlog.ClientID{7}, &wire.Resume{Since: 2, Chain: &chain.Digest{}})
	if f == nil || f.Code != wire.Unavailable || len(c.down) > 0 || len(s.auth.texts) > 0 {
		t.Errorf("answered %v and %v, want unavailable", f, c.down)
	}
}

func TestSubmitFinishesLinesWhereTheyAreNow(t *testing.T) {
	for _, test := range []struct {
		name     string
		rev      eventlog.Revision
		from, to int
		code     wire.Code
		want     string // shapes of the records
	}{
		{"at the head", 4, 1, 2, "", "[1,2]"},
		{"lines moved down and one put between", 2, 0, 2, "", "[1,1] [3,4]"},
		{"only the last", 2, 2, 2, "", "[4,4]"},
		{"before anything was written", 1, 0, 0, wire.BadValue, ""},
		{"at revision 0", 0, 0, 0, wire.BadValue, ""},
		{"beyond the end", 4, 4, 5, wire.BadValue, ""},
		{"turned round", 4, 2, 1, wire.BadValue, ""},
		{"above the head", 5, 0, 0, wire.Stale, ""},
		{"far beyond the end", 2, 0, 1 << 40, wire.BadValue, ""},
	} {
		for _, cold := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, from the log %t", test.name, cold), func(t *testing.T) {
				s := newScene(t, "a\nb\nc")
				s.elsewhere(0, 0, "x\n") // 3
				s.elsewhere(3, 3, "\ny") // 4: x a y b c
				if cold {
					s.restart()
				}
				c := s.text("ada", ada)
				s.auth.Submit(c.conn, test.rev, test.from, test.to)
				s.serve(1)
				var code wire.Code
				if f := refusals(c.conn); len(f) > 0 {
					code = f[0].Code
				}
				var got []string
				for e := range s.events(4) {
					f := e.Payload.(event.Submitted)
					got = append(got, fmt.Sprintf("[%d,%d]", f.From, f.To))
				}
				s.equal("answer", code, test.code)
				s.equal("records", strings.Join(got, " "), test.want)
			})
		}
	}
}

func TestSubmitOfDeadLinesIsRefused(t *testing.T) {
	s := newScene(t, "a\nb\nc")
	c := s.text("ada", ada)
	s.change(2, 4, "")
	s.auth.Submit(c.conn, 2, 1, 1)
	s.serve(1)
	if f := refusals(c.conn); len(f) != 1 || f[0].Code != wire.BadValue {
		t.Errorf("answered %+v, want bad_value", f)
	}
	s.auth.Submit(c.conn, 2, 0, 2)
	s.serve(1)
	s.equal("kinds", s.kinds(3), "submitted")
}
