package server

import (
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"parodywave/eventlog"
)

// endless is a log of which a copy takes as long as it is taken.
type endless struct {
	eventlog.AuditLog
	ended chan error
}

func (l endless) CopyTo(w io.Writer) error {
	b := make([]byte, 32<<10)
	for range 1 << 20 {
		if _, err := w.Write(b); err != nil {
			l.ended <- err
			return err
		}
	}
	l.ended <- nil
	return nil
}

// TestACopyThatIsNotTakenEnds, since it holds a transaction of the log open.
func TestACopyThatIsNotTakenEnds(t *testing.T) {
	log := endless{eventlog.NewMemory(), make(chan error, 1)}
	s, _ := start(t, log)
	s.peers.writeTimeout = 20 * time.Millisecond
	web := httptest.NewServer(s.Control())
	defer web.Close()
	conn, err := net.Dial("tcp", web.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /copy HTTP/1.1\r\nHost: x\r\n\r\n")
	b := make([]byte, 256<<10)
	for range 10 { // one who is slow is waited for
		time.Sleep(50 * time.Millisecond)
		if _, err := io.ReadFull(conn, b); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-log.ended:
		if err == nil {
			t.Error("the copy came to its end")
		}
	case <-time.After(10 * time.Second):
		t.Error("the copy goes on for one who takes nothing")
	}
}
