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

func (l endless) Store() eventlog.Store { return eventlog.Store{AuditLog: l, CopyTo: l.CopyTo} }

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
	s.api.Patience = time.Second
	web := httptest.NewServer(s.Control())
	defer web.Close()
	err := trickle(t, web.Listener.Addr().String(), "GET /copy HTTP/1.1", log.ended)
	if err == nil {
		t.Error("the copy came to its end")
	}
}

// trickle asks for a long answer, reads a little of it now and then for longer than
// a second, which must keep the answer going, and then nothing more. It returns the
// error that ended the answer.
func trickle(t *testing.T, addr, request string, ended <-chan error) error {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s\r\nHost: %s\r\n\r\n", request, addr)
	b := make([]byte, 256<<10)
	for range 10 {
		time.Sleep(120 * time.Millisecond)
		if _, err := io.ReadFull(conn, b); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err = <-ended:
	case <-time.After(time.Minute):
		t.Fatal("it goes on for one who takes nothing")
	}
	return err
}
