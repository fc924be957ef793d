package crowd

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
)

// resetting returns the address of a listener that resets the first n connections and
// forwards the others.
func resetting(t *testing.T, to string, n int) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for ; ; n-- {
			in, err := l.Accept()
			if err != nil {
				return
			}
			if n > 0 {
				_ = in.(*net.TCPConn).SetLinger(0)
				_ = in.Close()
				continue
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			for _, pair := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					_, _ = io.Copy(pair[0], pair[1])
					_ = pair[0].Close()
				}()
			}
		}
	}()
	return "http://" + l.Addr().String()
}

// TestACrowdGathersOverResetHandshakes: a connection that the server resets before it
// has answered is made again. A client that dials once fails.
func TestACrowdGathersOverResetHandshakes(t *testing.T) {
	web := serve(t)
	address := web.Listener.Addr().String()
	j := NewJournal()
	c, err := Gather(t.Context(), resetting(t, address, 3), j, 1, Size{Texts: 1, Each: 2, Lines: 1, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for j.Receipts() < 10 && j.Lost() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := c.Settle(t.Context()); err != nil || j.Lost() > 0 {
		t.Error(err, j.Problems())
	}
	c.Leave()
	once := client.Options{URL: resetting(t, address, 1), User: "Ann", Title: "Once"}
	if x, err := client.Dial(t.Context(), once); err == nil {
		_ = x.Close()
		t.Error("a client that dials once was not reset: the test proves nothing")
	}
}

// TestAgainEndsAtFinalErrors: nobody listens, the server refuses the client, or the
// context is done.
func TestAgainEndsAtFinalErrors(t *testing.T) {
	web := serve(t)
	nobody, err := FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(t.Context(), client.Options{URL: "http://" + nobody, User: "Ann", Title: "T"}); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nobody listens: %v", err)
	}
	var refusal *client.Refusal
	if _, err := Dial(t.Context(), client.Options{URL: web.URL, User: "Ann", Thread: "01JZ0000000000000000000001"}); !errors.As(err, &refusal) {
		t.Errorf("an unknown thread: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var tries atomic.Int32
	if _, err := Again(ctx, func() (int, error) {
		if tries.Add(1) == 3 {
			cancel()
		}
		return 0, io.ErrUnexpectedEOF
	}); err == nil || tries.Load() != 3 {
		t.Errorf("after the context was done: %d tries, %v", tries.Load(), err)
	}
}
