package live

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"

	"parodywave/server/internal/wire"
)

// A client can send more than messages, and that costs, too: pings, pongs, the headers of frames, and
// continuations that bring nothing, which gorilla reads without telling anybody. So a
// connection counts the bytes that it reads and that are no part of a message. They are
// limited as frames, each with the longest header that a frame can have.
const (
	headerBytes = 14
	// headersFree is how many of these bytes are not counted: they may be part of a message
	// that is not delivered yet.
	headersFree = readBuffer + 2*headerBytes
)

var errFlood = errors.New("too many frames")

// A toll counts the bytes that are read from a connection. The goroutine that reads the
// connection owns it.
type toll struct {
	read    int64 // bytes
	payload int64 // of these, bytes of messages that were delivered
	paid    int64 // of the others
	allow   func(bytes int) bool
}

// due reports whether the connection may read on.
func (t *toll) due() bool {
	over := t.read - t.payload - t.paid - headersFree
	if over <= 0 || t.allow == nil {
		return true
	}
	t.paid += over
	return t.allow(int(over))
}

// A meteredConn is a connection that pays a toll. It embeds a TCP connection, if it is one,
// so that a long frame is still one system call.
type meteredConn struct {
	net.Conn
	*toll
}

type meteredTCP struct {
	*net.TCPConn
	*toll
}

func (c meteredConn) Read(b []byte) (int, error) { return c.toll.from(c.Conn, b) }
func (c meteredTCP) Read(b []byte) (int, error)  { return c.toll.from(c.TCPConn, b) }

func (t *toll) from(c net.Conn, b []byte) (int, error) {
	if !t.due() {
		return 0, errFlood
	}
	n, err := c.Read(b)
	t.read += int64(n)
	return n, err
}

// A metering answers an upgrade, and meters the connection.
type metering struct {
	http.ResponseWriter
	toll *toll
	raw  net.Conn
}

// Hijack implements http.Hijacker.
func (m *metering) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(m.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	m.raw = c
	if tcp, ok := c.(*net.TCPConn); ok {
		return meteredTCP{tcp, m.toll}, rw, nil
	}
	return meteredConn{c, m.toll}, rw, nil
}

// A payload counts the bytes that are read of a message.
type payload struct {
	io.Reader
	toll *toll
}

func (p payload) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.toll.payload += int64(n)
	return n, err
}

// failed ends a connection whose reading has failed. A flood is answered.
func (p *peer) failed(err error) {
	if errors.Is(err, errFlood) {
		const text = "too many frames: send fewer, or more in each"
		p.fail(wire.Errorf(wire.RateLimited, text))
		p.Close(wire.ClosePolicy, text)
		p.linger()
	}
}
