package crowd

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestQuietNamesTheClientsThatWait: a client in line mode waits for the answer to its
// last keystroke, which never comes here. Where the answers do come, Quiet returns nil.
func TestQuietNamesTheClientsThatWait(t *testing.T) {
	web := serve(t)
	var frozen sync.Mutex // while it is held nothing that a client writes reaches the server
	var held atomic.Int32 // the clients whose bytes the proxy holds back
	url := freezable(t, web.Listener.Addr().String(), &frozen, &held)
	j := NewJournal()
	c, err := Gather(t.Context(), url, j, 1, Size{Lines: 1, Each: 2, Pause: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Leave()
	for j.Receipts() < 10 {
		time.Sleep(time.Millisecond)
	}
	frozen.Lock()
	for held.Load() < 2 { // until each has sent its next keystroke
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = c.Quiet(ctx)
	frozen.Unlock()
	if want := "Ann in line mode in thread " + c.Threads[0]; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "2 clients") {
		t.Errorf("a server that does not answer: %v", err)
	}
	if err := c.Quiet(t.Context()); err != nil {
		t.Errorf("a server that answers: %v", err)
	}
}

// freezable returns the address of a proxy.
func freezable(t *testing.T, to string, frozen *sync.Mutex, held *atomic.Int32) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	pass := func(server, client net.Conn) {
		defer server.Close()
		for b := make([]byte, 1<<10); ; {
			n, err := client.Read(b)
			held.Add(1)
			frozen.Lock()
			_, _ = server.Write(b[:n])
			frozen.Unlock()
			held.Add(-1)
			if err != nil {
				return
			}
		}
	}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			go pass(out, in)
			go func() {
				_, _ = io.Copy(in, out)
				_ = in.Close()
			}()
		}
	}()
	return "http://" + l.Addr().String()
}
