package main

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// A proxy is a bad network in front of a server. Each connection gets faults of its
// own, drawn by the seed; after Heal connections have none.
type proxy struct {
	listener net.Listener
	target   string

	mu     sync.Mutex
	r      *rand.Rand
	healed bool
	open   map[*wire]struct{}
	counts map[string]int // faults, by their names in the table
	all    sync.WaitGroup
}

// newProxy listens on a port of its own and forwards to the target.
func newProxy(target string, r *rand.Rand) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: l, target: target, r: r, open: map[*wire]struct{}{}, counts: map[string]int{}}
	p.all.Go(func() {
		for {
			client, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				p.all.Go(func() { p.forward(client) })
			}
		}
	})
	return p, nil
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() }

// A wire is one connection, and what is wrong with it.
type wire struct {
	client, server net.Conn
	delay          time.Duration // of each piece
	piece          int           // bytes that are forwarded at once
	rate           int           // bytes a second; 0: no limit
	life           int           // bytes until the end comes, in both directions together
	end            string        // "", or how it ends
	held           time.Duration // of a half-open connection: until it is reset

	mu   sync.Mutex
	seen int
	gone chan struct{} // closed: it has ended
	once sync.Once
}

const (
	cut      = "cuts"
	reset    = "resets in the middle of a frame"
	halfOpen = "half-open connections"
)

// draw draws what is wrong with a connection. The caller holds mu.
func (p *proxy) draw(w *wire) {
	w.piece = 32 << 10
	if p.healed {
		return
	}
	note := func(name string) { p.counts[name]++ }
	switch p.r.IntN(5) {
	case 0:
		w.delay = time.Duration(20+p.r.IntN(480)) * time.Millisecond
		note("connections with latency of 20 to 500 ms")
	case 1:
		w.piece = 1
		note("connections of single bytes")
	case 2:
		w.rate = 8<<10 + p.r.IntN(56<<10)
		note("connections of 8 to 64 KiB a second")
	}
	w.life = 600 + p.r.IntN(20_000)
	w.held = time.Duration(500+p.r.IntN(1500)) * time.Millisecond
	w.end = []string{cut, reset, halfOpen}[p.r.IntN(3)]
}

// forward carries a connection until one end closes it, or its fate does.
func (p *proxy) forward(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	w := &wire{client: client, server: server, gone: make(chan struct{})}
	p.mu.Lock()
	p.draw(w)
	p.open[w] = struct{}{}
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.pump(w, server, client) })
	both.Go(func() { p.pump(w, client, server) })
	both.Wait()
	p.mu.Lock()
	delete(p.open, w)
	p.mu.Unlock()
}

// pump carries one direction.
func (p *proxy) pump(w *wire, to, from net.Conn) {
	defer w.close(false)
	for buf := make([]byte, w.piece); ; {
		n, err := from.Read(buf)
		if n > 0 && !w.pass(to, buf[:n]) {
			p.fate(w)
			return
		}
		if err != nil {
			return
		}
	}
}

// pass writes a piece. If the connection's end comes within it, pass writes a part and
// returns false.
func (w *wire) pass(to io.Writer, piece []byte) bool {
	pause := w.delay
	if w.rate > 0 {
		pause += time.Duration(len(piece)) * time.Second / time.Duration(w.rate)
	}
	if pause > 0 {
		select {
		case <-time.After(pause):
		case <-w.gone:
			return true
		}
	}
	w.mu.Lock()
	left := w.life - w.seen
	w.seen += len(piece)
	w.mu.Unlock()
	if w.end == "" || left >= len(piece) {
		_, _ = to.Write(piece)
		return true
	}
	_, _ = to.Write(piece[:max(0, left)])
	return false
}

// fate ends a connection as it was drawn. A half-open one forwards nothing for a while,
// and no end learns of it.
func (p *proxy) fate(w *wire) {
	w.once.Do(func() {
		p.mu.Lock()
		p.counts[w.end]++
		p.mu.Unlock()
		if w.end == halfOpen {
			select {
			case <-time.After(w.held):
			case <-w.gone:
			}
		}
		w.close(w.end != cut)
	})
	<-w.gone
}

// close closes both ends, with a reset if wanted.
func (w *wire) close(reset bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.gone:
		return
	default:
		close(w.gone)
	}
	for _, c := range []net.Conn{w.client, w.server} {
		if reset {
			_ = c.(*net.TCPConn).SetLinger(0)
		}
		_ = c.Close()
	}
}

// heal ends all connections. Later ones are good.
func (p *proxy) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.healed = true
	for w := range p.open {
		w.close(false)
	}
}

// ended returns how many connections met their fate.
func (p *proxy) ended() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[cut] + p.counts[reset] + p.counts[halfOpen]
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.heal()
	p.all.Wait()
}
