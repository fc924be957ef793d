package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

// An abuse is a costly message. prepare fills the thread; once sends the message and
// returns how long the answer took, whichever it is.
type abuse struct {
	name, what string
	prepare    func(*thread) error
	once       func(*thread) (time.Duration, error)
}

var abuses = []abuse{
	{"sections", "a change of 30,000 insertions, 20,000 entries behind", withHistory, (*thread).sections},
	{"edits", "a change of 90,000 edits in neighbouring lines, and its inverse", withLines, (*thread).edits},
	{"pairs", "10 changes of 10,000 edits on a text with an emoji", withEmoji, (*thread).pairs},
	{"submit", "a submit of 1,200 lines, 20,000 entries behind", withHistory, (*thread).submit},
	{"refused", "a refused push, 20,000 entries behind", withHistory, (*thread).refused},
	{"resume", "a resume with a wrong chain value, 20,000 entries behind", withHistory, (*thread).resume},
	{"line", "an update of a line, 20,000 entries behind", withHistory, (*thread).line},
	{"put", "PUT of a line of 1 MB with one letter more", withLongLine, (*thread).put},
}

// A thread is the one that is abused, with a client in it.
type thread struct {
	*server
	id     string
	conn   *websocket.Conn
	client string
	seq    int
	rev    int // the newest that the client knows
	length int // of the text there, in UTF-16 units
	base   int // a revision from long ago
	text   string
	flip   bool
	asked  int // requests so far
}

// join joins as a new client.
func (t *thread) join() (err error) {
	if t.conn, err = t.dial(); err != nil {
		return err
	}
	t.client, t.seq = ulid.Make().String(), 0
	frame, _, err := answer(t.conn, fmt.Sprintf(`{"type":"join","user":"Eve","id":%q,"mode":"text","client":%q}`, t.id, t.client), `"type":"join"`)
	if err != nil {
		return err
	}
	var j struct {
		Rev  int
		Text string
	}
	if err := json.Unmarshal([]byte(frame), &j); err != nil {
		return err
	}
	t.rev, t.text, t.length = j.Rev, j.Text, 0
	for _, r := range j.Text {
		t.length++
		if r > 0xffff {
			t.length++
		}
	}
	return nil
}

// push sends changes made for revision rev, and waits for the receipt of the last.
func (t *thread) push(rev int, changes ...string) (frame string, took time.Duration, err error) {
	message := fmt.Sprintf(`{"type":"update","client":%q,"seq":%d,"rev":%d,"changes":[%s]}`, t.client, t.seq+1, rev, strings.Join(changes, ","))
	return answer(t.conn, message, fmt.Sprintf(`"client":%q,"seq":%d,`, t.client, t.seq+len(changes)))
}

// write is push on a thread in which nobody else writes yet.
func (t *thread) write(changes ...string) error {
	frame, _, err := t.push(t.rev, changes...)
	if err != nil || strings.Contains(frame, `"type":"error"`) {
		return fmt.Errorf("write: %.300s %w", frame, err)
	}
	t.seq, t.rev = t.seq+len(changes), t.rev+len(changes)
	return nil
}

// withHistory writes 2,000 lines and then 20,000 entries.
func withHistory(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	if err := t.write(`[[0` + strings.Repeat(`,"some words of a line"`, 2000) + `]]`); err != nil {
		return err
	}
	t.length = 2000*21 - 1
	t.base = t.rev
	for range 20 {
		var all []string
		for range 1000 {
			all = append(all, fmt.Sprintf(`[%d,[0,"a"]]`, t.length))
			t.length++
		}
		if err := t.write(all...); err != nil {
			return err
		}
	}
	return nil
}

func withLines(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	t.length = 30_000*10 - 1
	return t.write(`[[0` + strings.Repeat(`,"123456789"`, 30_000) + `]]`)
}

func withEmoji(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	t.length = 2 + 30_000
	return t.write(`[[0,"😀` + strings.Repeat("b", 30_000) + `"]]`)
}

func withLongLine(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	t.text = strings.Repeat("word ", 200_000)
	return t.write(`[[0,"` + t.text[:len(t.text)/2] + `"]]`)
}

// again joins as another client, so that a client never sends what it cannot know.
func (t *thread) again(f func() (time.Duration, error)) (time.Duration, error) {
	t.conn.Close()
	if err := t.join(); err != nil {
		return 0, err
	}
	return f()
}

func (t *thread) sections() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		_, took, err := t.push(t.base, `[`+strings.Repeat(`1,[0,"a"],`, 30_000)+fmt.Sprint(2000*21-1-30_000)+`]`)
		return took, err
	})
}

func (t *thread) edits() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		change := strings.Repeat(`2,[0,"a"],`, 90_000) + fmt.Sprint(t.length-180_000)
		if t.flip = !t.flip; !t.flip {
			change = strings.Repeat(`2,[1],`, 90_000) + fmt.Sprint(t.length-270_000)
		}
		_, took, err := t.push(t.rev, "["+change+"]")
		return took, err
	})
}

func (t *thread) pairs() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		change := "[3" + strings.Repeat(`,[1,"c"],1`, 10_000) + fmt.Sprintf(",%d]", t.length-3-20_000)
		all := make([]string, 10)
		for i := range all {
			all[i] = change
		}
		_, took, err := t.push(t.rev, all...)
		return took, err
	})
}

func (t *thread) submit() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		_, took, err := answer(t.conn, fmt.Sprintf(`{"type":"submit","rev":%d,"lines":[0,1199]}`, t.base), `"kind":"submitted"`)
		return took, err
	})
}

func (t *thread) refused() (time.Duration, error) {
	_, took, err := answer(t.conn, fmt.Sprintf(`{"type":"update","client":%q,"seq":%d,"rev":%d,"changes":[[%d,[0,"a"]]]}`, t.client, t.seq+9, t.base, 2000*21-1))
	return took, err
}

func (t *thread) resume() (time.Duration, error) {
	c, err := t.dial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	_, took, err := answer(c, fmt.Sprintf(`{"type":"join","user":"Eve","id":%q,"mode":"text","client":%q,"since":%d,"chain":%q}`, t.id, ulid.Make(), t.base+1, strings.Repeat("0", 64)), `"type":"join"`)
	return took, err
}

func (t *thread) line() (time.Duration, error) {
	c, err := t.dial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if _, _, err := answer(c, fmt.Sprintf(`{"type":"join","user":"Eve","id":%q}`, t.id), `"type":"join"`); err != nil {
		return 0, err
	}
	_, took, err := answer(c, fmt.Sprintf(`{"type":"update","value":"words","line":7,"rev":%d}`, t.base), `"mine":true`)
	return took, err
}

func (t *thread) put() (time.Duration, error) {
	t.seq++
	at := len(t.text)/2 + t.seq
	start := time.Now()
	_, _, err := t.ask(http.MethodPut, "/api/threads/"+t.id+"/text?base=head", t.text[:at]+"X"+t.text[at:], "text/plain")
	return time.Since(start), err
}
