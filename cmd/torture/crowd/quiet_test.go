package crowd

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestQuietNamesTheClientsThatWait: a client in line mode waits for the answer to its
// last keystroke, which never comes here. Where the answers do come, Quiet returns nil.
func TestQuietNamesTheClientsThatWait(t *testing.T) {
	web := serve(t)
	var frozen sync.Mutex // nothing passes while it is held
	url := freezable(t, web.Listener.Addr().String(), &frozen)
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
func freezable(t *testing.T, to string, frozen *sync.Mutex) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	pass := func(dst, src net.Conn) {
		defer dst.Close()
		for b := make([]byte, 1<<10); ; {
			n, err := src.Read(b)
			frozen.Lock()
			_, _ = dst.Write(b[:n])
			frozen.Unlock()
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
			go pass(in, out)
			go pass(out, in)
		}
	}()
	return "http://" + l.Addr().String()
}
