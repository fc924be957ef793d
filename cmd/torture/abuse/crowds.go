package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

// crowdSize is how many people have a cursor in the row crowd.
var crowdSize = 4300

// crowds are messages that cost by how many are there.
var crowds = []abuse{
	{"views", "an edit of a line of 3 million characters, the current line of 8 peers in line mode", withViews, (*thread).lengthen},
	{"breaks", "a push of 300,000 line breaks", (*thread).join, (*thread).breaks},
	{"resync", "a line put before 2,000 others, for 50 peers in line mode", withReaders, (*thread).breakLine},
	{"crowd", "a join of a thread in which thousands have a cursor", withCrowd, (*thread).joinCrowd},
}

// read reads a connection, so that the server never waits for it.
func read(c *websocket.Conn) {
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

// readers joins n peers in line mode. Each sends a message first, if it is not "".
func (t *thread) readers(n int, message string) error {
	for range n {
		c, err := t.dial()
		if err != nil {
			return err
		}
		if _, _, err := answer(c, fmt.Sprintf(`{"type":"join","user":"Eve","id":%q}`, t.id), `"type":"join"`); err != nil {
			return err
		}
		if message != "" {
			if frame, _, err := answer(c, message, `"mine":true`); err != nil || strings.Contains(frame, `"type":"error"`) {
				return fmt.Errorf("%.200s %w", frame, err)
			}
		}
		go read(c)
	}
	return nil
}

func withViews(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	if err := t.write(`[[0,"x"]]`); err != nil {
		return err
	}
	if err := t.readers(8, fmt.Sprintf(`{"type":"update","value":"xy","line":0,"rev":%d}`, t.rev)); err != nil {
		return err
	}
	if err := t.rejoin(); err != nil {
		return err
	}
	for range 4 {
		if err := t.write(fmt.Sprintf(`[%d,[0,"%s"]]`, t.length, strings.Repeat("y", 750_000))); err != nil {
			return err
		}
		t.length += 750_000
	}
	return nil
}

// rejoin joins on a new connection.
func (t *thread) rejoin() error {
	t.conn.Close()
	return t.join()
}

// lengthen makes the first line longer.
func (t *thread) lengthen() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		_, took, err := t.push(t.rev, fmt.Sprintf(`[[0,"z"],%d]`, t.length))
		time.Sleep(150*time.Millisecond - took) // or the frames of many edits become one
		return took, err
	})
}

func (t *thread) breaks() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		change := `[[0` + strings.Repeat(`,""`, 300_001) + `]`
		if t.length > 0 {
			change += fmt.Sprintf(",%d", t.length)
		}
		_, took, err := t.push(t.rev, change+`]`)
		return took, err
	})
}

func withReaders(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	if err := t.write(`[[0,"a"` + strings.Repeat(`,"a line of some words"`, 2000) + `]]`); err != nil {
		return err
	}
	return t.readers(50, "")
}

func (t *thread) breakLine() (time.Duration, error) {
	return t.again(func() (time.Duration, error) {
		_, took, err := t.push(t.rev, fmt.Sprintf(`[[0,"",""],%d]`, t.length))
		time.Sleep(200*time.Millisecond - took)
		return took, err
	})
}

// withCrowd joins many people in text mode, each with a cursor.
func withCrowd(t *thread) error {
	if err := t.join(); err != nil {
		return err
	}
	if err := t.write(`[[0,"a text"]]`); err != nil {
		return err
	}
	for i := range crowdSize {
		c, err := t.dial()
		if err != nil {
			return fmt.Errorf("person %d: %w", i, err)
		}
		frame, _, err := answer(c, fmt.Sprintf(`{"type":"join","user":"Person %d","id":%q,"mode":"text","client":%q}`, i, t.id, ulid.Make()), `"type":"join"`)
		if err != nil {
			return fmt.Errorf("person %d: %w", i, err)
		}
		var j struct{ Rev int }
		if err := json.Unmarshal([]byte(frame), &j); err != nil {
			return err
		}
		if err := c.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"type":"cursor","rev":%d,"ranges":[[1,1]]}`, j.Rev)); err != nil {
			return err
		}
		go read(c)
	}
	return nil
}

// joinCrowd joins, and waits for the list of people and a cursor.
func (t *thread) joinCrowd() (time.Duration, error) {
	c, err := t.dial()
	if err != nil {
		return 0, err
	}
	defer c.Close()
	start := time.Now()
	if _, _, err = answer(c, fmt.Sprintf(`{"type":"join","user":"Eve","id":%q,"mode":"text","client":%q}`, t.id, ulid.Make()), `"type":"join"`); err != nil {
		return 0, err
	}
	for {
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		_, b, err := c.ReadMessage()
		if err != nil {
			return time.Since(start), err
		}
		if strings.Contains(string(b), `"type":"cursor"`) {
			return time.Since(start), nil
		}
	}
}
