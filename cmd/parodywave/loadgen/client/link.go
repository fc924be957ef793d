package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	readBuffer   = 4096
	keptBuffer   = 64 << 10 // the largest read buffer that is reused
	writeTimeout = 10 * time.Second
	pauseLeast   = 10 * time.Millisecond
	pauseMost    = time.Second
	// silence is how long the server may send nothing; it pings twice as often.
	silence = 90 * time.Second
	// renewed is how often the read deadline is extended: extending it for every
	// frame costs more than reading the frame.
	renewed = 5 * time.Second
)

// closeReplaced is the close code that a connection gets when its client joins on a
// newer one: wire.CloseReplaced, repeated because this package imports nothing of the
// server.
const closeReplaced = 4001

var writeBuffers sync.Pool

// A link is one WebSocket: one goroutine reads it, any may write. A connection
// outlives it.
type link struct {
	conn *websocket.Conn
	mu   sync.Mutex // held while writing

	// Used only by the reading goroutine.
	buf     []byte
	until   time.Time // the read deadline
	scanner scanner
}

// Endpoint returns the WebSocket address of the server at url, which may be
// http, https, ws or wss, with or without a path.
func Endpoint(url string) string {
	url = strings.TrimSuffix(url, "/")
	if rest, ok := strings.CutPrefix(url, "http"); ok {
		url = "ws" + rest
	}
	if _, rest, ok := strings.Cut(url, "://"); ok && !strings.Contains(rest, "/") {
		url += "/ws"
	}
	return url
}

func dial(ctx context.Context, url string) (*link, error) {
	d := websocket.Dialer{
		HandshakeTimeout: 10 * time.Second,
		NetDialContext:   (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		ReadBufferSize:   readBuffer, WriteBufferSize: 1024, WriteBufferPool: &writeBuffers,
	}
	conn, answer, err := d.DialContext(ctx, Endpoint(url), nil)
	if err != nil {
		if answer != nil {
			err = fmt.Errorf("%w (%s)", err, answer.Status)
		}
		return nil, fmt.Errorf("connect to %s: %w", url, err)
	}
	l := &link{conn: conn}
	conn.SetPingHandler(func(data string) error {
		_ = conn.SetReadDeadline(time.Now().Add(silence))
		err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		if err == websocket.ErrCloseSent {
			return nil
		}
		return err
	})
	return l, nil
}

func (l *link) send(frame []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	return l.conn.WriteMessage(websocket.TextMessage, frame)
}

// bytes reads the next frame, which is valid until the next call.
func (l *link) bytes() ([]byte, error) {
	if now := time.Now(); l.until.Sub(now) < silence-renewed {
		l.until = now.Add(silence)
		_ = l.conn.SetReadDeadline(l.until)
	}
	_, r, err := l.conn.NextReader()
	if err != nil {
		return nil, err
	}
	buf := l.buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, max(1024, len(buf)))
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if l.buf = buf; cap(buf) > keptBuffer {
		l.buf = nil
	}
	return buf, nil
}

// read reads frames until one is not ignored, and decodes it. The frame is valid until
// the next call.
func (l *link) read() (*frame, error) {
	for {
		data, err := l.bytes()
		if err != nil {
			return nil, err
		}
		if !ignored(data) {
			return l.scanner.frame(data)
		}
	}
}

// ignored reports whether neither Client nor Reader uses a frame, by its type. It
// looks at the first bytes only, so that these frames are not decoded.
func ignored(data []byte) bool {
	for _, kind := range [...]string{"people", "cursor", "status", "list"} {
		if rest, ok := bytes.CutPrefix(data, []byte(`{"type":"`)); ok && bytes.HasPrefix(rest, []byte(kind+`"`)) {
			return true
		}
	}
	return false
}

// answer reads frames until one has the type kind. An error frame becomes an error.
func (l *link) answer(kind string) (*frame, error) {
	for {
		f, err := l.read()
		switch {
		case err != nil:
			return nil, err
		case f.Type == kind:
			return f, nil
		case f.Type == "error":
			return nil, f.refusal()
		}
	}
}

// A pause is the wait before the next attempt to connect. It doubles with every
// attempt, from pauseLeast to pauseMost; each lost link begins with a new pause.
type pause time.Duration

// wait waits for a random time around the pause, so that clients do not reconnect all
// at once. It returns false if ctx is done.
func (p *pause) wait(ctx context.Context) bool {
	d := max(time.Duration(*p), pauseLeast)
	*p = pause(min(2*d, pauseMost))
	t := time.NewTimer(d/2 + rand.N(d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
