package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// dial opens a WebSocket.
func (s *server) dial() (*websocket.Conn, error) {
	c, _, err := websocket.DefaultDialer.Dial("ws://"+s.address+"/ws", nil)
	return c, err
}

// answer sends a message and waits for a frame that has one of the marks in it.
func answer(c *websocket.Conn, message string, marks ...string) (frame string, took time.Duration, err error) {
	start := time.Now()
	if err := c.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		return "", 0, err
	}
	for {
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Minute))
		_, b, err := c.ReadMessage()
		if err != nil {
			return "", time.Since(start), err
		}
		for _, m := range append(marks, `"type":"error"`) {
			if strings.Contains(string(b), m) {
				return string(b), time.Since(start), nil
			}
		}
	}
}

// A keyboard types a line, a key every 25 ms, each when the key before has its receipt.
type keyboard struct {
	thread string

	mu    sync.Mutex
	taken waits
	acked int // the last key with a receipt
}

func (s *server) keyboard(thread string) (*keyboard, error) {
	c, err := s.dial()
	if err != nil {
		return nil, err
	}
	if frame, _, err := answer(c, fmt.Sprintf(`{"type":"join","user":"Ann","id":%q}`, thread), `"type":"join"`); err != nil || strings.Contains(frame, `"type":"error"`) {
		return nil, fmt.Errorf("join: %.200s %w", frame, err)
	}
	p := &keyboard{thread: thread, acked: -1}
	value := "Ann types "
	frame, _, err := answer(c, fmt.Sprintf(`{"type":"new","value":%q}`, value), `"mine":true`)
	if err != nil || strings.Contains(frame, `"type":"error"`) {
		return nil, fmt.Errorf("new: %.200s %w", frame, err)
	}
	go func() {
		for n := 0; ; n++ {
			value = fmt.Sprintf("Ann types %d", n)
			frame, took, err := answer(c, fmt.Sprintf(`{"type":"update","value":%q}`, value), `"mine":true`)
			if err != nil {
				return
			}
			p.note(frame, n, value, took)
			time.Sleep(25*time.Millisecond - took)
		}
	}()
	return p, nil
}

func (p *keyboard) note(frame string, n int, value string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, took)
	var u struct {
		Type, Value string
	}
	if json.Unmarshal([]byte(frame), &u) == nil && u.Type == "update" && u.Value == value {
		p.acked = n
	}
}

// take returns the waits since it was called last.
func (p *keyboard) take() waits {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.taken
	p.taken = nil
	return w
}

func (p *keyboard) acknowledged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.acked
}
